package dev.enclave.emulators.internal.aws.sts;

/** The little XML that the Query protocol needs. */
final class Xml {

  private final StringBuilder text = new StringBuilder(256);

  Xml open(String name) {
    text.append('<').append(name).append('>');
    return this;
  }

  Xml close(String name) {
    text.append("</").append(name).append('>');
    return this;
  }

  Xml element(String name, String value) {
    open(name);
    text.append(value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
    return close(name);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
