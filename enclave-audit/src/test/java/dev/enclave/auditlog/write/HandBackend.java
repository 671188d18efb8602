package dev.enclave.auditlog.write;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.auditlog.checkpoint.Countersigner;
import dev.enclave.auditlog.checkpoint.CountersigningBackend;
import dev.enclave.auditlog.checkpoint.VerifierKey;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Countersigns as a backend would, and fails or hangs when a test says so. */
public final class HandBackend implements CountersigningBackend {

  private final List<LocalKey> versions = new CopyOnWriteArrayList<>();
  private volatile boolean generous;
  private volatile boolean down;
  private volatile CountDownLatch open = new CountDownLatch(0);
  private volatile CountDownLatch asked = new CountDownLatch(0);

  public HandBackend() {
    versions.add(fresh());
  }

  private HandBackend(LocalKey key) {
    versions.add(key);
  }

  public static LocalKey fresh() {
    return LocalKey.generate(SigningAlgorithm.ED25519, new SecureRandom());
  }

  /** In another process, with the same key. */
  static HandBackend of(byte[] encoded) {
    return new HandBackend(
        LocalKey.decode(
            SigningAlgorithm.ED25519, SecretBytes.takeOver(encoded), new SecureRandom()));
  }

  /** Whoever asks for a key gets another one, as where the names in a backend are not unique. */
  HandBackend generous() {
    generous = true;
    return this;
  }

  /** Answers nothing, or answers again. */
  public void down(boolean is) {
    down = is;
  }

  /** Nobody gets an answer before {@link #letGo}. */
  public void hang() {
    open = new CountDownLatch(1);
    asked = new CountDownLatch(1);
  }

  public void letGo() {
    open.countDown();
  }

  /** Waits until a signature was asked for since {@link #hang}, or since {@link #expectCall}. */
  public void awaitCall() throws InterruptedException {
    asked.await();
  }

  public void expectCall() {
    asked = new CountDownLatch(1);
  }

  @Override
  public Countersigner provide(String log) {
    requireUp();
    synchronized (versions) {
      if (generous) {
        versions.add(fresh());
      }
      return countersigner(log, versions.size());
    }
  }

  private Countersigner countersigner(String log, int version) {
    return new Countersigner(
        new VerifierKey(log, versions.get(version - 1).publicKey().orElseThrow()),
        new KeyHandle(
            BackendId.of("hsm"),
            "account-1",
            KeyName.of("enclave-audit-checkpoint"),
            Optional.empty()),
        KeyVersionId.of(Integer.toString(version)));
  }

  @Override
  public void require(Countersigner named) {
    requireUp();
    if (!countersigner(named.key().name(), number(named)).equals(named)) {
      throw new IntegrityException(ErrorCode.KEY_IDENTITY_CHANGED, "another key");
    }
  }

  private static int number(Countersigner named) {
    return Integer.parseInt(named.version().value());
  }

  private void requireUp() {
    if (down) {
      throw away();
    }
  }

  private static ConnectivityException away() {
    return new ConnectivityException(
        ErrorCode.BACKEND_UNAVAILABLE, "the backend is away", true, null);
  }

  @Override
  public byte[] sign(Countersigner named, byte[] text) {
    asked.countDown();
    try {
      open.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw away();
    }
    requireUp();
    return versions.get(number(named) - 1).sign(Message.of(text)).toByteArray();
  }
}
