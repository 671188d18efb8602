package dev.enclave.emulators.internal.aws.kms.model;

/** KMS Developer Guide, "Key states of AWS KMS keys" and "Key state: custom key stores". */
public enum KeyState {
  ENABLED("Enabled"),
  DISABLED("Disabled"),
  PENDING_DELETION("PendingDeletion"),
  PENDING_IMPORT("PendingImport"),
  UNAVAILABLE("Unavailable");

  private final String text;

  KeyState(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
