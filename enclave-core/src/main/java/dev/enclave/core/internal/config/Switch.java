package dev.enclave.core.internal.config;

/** What a setting that switches something may say. */
public enum Switch {
  /** It is not done. */
  OFF,
  /** It is done. */
  ON
}
