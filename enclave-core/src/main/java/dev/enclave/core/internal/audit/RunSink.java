package dev.enclave.core.internal.audit;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.audit.AuditSink;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Records the end of what a record of a start has begun, so that records that are cut from a log's
 * end leave a beginning without an end. Thread-safe.
 */
public final class RunSink implements AuditSink {

  private final AuditSink sink;
  private final TimeSource time;
  private final RandomGenerator random;
  private volatile @Nullable BackendId begun;

  public RunSink(AuditSink sink, TimeSource time, RandomGenerator random) {
    this.sink = sink;
    this.time = time;
    this.random = random;
  }

  /** The start of an Enclave on this backend has been recorded. */
  public void begun(BackendId backend) {
    begun = backend;
  }

  @Override
  public boolean keepsRecords() {
    return sink.keepsRecords();
  }

  @Override
  public Collection<Instant> timesOfRecords(Instant from) throws IOException {
    return sink.timesOfRecords(from);
  }

  @Override
  public boolean hasPublicKey(
      BackendId backend, String authority, KeyName key, KeyVersionId version) throws IOException {
    return sink.hasPublicKey(backend, authority, key, version);
  }

  @Override
  public void append(AuditEvent event, Durability durability) throws IOException {
    sink.append(event, durability);
  }

  @Override
  public void close() throws IOException {
    BackendId backend = begun;
    begun = null;
    IOException unrecorded = null;
    try {
      if (backend != null) {
        sink.append(stop(backend), Durability.DURABLE);
      }
    } catch (IOException e) {
      unrecorded = e;
    } finally {
      // Its own failure goes first: it says how many records were lost.
      sink.close();
    }
    if (unrecorded != null) {
      throw unrecorded;
    }
  }

  private AuditEvent stop(BackendId backend) {
    return new AuditEvent(
        "stop-" + Long.toHexString(random.nextLong()),
        Phase.SINGLE,
        time.now(),
        Operation.STOP,
        "application",
        Optional.empty(),
        Optional.empty(),
        Optional.of(backend),
        Result.SUCCESS,
        Optional.empty(),
        Optional.empty(),
        Duration.ZERO,
        Map.of());
  }
}
