package dev.enclave.benchmarks;

/** A library that also tells which public key a secp256k1 signature belongs to. */
interface Recoverable extends Rival {

  /** Signing and the recovery id. For one thread. */
  Work signingWithRecoveryId() throws Exception;
}
