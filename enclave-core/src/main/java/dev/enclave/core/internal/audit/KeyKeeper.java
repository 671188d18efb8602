package dev.enclave.core.internal.audit;

import java.io.IOException;

/** Holds the checkpoint keys of logs elsewhere than beside them. Thread-safe. */
public interface KeyKeeper {

  /**
   * The longest text it may be given to sign, in bytes: a checkpoint of 64 lanes, all of them with
   * a removal.
   */
  int LONGEST_TEXT = 8192;

  /**
   * The key for a log that has none yet; made if there is none, and the same for all who ask.
   *
   * @throws dev.enclave.EnclaveException when there is none to be had
   */
  HeldKey provide();

  /**
   * Returns if the key is there and is the one that was recorded.
   *
   * @throws dev.enclave.EnclaveException when not; of category INTEGRITY when it is another one
   */
  void require(HeldKey recorded);

  /**
   * A signature in the default encoding of the key's algorithm; not verified.
   *
   * @throws IOException when there is none to be had now
   */
  byte[] sign(HeldKey key, byte[] text) throws IOException;
}
