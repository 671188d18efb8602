package dev.enclave.emulators.internal.vault.sys;

/** Whose server it is; they differ in small things. */
public enum Flavour {
  VAULT("1.20.4"),
  /** Vault Enterprise: performance standbys, consistency by index, managed keys. */
  VAULT_ENTERPRISE("1.20.4+ent"),
  OPENBAO("2.6.2");

  private final String version;

  Flavour(String version) {
    this.version = version;
  }

  /** The version that it says it is, unless another one is set. */
  public String version() {
    return version;
  }

  /** Whether standbys answer reads themselves, as OpenBao since 2.5 and Vault Enterprise do. */
  public boolean standbysRead() {
    return this != VAULT;
  }
}
