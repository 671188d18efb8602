package dev.enclave.crypto.internal.corretto;

import dev.enclave.crypto.internal.hash.Pool;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.SignatureException;

/** Initialised signature objects of one key, kept for reuse. Thread-safe. */
final class SignaturePool {

  /** Makes an object with its key, for signing or for verifying. */
  interface Maker {
    Signature make() throws GeneralSecurityException;
  }

  // An object keeps its buffer for the message.
  private static final int LONGEST_BUFFER_KEPT = 1 << 16;

  private final Pool<Signature> pool = new Pool<>();
  private final Maker maker;

  SignaturePool(Maker maker) {
    this.maker = maker;
  }

  byte[] sign(byte[] data) throws GeneralSecurityException {
    Signature signer = take();
    signer.update(data);
    byte[] signature = signer.sign();
    putBack(signer, data.length);
    return signature;
  }

  boolean verify(byte[] data, byte[] signature) {
    try {
      Signature verifier = take();
      verifier.update(data);
      boolean valid = verifier.verify(signature);
      putBack(verifier, data.length);
      return valid;
    } catch (SignatureException malformed) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key that was accepted before is refused");
    }
  }

  private Signature take() throws GeneralSecurityException {
    Signature pooled = pool.take();
    return pooled != null ? pooled : maker.make();
  }

  private void putBack(Signature object, int length) {
    if (length <= LONGEST_BUFFER_KEPT) {
      pool.put(object);
    }
  }

  void clear() {
    pool.clear();
  }
}
