package dev.enclave.emulators.internal.vault.common;

/** What a call does to its path, in the words of Vault's capabilities. */
public enum Operation {
  CREATE,
  READ,
  UPDATE,
  PATCH,
  DELETE,
  LIST,
  /** OpenBao alone: a list of everything below. */
  SCAN;

  /** Whether it changes nothing by itself. */
  public boolean reads() {
    return this == READ || this == LIST || this == SCAN;
  }

  /** Whether it is a POST or a PUT, which is one or the other by whether the thing exists. */
  public boolean writes() {
    return this == CREATE || this == UPDATE;
  }
}
