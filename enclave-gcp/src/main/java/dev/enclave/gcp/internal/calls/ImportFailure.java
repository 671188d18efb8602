package dev.enclave.gcp.internal.calls;

import java.util.List;
import java.util.Locale;

/**
 * Why Cloud KMS did not import what was sent, as far as its sentence can be told apart
 * ("Troubleshooting failed imports", Cloud KMS documentation). For the message alone: nothing is
 * decided by it, and the sentence itself is not repeated.
 */
public enum ImportFailure {
  LENGTH("its length is wrong", "length", "too short", "64-bit blocks"),
  FORMAT(
      "it could not be unwrapped, or is laid out wrongly", "unwrapped", "formatted", "malformed"),
  OTHER("for a reason that is not told apart here");

  private final String words;

  @SuppressWarnings("ImmutableEnumChecker") // List.of: the type does not say so.
  private final List<String> marks;

  ImportFailure(String words, String... marks) {
    this.words = words;
    this.marks = List.of(marks);
  }

  public static ImportFailure of(String reason) {
    String text = reason.toLowerCase(Locale.ROOT);
    for (ImportFailure failure : values()) {
      if (failure.marks.stream().anyMatch(text::contains)) {
        return failure;
      }
    }
    return OTHER;
  }

  /** As a message says it. */
  String words() {
    return words;
  }
}
