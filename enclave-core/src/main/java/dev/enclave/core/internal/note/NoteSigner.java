package dev.enclave.core.internal.note;

import java.io.IOException;

/** Signs notes. Thread-safe. */
public interface NoteSigner extends AutoCloseable {

  /** The public half. */
  VerifierKey key();

  /**
   * A signature in the key's default encoding.
   *
   * @throws IOException when whoever keeps the key cannot sign now
   */
  byte[] sign(byte[] text) throws IOException;

  /** Forgets the key, where it is held here. Idempotent. */
  @Override
  void close();
}
