package dev.enclave.emulators.internal.vault.transit;

/** Texts that several operations share ({@code sdk/helper/keysutil/policy.go}). */
final class Refusals {

  static final String SOFT_DELETED = "refusing to use soft-deleted key";
  static final String TOO_OLD = "ciphertext or signature version is disallowed by policy (too old)";
  static final String NO_VERSION = "no such key version";

  private Refusals() {}
}
