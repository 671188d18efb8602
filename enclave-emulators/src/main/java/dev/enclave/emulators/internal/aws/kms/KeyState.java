package dev.enclave.emulators.internal.aws.kms;

/** KMS Developer Guide, "Key states of AWS KMS keys"; the states of keys outside key stores. */
enum KeyState {
  ENABLED("Enabled"),
  DISABLED("Disabled"),
  PENDING_DELETION("PendingDeletion"),
  PENDING_IMPORT("PendingImport");

  private final String text;

  KeyState(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
