package dev.enclave.emulators.internal.vault.access.policy;

/** A policy is not as it should be: Vault answers 400 with this text. */
public final class PolicyFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  PolicyFailure(String text) {
    super(text, null, false, false);
  }

  /** The text, never null. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
