package dev.enclave.emulators.internal.aws.kms;

/** KMS Developer Guide, "Key states of AWS KMS keys" and "Key state: custom key stores". */
enum KeyState {
  ENABLED("Enabled"),
  DISABLED("Disabled"),
  PENDING_DELETION("PendingDeletion"),
  PENDING_IMPORT("PendingImport"),
  UNAVAILABLE("Unavailable");

  private final String text;

  KeyState(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
