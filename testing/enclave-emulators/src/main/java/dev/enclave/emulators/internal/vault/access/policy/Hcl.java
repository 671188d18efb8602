package dev.enclave.emulators.internal.vault.access.policy;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads HCL of version 1, in which policies are written, without interpolation (hashicorp/hcl,
 * hcl/parser/parser.go and hcl/scanner/scanner.go; the errors' texts and places are theirs).
 *
 * <p>A value is a String, a BigDecimal, a Boolean, a {@code List<Object>} or a {@link Block}.
 */
final class Hcl {

  /** An object: its items in the order written, of which several may have the same keys. */
  record Block(List<Item> items) {}

  /**
   * {@code KEY = VALUE} or {@code KEY "LABEL" { }}.
   *
   * @param line of the sign {@code =}, 0 without one
   */
  record Item(List<String> keys, Object value, int line) {}

  private enum Kind {
    EOF,
    IDENT,
    STRING,
    NUMBER,
    BOOL,
    ASSIGN,
    COMMA,
    LBRACE,
    RBRACE,
    LBRACK,
    RBRACK
  }

  private record Token(Kind kind, String text, int line, int column) {

    PolicyFailure refused(String why) {
      return new PolicyFailure("At " + line + ":" + column + ": " + why);
    }
  }

  private final String text;
  private int at;
  private int row = 1;
  private int lineStart;
  private Token token;

  private Hcl(String text) {
    this.text = text;
    token = next();
  }

  /** What {@code text} says. */
  static Block parse(String text) {
    Hcl parser = new Hcl(text);
    Block all = new Block(parser.items());
    if (parser.token.kind() != Kind.EOF) {
      throw parser.expectedKey();
    }
    return all;
  }

  private List<Item> items() {
    List<Item> items = new ArrayList<>();
    while (token.kind() == Kind.IDENT || token.kind() == Kind.STRING) {
      items.add(item());
      if (token.kind() == Kind.COMMA) {
        advance();
      }
    }
    return items;
  }

  private Item item() {
    List<String> keys = new ArrayList<>();
    List<String> written = new ArrayList<>();
    while (token.kind() == Kind.IDENT || token.kind() == Kind.STRING) {
      keys.add(token.text());
      written.add(token.kind() == Kind.STRING ? '"' + token.text() + '"' : token.text());
      advance();
    }
    return switch (token.kind()) {
      case ASSIGN -> {
        if (keys.size() > 1) {
          throw token.refused("nested object expected: LBRACE got: ASSIGN");
        }
        int line = token.line();
        advance();
        yield new Item(keys, value(), line);
      }
      case LBRACE -> new Item(keys, block(), 0);
      case EOF ->
          throw token.refused(
              "key '"
                  + String.join(" ", written)
                  + "' expected start of object ('{') or assignment ('=')");
      default -> throw expectedKey();
    };
  }

  private PolicyFailure expectedKey() {
    return token.refused("expected: IDENT | STRING | ASSIGN | LBRACE got: " + token.kind());
  }

  private Block block() {
    advance();
    List<Item> items = items();
    if (token.kind() != Kind.RBRACE) {
      throw token.kind() == Kind.EOF
          ? token.refused("object expected closing RBRACE got: EOF")
          : expectedKey();
    }
    advance();
    return new Block(items);
  }

  private Object value() {
    Token here = token;
    switch (here.kind()) {
      case STRING -> {
        advance();
        return here.text();
      }
      case NUMBER -> {
        advance();
        return new BigDecimal(here.text());
      }
      case BOOL -> {
        advance();
        return Boolean.valueOf(here.text());
      }
      case LBRACE -> {
        return block();
      }
      case LBRACK -> {
        return list();
      }
      default ->
          throw here.refused(
              "Unknown token: "
                  + here.line()
                  + ":"
                  + here.column()
                  + " "
                  + here.kind()
                  + " "
                  + here.text());
    }
  }

  private List<Object> list() {
    advance();
    List<Object> list = new ArrayList<>();
    while (token.kind() != Kind.RBRACK) {
      list.add(value());
      if (token.kind() == Kind.COMMA) {
        advance();
      } else if (token.kind() != Kind.RBRACK) {
        throw token.refused("error parsing list, expected comma or list end, got: " + token.kind());
      }
    }
    advance();
    return list;
  }

  private void advance() {
    token = next();
  }

  private Token next() {
    skipBlanksAndComments();
    if (at >= text.length()) {
      return here(Kind.EOF, "");
    }
    char c = text.charAt(at);
    return switch (c) {
      case '=' -> sign(Kind.ASSIGN);
      case ',' -> sign(Kind.COMMA);
      case '{' -> sign(Kind.LBRACE);
      case '}' -> sign(Kind.RBRACE);
      case '[' -> sign(Kind.LBRACK);
      case ']' -> sign(Kind.RBRACK);
      case '"' -> string();
      case '<' -> hereDocument();
      default -> {
        if (Character.isLetter(c) || c == '_') {
          yield word();
        }
        if (Character.isDigit(c) || c == '-') {
          yield number();
        }
        throw here(Kind.EOF, "").refused("illegal character");
      }
    };
  }

  private Token here(Kind kind, String value) {
    return new Token(kind, value, row, at - lineStart + 1);
  }

  private Token sign(Kind kind) {
    Token sign = here(kind, text.substring(at, at + 1));
    at++;
    return sign;
  }

  private void skipBlanksAndComments() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n') {
        newLine();
      } else if (Character.isWhitespace(c)) {
        at++;
      } else if (c == '#' || text.startsWith("//", at)) {
        at = endOfLine();
      } else if (text.startsWith("/*", at)) {
        skipComment();
      } else {
        return;
      }
    }
  }

  private void skipComment() {
    int end = text.indexOf("*/", at + 2);
    if (end < 0) {
      throw here(Kind.EOF, "").refused("comment not terminated");
    }
    while (at < end) {
      if (text.charAt(at) == '\n') {
        newLine();
      } else {
        at++;
      }
    }
    at = end + 2;
  }

  private void newLine() {
    at++;
    row++;
    lineStart = at;
  }

  private int endOfLine() {
    int end = text.indexOf('\n', at);
    return end < 0 ? text.length() : end;
  }

  private Token word() {
    int end = at;
    while (end < text.length()
        && (Character.isLetterOrDigit(text.charAt(end)) || "_-.".indexOf(text.charAt(end)) >= 0)) {
      end++;
    }
    String word = text.substring(at, end);
    Token token = here(word.equals("true") || word.equals("false") ? Kind.BOOL : Kind.IDENT, word);
    at = end;
    return token;
  }

  private Token number() {
    int end = at + 1;
    while (end < text.length()
        && (Character.isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
      end++;
    }
    Token token = here(Kind.NUMBER, text.substring(at, end));
    try {
      new BigDecimal(token.text());
    } catch (NumberFormatException e) {
      throw token.refused("illegal number");
    }
    at = end;
    return token;
  }

  private Token string() {
    Token start = here(Kind.STRING, "");
    StringBuilder value = new StringBuilder();
    at++;
    while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\n') {
      value.append(text.charAt(at) == '\\' ? escaped(start) : text.charAt(at));
      at++;
    }
    if (at >= text.length() || text.charAt(at) != '"') {
      throw start.refused("literal not terminated");
    }
    at++;
    return new Token(Kind.STRING, value.toString(), start.line(), start.column());
  }

  private char escaped(Token start) {
    at++;
    return switch (at < text.length() ? text.charAt(at) : ' ') {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case '"' -> '"';
      case '\\' -> '\\';
      default -> throw start.refused("illegal char escape");
    };
  }

  /** {@code <<MARK} or {@code <<-MARK}, then lines up to one that is the mark. */
  private Token hereDocument() {
    Token start = here(Kind.STRING, "");
    String opening = text.substring(at, endOfLine()).strip();
    String mark = opening.replaceFirst("^<<-?", "");
    if (!opening.startsWith("<<") || mark.isEmpty()) {
      throw start.refused("heredoc expected second '<', didn't see it");
    }
    StringBuilder value = new StringBuilder();
    at = endOfLine();
    while (at < text.length()) {
      newLine();
      String content = text.substring(at, endOfLine());
      at = endOfLine();
      if (content.strip().equals(mark)) {
        return new Token(Kind.STRING, value.toString(), start.line(), start.column());
      }
      value.append(content).append('\n');
    }
    throw start.refused("heredoc not terminated");
  }
}
