package dev.enclave.core.internal.use;

import dev.enclave.Bytes;
import dev.enclave.KeyVersion;
import dev.enclave.SealedBytes;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.crypto.DataKey;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyWrapper;
import java.security.SecureRandom;
import java.time.Duration;

/**
 * Envelope encryption: a fresh data key for the box, wrapped by the KEK. Holds the plaintext.
 *
 * @see UnsealOperation
 */
public final class SealOperation implements KeyOperation<SealOperation.Prepared, SealedBytes> {

  private static final int NONCE = 12;

  private final byte[] plaintext;
  private final SealedFor user;
  private final byte[] associatedData;
  private final Duration within;

  /** Seals within the time that a use of a key takes. */
  public SealOperation(byte[] plaintext, SealedFor user, byte[] associatedData) {
    this(plaintext, user, associatedData, RetryingCaller.SIGN_WITHIN);
  }

  /** Seals within a time. */
  public SealOperation(byte[] plaintext, SealedFor user, byte[] associatedData, Duration within) {
    this.plaintext = plaintext;
    this.user = user;
    this.associatedData = associatedData;
    this.within = within;
  }

  /** A KEK, ready to wrap. */
  public record Prepared(KeyReading entry, KeyVersion version, KeyWrapper wrapper) {}

  @Override
  public Operation kind() {
    return Operation.SEAL;
  }

  @Override
  public Duration within() {
    return within;
  }

  @Override
  public Prepared prepare(OperationRun run) {
    Prepared prepared = prepared(run.slot().current(run.trace(), run.deadline()), run.slot());
    run.version(prepared.version().id());
    return prepared;
  }

  private static Prepared prepared(KeyReading entry, CachedKey slot) {
    WrappingChecks.requireKek(entry, slot);
    return new Prepared(entry, entry.requireActive(), WrappingChecks.wrapper(slot));
  }

  @Override
  public SealedBytes carryOut(Prepared prepared, OperationRun run) {
    SealedBytes box =
        SignOperation.withActive(
            run,
            prepared,
            Prepared::version,
            entry -> prepared(entry, run.slot()),
            next -> sealWith(next, run));
    run.version(box.version());
    return box;
  }

  private SealedBytes sealWith(Prepared prepared, OperationRun run) {
    KeyReading entry = prepared.entry();
    KeyVersion version = prepared.version();
    SecureRandom random = run.random();
    try (DataKey dataKey = DataKey.generate(random);
        SecretBytes raw = dataKey.raw()) {
      Bytes wrapped =
          run.ask(
              "wrap a data key with key " + run.slot().name(),
              call -> prepared.wrapper().wrap(entry.snapshot().ref(version), raw, call));
      return boxed(entry, version, wrapped, dataKey, random);
    }
  }

  private SealedBytes boxed(
      KeyReading entry, KeyVersion version, Bytes wrapped, DataKey dataKey, SecureRandom random) {
    byte[] fresh = new byte[NONCE];
    random.nextBytes(fresh);
    Bytes nonce = Bytes.of(fresh);
    Bytes commitment = dataKey.commitment();
    Bytes header = SealedBytes.headerOf(entry.handle(), version.id(), wrapped, nonce, commitment);
    return new SealedBytes(
        entry.handle(),
        version.id(),
        wrapped,
        nonce,
        commitment,
        dataKey.encrypt(nonce, user.authenticated(header, associatedData), plaintext));
  }
}
