package dev.enclave.jobs;

import dev.enclave.Bytes;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Message;
import dev.enclave.crypto.Hashing;
import dev.enclave.deferred.Ticket;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import dev.enclave.jobs.Rows.Sealed;
import dev.enclave.spi.deferral.DeferralContext;
import dev.enclave.spi.deferral.StoredOperation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Rows that this deployment wrote: no other leaves this class. Thread-safe. */
final class Store implements AutoCloseable {

  /** How much the database's clock may be behind before this machine's ends a ticket too. */
  private static final Duration SKEW = Duration.ofMinutes(15);

  private final Rows rows;
  private final OwnRows own;
  private final QueueKey key;
  private final JobsSettings settings;
  private final DatabaseClock clock;

  Store(
      Rows rows,
      QueueKey key,
      JobsSettings settings,
      DeferralContext context,
      DatabaseClock clock) {
    this.rows = rows;
    this.own = new OwnRows(rows, key, settings, context, clock);
    this.key = key;
    this.settings = settings;
    this.clock = clock;
  }

  /** Stores an operation, or finds the one of its idempotency key. */
  Row submit(StoredOperation operation, Instant notBefore) {
    Optional<Row> stored =
        rows.insert(
            place -> {
              clock.set(place.now());
              Instant first = clock.of(notBefore);
              return sealed(
                  new Row(
                      operation,
                      settings.deployment(),
                      group(operation.key()),
                      place.seq(),
                      content(operation),
                      Ticket.Status.WAITING,
                      0,
                      0,
                      place.now(),
                      Row.micros(place.now().plus(settings.expiry())),
                      Row.micros(first.isAfter(place.now()) ? first : place.now()),
                      place.now(),
                      Optional.empty(),
                      Optional.empty()));
            });
    return stored.orElseGet(() -> sameAsBefore(operation));
  }

  private Bytes content(StoredOperation operation) {
    Bytes content =
        operation.confidential()
            ? key.encrypt(operation.ticket(), operation.content())
            : Bytes.of(operation.content().getBytes(StandardCharsets.UTF_8));
    if (content.size() > RowReader.LARGEST_CONTENT) {
      throw Texts.OPERATION_TOO_LARGE.as(ErrorCode.INVALID_ARGUMENT, content.size());
    }
    return content;
  }

  private Row sameAsBefore(StoredOperation operation) {
    String idempotencyKey = operation.idempotencyKey().orElseThrow();
    Row before =
        findByKey(idempotencyKey).orElseThrow(() -> Texts.TICKET_ID_TWICE.as(ErrorCode.INTERNAL));
    if (!decrypted(before).sameAs(operation)) {
      throw Texts.IDEMPOTENCY_KEY_USED.as(
          ErrorCode.IDEMPOTENCY_CONFLICT, Quoted.of(idempotencyKey), before.id());
    }
    return before;
  }

  /** The operation of a row, with the content that was submitted. */
  StoredOperation decrypted(Row row) {
    StoredOperation stored = row.operation();
    return stored.confidential()
        ? new StoredOperation(
            stored.ticket(),
            stored.kind(),
            stored.caller(),
            stored.name(),
            stored.key(),
            key.decrypt(row.id(), row.content()),
            true,
            stored.idempotencyKey())
        : stored;
  }

  Optional<Row> find(String id) {
    return own.find(id);
  }

  Optional<Row> findByKey(String idempotencyKey) {
    return own.findByKey(idempotencyKey);
  }

  /** The rows that are ours, of all that are there. */
  OwnRows own() {
    return own;
  }

  /**
   * Has a row wait that waits already, or that has failed, and try it next.
   *
   * @return whether it did
   */
  boolean retry(Row row) {
    boolean retryable = row.state() == Ticket.Status.WAITING || row.state() == Ticket.Status.FAILED;
    return retryable && !expired(row) && replace(row, row.again(clock.now()));
  }

  /**
   * Whether a row is not to be carried out any more: by the database's clock, or by this machine's
   * with an allowance, so that setting the database's clock back revives nothing.
   */
  boolean expired(Row row) {
    return !clock.now().isBefore(row.expires()) || !clock.here().isBefore(row.expires().plus(SKEW));
  }

  /**
   * Whether a row's time is over: by the database's clock, and this machine's does not contradict,
   * so that a wrong clock ends nothing too early.
   */
  boolean over(Row row) {
    return !clock.now().isBefore(row.expires())
        && !clock.here().isBefore(row.expires().minus(SKEW));
  }

  /** Writes the next state of a row, unless somebody else has. */
  boolean replace(Row before, Row after) {
    boolean done = rows.replace(sealed(before), sealed(after));
    if (done) {
      own.ended(after);
    }
    return done;
  }

  /** The same for a claim or a pause: after a power cut the row may be as it was before. */
  boolean note(Row before, Row after) {
    return rows.note(sealed(before), sealed(after));
  }

  private Sealed sealed(Row row) {
    return new Sealed(row, key.mac(row));
  }

  /** The group of a key. */
  String group(String keyHandle) {
    return Hashing.digest(
            DigestAlgorithm.SHA_256, Message.ofUtf8(settings.deployment() + " " + keyHandle))
        .value()
        .toHex();
  }

  void learn() {}

  Rows.Depth depth() {
    return rows.depth(settings.deployment());
  }

  void forget(Duration after) {
    rows.forget(settings.deployment(), after);
  }

  @Override
  public void close() {
    key.close();
  }
}
