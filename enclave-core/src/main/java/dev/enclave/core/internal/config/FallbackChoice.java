package dev.enclave.core.internal.config;

/** What signs while the backend does not answer, the strictest last. */
public enum FallbackChoice {
  /** A companion of each key in the software backend. */
  SOFTWARE,
  /** Nothing. */
  DISABLED
}
