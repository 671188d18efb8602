package dev.enclave.cli.text;

/**
 * A line, a part of which a terminal may show in a colour. All of it is made printable before it
 * gets one, so that no text brings a colour of its own.
 *
 * @param before what comes before that part
 * @param marked the part
 * @param colour its colour
 * @param after what comes after it
 */
public record Painted(String before, String marked, Colour colour, String after) {

  /** Of a terminal (ECMA-48 SGR). */
  public enum Colour {
    /** Bold. */
    TITLE("1"),
    /** Green. */
    GOOD("32"),
    /** Yellow. */
    WARNING("33"),
    /** Red. */
    BAD("31");

    private final String code;

    Colour(String code) {
      this.code = code;
    }
  }

  /** All of a line. */
  public static Painted of(Colour colour, String text) {
    return new Painted("", text, colour, "");
  }

  /** A line without any. */
  public static Painted plain(String text) {
    return new Painted(text, "", Colour.TITLE, "");
  }

  /** The same further to the right. */
  public Painted indented(String indent) {
    return new Painted(indent + before, marked, colour, after);
  }

  /** For a terminal that shows colours, or for anything else. */
  public String text(boolean coloured) {
    String part = Printable.line(marked);
    return Printable.line(before)
        + (coloured && !part.isEmpty() ? "\u001b[" + colour.code + "m" + part + "\u001b[0m" : part)
        + Printable.line(after);
  }
}
