package dev.enclave.spi;

/** What a failed attempt means for the next one. */
public enum FailureClass {
  /** Nothing happened; the same call may work in a moment. */
  TRANSIENT,
  /** Nothing happened; the provider asks to slow down. */
  THROTTLED,
  /** The same call will fail again. */
  PERMANENT,
  /** The request may or may not have been carried out. */
  AMBIGUOUS
}
