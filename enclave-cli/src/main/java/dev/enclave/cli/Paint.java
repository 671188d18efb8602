package dev.enclave.cli;

/**
 * Colours for a terminal (ECMA-48 SGR); none anywhere else.
 *
 * @param colour whether there are any
 */
record Paint(boolean colour) {

  String title(String text) {
    return painted("1", text);
  }

  String good(String text) {
    return painted("32", text);
  }

  String warning(String text) {
    return painted("33", text);
  }

  String bad(String text) {
    return painted("31", text);
  }

  private String painted(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
