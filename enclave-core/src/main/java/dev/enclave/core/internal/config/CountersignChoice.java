package dev.enclave.core.internal.config;

/** What {@code enclave.audit.countersign} may say, the least strict first. */
public enum CountersignChoice {
  /** Never. */
  OFF,
  /** Where the backend can. */
  AUTO,
  /** By all means. */
  REQUIRED
}
