package dev.enclave.testkit;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditSink;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** An audit sink that remembers, and fails when told to. Thread-safe. */
public final class RecordingAuditSink implements AuditSink {

  /**
   * One event as it arrived.
   *
   * @param event the event
   * @param durability what the engine asked for
   */
  public record Appended(AuditEvent event, Durability durability) {}

  private final List<Appended> appended = new ArrayList<>();
  private final List<AuditEvent> publicKeys;
  private final Set<List<Object>> signed;
  private final Set<Instant> times;
  private Predicate<AuditEvent> refused = event -> false;
  private boolean closed;

  /** One without records. */
  public RecordingAuditSink() {
    this(
        new CopyOnWriteArrayList<>(), ConcurrentHashMap.newKeySet(), new ConcurrentSkipListSet<>());
  }

  private RecordingAuditSink(
      List<AuditEvent> publicKeys, Set<List<Object>> signed, Set<Instant> times) {
    this.times = times;
    this.publicKeys = publicKeys;
    this.signed = signed;
  }

  /**
   * Another one without records, for another process with the same log: each finds public keys that
   * the other has recorded, and the times of its records.
   */
  public RecordingAuditSink sharing() {
    return new RecordingAuditSink(publicKeys, signed, times);
  }

  /** From now on fails for such events; {@code event -> false} makes it work again. */
  public synchronized void failWhen(Predicate<AuditEvent> condition) {
    refused = condition;
  }

  /** Says so, as files would, so that tests may destroy versions. */
  @Override
  public boolean keepsRecords() {
    return true;
  }

  @Override
  public Collection<Instant> timesOfRecords(Instant from) {
    return times.stream().filter(at -> !at.isBefore(from)).toList();
  }

  @Override
  public boolean hasPublicKey(
      BackendId backend, String authority, KeyName key, KeyVersionId version) {
    if (publicKeys.stream().anyMatch(e -> e.hasPublicKey(backend, authority, key, version))) {
      return true;
    }
    boolean none =
        publicKeys.stream()
            .anyMatch(
                e ->
                    version(e).equals(version(backend, key, version))
                        && authority.equals(e.details().get("authority"))
                        && e.details().containsKey("publicKeyFault"));
    return none && !signed.contains(version(backend, key, version));
  }

  private static List<Object> version(BackendId backend, KeyName key, KeyVersionId version) {
    return List.of(Optional.of(backend), Optional.of(key), Optional.of(version));
  }

  private static List<Object> version(AuditEvent event) {
    return List.of(event.backend(), event.key(), event.version());
  }

  @Override
  public synchronized void append(AuditEvent event, Durability durability) throws IOException {
    if (closed) {
      throw new IOException("the audit sink has been closed");
    }
    if (refused.test(event)) {
      throw new IOException("the audit sink was told to fail");
    }
    appended.add(new Appended(event, durability));
    times.add(event.at());
    if (event.operation() == AuditEvent.Operation.SIGN
        && (event.result() == AuditEvent.Result.SUCCESS
            || event.result() == AuditEvent.Result.UNKNOWN)) {
      signed.add(version(event));
    }
    if (event.details().containsKey("authority")) {
      publicKeys.add(event);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  /** Whether it has been closed. */
  public synchronized boolean closed() {
    return closed;
  }

  /** Everything so far, with the durability asked for. */
  public synchronized List<Appended> appended() {
    return List.copyOf(appended);
  }

  /** Every event so far. */
  public List<AuditEvent> events() {
    return appended().stream().map(Appended::event).toList();
  }

  /** Every event of one operation so far. */
  public List<AuditEvent> events(AuditEvent.Operation operation) {
    return events().stream().filter(event -> event.operation() == operation).toList();
  }

  /** The intents so far. */
  public List<AuditEvent> intents() {
    return inPhase(AuditEvent.Phase.INTENT);
  }

  /** The outcomes of intents so far. */
  public List<AuditEvent> outcomes() {
    return inPhase(AuditEvent.Phase.OUTCOME);
  }

  /** The single events so far, which had no intent. */
  public List<AuditEvent> singles() {
    return inPhase(AuditEvent.Phase.SINGLE);
  }

  private List<AuditEvent> inPhase(AuditEvent.Phase phase) {
    return events().stream().filter(event -> event.phase() == phase).toList();
  }
}
