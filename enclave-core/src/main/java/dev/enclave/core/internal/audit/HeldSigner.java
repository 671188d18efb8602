package dev.enclave.core.internal.audit;

import dev.enclave.core.internal.note.NoteSigner;
import dev.enclave.core.internal.note.VerifierKey;
import java.io.IOException;

/**
 * Signs with a key that somebody else holds.
 *
 * @param key under the log's name
 * @param held which
 * @param keeper who holds it
 */
record HeldSigner(VerifierKey key, HeldKey held, KeyKeeper keeper) implements NoteSigner {

  @Override
  public byte[] sign(byte[] text) throws IOException {
    return keeper.sign(held, text);
  }

  @Override
  public void close() {
    // The keeper is closed by whoever opened it.
  }
}
