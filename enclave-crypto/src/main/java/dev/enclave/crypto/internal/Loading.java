package dev.enclave.crypto.internal;

/** What came of loading an accelerator. */
sealed interface Loading {

  /** It is there; {@link SelfCheck} has yet to see it work. */
  record Ready(AlgorithmEngine engine) implements Loading {}

  /** It is not used, and why: goes on after "Corretto not used: ". */
  record Refused(String why) implements Loading {}
}
