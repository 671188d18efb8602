package dev.enclave.benchmarks.rival;

/** A library that also tells which public key a secp256k1 signature belongs to. */
public interface Recoverable extends Rival {

  /** Signing and the recovery id. For one thread. */
  Work signingWithRecoveryId() throws Exception;
}
