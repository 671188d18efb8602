package dev.enclave.core.internal.audit;

import dev.enclave.BackendId;
import dev.enclave.ConnectivityException;
import dev.enclave.ErrorCode;
import dev.enclave.IntegrityException;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.SecretBytes;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Holds checkpoint keys as a backend would, and fails or hangs when a test says so. */
final class HandKeeper implements KeyKeeper {

  private final List<LocalKey> versions = new CopyOnWriteArrayList<>();
  private volatile boolean generous;
  private volatile boolean down;
  private volatile CountDownLatch open = new CountDownLatch(0);
  private volatile CountDownLatch asked = new CountDownLatch(0);

  HandKeeper() {
    versions.add(fresh());
  }

  private HandKeeper(LocalKey key) {
    versions.add(key);
  }

  static LocalKey fresh() {
    return LocalKey.generate(KeyAlgorithm.ED25519, new SecureRandom());
  }

  /** In another process, with the same key. */
  static HandKeeper of(byte[] encoded) {
    return new HandKeeper(
        LocalKey.decode(KeyAlgorithm.ED25519, SecretBytes.takeOver(encoded), new SecureRandom()));
  }

  /** Whoever asks for a key gets another one, as where the names in a backend are not unique. */
  HandKeeper generous() {
    generous = true;
    return this;
  }

  /** Answers nothing, or answers again. */
  void down(boolean is) {
    down = is;
  }

  /** Nobody gets an answer before {@link #letGo}. */
  void hang() {
    open = new CountDownLatch(1);
    asked = new CountDownLatch(1);
  }

  void letGo() {
    open.countDown();
  }

  /** Waits until a signature was asked for since {@link #hang}, or since {@link #expectCall}. */
  void awaitCall() throws InterruptedException {
    asked.await();
  }

  void expectCall() {
    asked = new CountDownLatch(1);
  }

  @Override
  public HeldKey provide() {
    requireUp();
    synchronized (versions) {
      if (generous) {
        versions.add(fresh());
      }
      return held(versions.size());
    }
  }

  private HeldKey held(int version) {
    return new HeldKey(
        new KeyHandle(
            BackendId.of("hsm"),
            "account-1",
            KeyName.of("enclave-audit-checkpoint"),
            Optional.empty()),
        KeyVersionId.of(Integer.toString(version)),
        versions.get(version - 1).publicKey().orElseThrow());
  }

  @Override
  public void require(HeldKey recorded) {
    requireUp();
    if (!held(number(recorded)).equals(recorded)) {
      throw new IntegrityException(ErrorCode.KEY_IDENTITY_CHANGED, "another key");
    }
  }

  private static int number(HeldKey key) {
    return Integer.parseInt(key.version().value());
  }

  private void requireUp() {
    if (down) {
      throw new ConnectivityException(
          ErrorCode.BACKEND_UNAVAILABLE, "the backend is away", true, null);
    }
  }

  @Override
  public byte[] sign(HeldKey key, byte[] text) throws IOException {
    asked.countDown();
    try {
      open.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    }
    if (down) {
      throw new IOException("the backend is away");
    }
    return versions.get(number(key) - 1).sign(Message.of(text)).toByteArray();
  }
}
