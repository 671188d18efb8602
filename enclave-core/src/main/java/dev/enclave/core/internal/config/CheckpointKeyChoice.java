package dev.enclave.core.internal.config;

/** What {@code enclave.audit.checkpoint-key} may say, the least strict first. */
public enum CheckpointKeyChoice {
  /** A key beside the log. */
  LOCAL,
  /** A backend's where it can be, else one beside the log. */
  AUTO,
  /** A backend's. */
  BACKEND
}
