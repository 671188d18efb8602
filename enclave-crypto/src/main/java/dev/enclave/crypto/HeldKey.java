package dev.enclave.crypto;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningInput;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.SecretBytes;
import java.util.Optional;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Function;

/** Guards key material: purpose, and no use during or after closing. */
final class HeldKey implements LocalKey {

  private final KeyMaterial material;
  // Users share the read lock, so that closing never overwrites a key in mid-operation. This kind
  // of lock keeps nothing per thread.
  private final StampedLock lock = new StampedLock();
  // Set before the lock is asked for: it lets readers pass a waiting writer, so that a key in
  // constant use would be closed late or never.
  private volatile boolean closed;

  HeldKey(KeyMaterial material) {
    this.material = material;
  }

  @Override
  public KeyAlgorithm algorithm() {
    return material.algorithm();
  }

  @Override
  public Optional<PublicKeyInfo> publicKey() {
    return material.publicKey();
  }

  @Override
  public SecretBytes encode() {
    return using(KeyMaterial::encode);
  }

  @Override
  public Bytes sign(SigningInput input) {
    requirePurpose(KeyPurpose.SIGN);
    return using(key -> key.sign(input));
  }

  @Override
  public Bytes wrap(SecretBytes dataKey) {
    requirePurpose(KeyPurpose.WRAP);
    return using(key -> key.wrap(dataKey));
  }

  @Override
  public SecretBytes unwrap(Bytes wrapped) {
    requirePurpose(KeyPurpose.WRAP);
    return using(key -> key.unwrap(wrapped));
  }

  @Override
  public void close() {
    closed = true;
    long stamp = lock.writeLock();
    try {
      material.destroy();
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  @Override
  public String toString() {
    return "LocalKey[" + algorithm() + "]";
  }

  private void requirePurpose(KeyPurpose wanted) {
    if (algorithm().purpose() != wanted) {
      throw Texts.OTHER_PURPOSE.as(
          ErrorCode.WRONG_PURPOSE,
          algorithm(),
          wanted == KeyPurpose.SIGN
              ? Texts.MAKES_NO_SIGNATURES.with()
              : Texts.WRAPS_NO_KEYS.with());
    }
  }

  private <T> T using(Function<KeyMaterial, T> operation) {
    requireOpen();
    long stamp = lock.readLock();
    try {
      requireOpen();
      return operation.apply(material);
    } finally {
      lock.unlockRead(stamp);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw Texts.KEY_CLOSED.as(ErrorCode.CLOSED);
    }
  }
}
