package dev.enclave.core.internal.audit;

import dev.enclave.EnclaveException;
import dev.enclave.core.internal.note.NoteSigner;
import dev.enclave.core.internal.note.VerifierKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The key of a log that is opened before the backend is: one that a backend holds, or one that is
 * yet to be decided. What another process of the log decides first holds for this one too.
 */
final class LateKey implements KeySource {

  private final LogFiles files;
  private final LogLock.Taker lock;
  private final SecureRandom random;
  // One thread settles at a time; nothing else waits for that, since a backend may be asked.
  private final Object settling = new Object();
  private volatile @Nullable NoteSigner signer;
  private volatile @Nullable KeyKeeper keeper;
  private boolean closed;

  LateKey(LogFiles files, LogLock.Taker lock, SecureRandom random) {
    this.files = files;
    this.lock = lock;
    this.random = random;
  }

  @Override
  public Optional<VerifierKey> verifier() throws IOException {
    NoteSigner known = signer;
    return known == null ? LogIdentity.recorded(files) : Optional.of(known.key());
  }

  @Override
  public NoteSigner signer() throws IOException {
    NoteSigner known = signer;
    if (known != null) {
      return known;
    }
    KeyKeeper from = keeper;
    if (from == null) {
      throw new KeyPendingException();
    }
    try {
      return settle(from);
    } catch (EnclaveException e) {
      throw new IOException(e.getMessage());
    }
  }

  /** From now on the keeper is asked, whether it can answer now or not. */
  void keptBy(KeyKeeper by) throws IOException {
    try {
      settle(by);
    } finally {
      keeper = by;
    }
  }

  /** A key beside the log, unless another process has decided otherwise. */
  void keepLocally() throws IOException {
    LogLock.AutoCloseableLock held = lock.take();
    try (held) {
      Optional<VerifierKey> recorded = LogIdentity.recorded(files);
      if (recorded.isEmpty() || HeldKeyFile.read(files, recorded.get()).isEmpty()) {
        settled(LogIdentity.openOrMake(files, random));
      }
    }
  }

  /** No key is made any more; one that is settled goes on. */
  void makeNoMore() {
    keeper = null;
  }

  private NoteSigner settle(KeyKeeper by) throws IOException {
    synchronized (settling) {
      NoteSigner known = signer;
      if (known == null) {
        Optional<NoteSigner> recorded = recorded(by);
        known = settled(recorded.isPresent() ? recorded.get() : made(by.provide(), by));
      }
      return known;
    }
  }

  /** The first one stays: a key may be kept locally while a backend is asked for one. */
  private synchronized NoteSigner settled(NoteSigner found) throws IOException {
    NoteSigner known = signer;
    if (known == null && !closed) {
      signer = found;
      return found;
    }
    found.close();
    if (known == null) {
      throw new IOException("the audit log has been closed");
    }
    return known;
  }

  private NoteSigner made(HeldKey key, KeyKeeper by) throws IOException {
    LogLock.AutoCloseableLock held = lock.take();
    try (held) {
      if (LogIdentity.recorded(files).isEmpty()) {
        return new HeldSigner(LogIdentity.record(files, key, random), key, by);
      }
    }
    // Another process was faster, and may have got another answer.
    return recorded(by).orElseThrow(KeyPendingException::new);
  }

  private Optional<NoteSigner> recorded(KeyKeeper by) throws IOException {
    VerifierKey verifier;
    HeldKey key;
    LogLock.AutoCloseableLock held = lock.take();
    try (held) {
      Optional<VerifierKey> recorded = LogIdentity.settled(files);
      if (recorded.isEmpty()) {
        return Optional.empty();
      }
      verifier = recorded.get();
      Optional<HeldKey> elsewhere = HeldKeyFile.read(files, verifier);
      if (elsewhere.isEmpty()) {
        return Optional.of(LogIdentity.openOrMake(files, random));
      }
      key = elsewhere.get();
    }
    by.require(key);
    return Optional.of(new HeldSigner(verifier, key, by));
  }

  @Override
  public synchronized void close() {
    closed = true;
    NoteSigner known = signer;
    if (known != null) {
      known.close();
    }
  }
}
