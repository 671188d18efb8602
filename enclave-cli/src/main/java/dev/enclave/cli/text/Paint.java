package dev.enclave.cli.text;

/**
 * Colours for a terminal (ECMA-48 SGR); none anywhere else.
 *
 * @param colour whether there are any
 */
public record Paint(boolean colour) {

  public String title(String text) {
    return painted("1", text);
  }

  public String good(String text) {
    return painted("32", text);
  }

  public String warning(String text) {
    return painted("33", text);
  }

  public String bad(String text) {
    return painted("31", text);
  }

  private String painted(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
