package dev.enclave.auditlog.checkpoint;

/**
 * A backend whose key countersigns the checkpoints of logs. Thread-safe.
 *
 * <p>Every method throws {@link dev.enclave.error.EnclaveException} when the backend does not do
 * what is asked.
 */
public interface CountersigningBackend {

  /**
   * The longest text that it may be given to sign, in bytes: a checkpoint of 64 lanes, all of them
   * with a removal.
   */
  int LONGEST_TEXT = 8192;

  /**
   * Returns the key for a log that names no countersigner yet. The key is created if it is missing,
   * and is the same for all logs.
   *
   * @param log the log's name
   */
  Countersigner provide(String log);

  /**
   * Returns if the key is there and is the one that the log names.
   *
   * @throws dev.enclave.error.IntegrityException when the backend answers with another public key
   */
  void require(Countersigner named);

  /** Returns a signature in the default encoding of the key's algorithm; not verified. */
  byte[] sign(Countersigner named, byte[] text);
}
