package dev.enclave;

/**
 * What a verifier knows of a statement: a text that Enclave signs with a key and, beside it, with
 * its statement key, which no caller can have sign anything. A key signs what its callers ask for,
 * so its signature alone does not say who wrote the text.
 */
public enum StatementVerdict {

  /** A signature that was to be checked does not verify. */
  INVALID("not valid"),

  /**
   * The key signed it; whether Enclave wrote it is not known, since the verifier was given no
   * statement key.
   */
  SIGNED_WITH_KEY("signed with this key"),

  /** The key signed it, and so did a statement key that the verifier was given. */
  BY_ENCLAVE("by Enclave");

  private final String text;

  StatementVerdict(String text) {
    this.text = text;
  }

  /** For people, in a few words: {@code signed with this key}, {@code by Enclave}. */
  public String text() {
    return text;
  }
}
