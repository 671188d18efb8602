package dev.enclave.core.internal.audit;

import dev.enclave.BackendId;
import dev.enclave.ConnectivityException;
import dev.enclave.ErrorCode;
import dev.enclave.UsageException;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.support.HandTime;
import dev.enclave.spi.AuditEvent;
import dev.enclave.spi.AuditEvent.Operation;
import dev.enclave.spi.AuditSink;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A keeper that makes its key only when the log is about to close, and has that recorded. */
final class AuditTrailClosing implements KeyKeeper, AutoCloseable {

  private final HandKeeper keeper;
  private final AuditTrail trail;
  private final CountDownLatch called = new CountDownLatch(1);
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean first = true;
  private volatile boolean closed;
  private volatile String met = "nothing";

  AuditTrailClosing(FileAuditSink sink, HandKeeper keeper) {
    this.keeper = keeper;
    this.trail =
        new AuditTrail(
            new AuditSink() {
              @Override
              public void append(AuditEvent event, Durability durability) throws IOException {
                sink.append(event, durability);
              }

              @Override
              public void close() throws IOException {
                closing.countDown();
                sink.close();
                closed = true;
              }
            },
            true,
            new HandTime());
  }

  void awaitCall() throws InterruptedException {
    called.await();
  }

  String met() {
    return met;
  }

  @Override
  public HeldKey provide() {
    if (first) {
      first = false;
      throw new ConnectivityException(
          ErrorCode.BACKEND_UNAVAILABLE, "the backend is away", true, null);
    }
    called.countDown();
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    AuditTrail.Subject subject =
        new AuditTrail.Subject(
            Operation.CREATE, "enclave", Optional.empty(), Optional.of(BackendId.AWS_KMS), true);
    try {
      trail.begin(subject, new CallTrace("create-1"));
      met = "nothing in its way";
    } catch (UsageException e) {
      met = e.code() + (closed ? " after" : " before") + " the log was closed";
      throw e;
    }
    return keeper.provide();
  }

  @Override
  public void require(HeldKey recorded) {
    keeper.require(recorded);
  }

  @Override
  public byte[] sign(HeldKey key, byte[] text) throws IOException {
    return keeper.sign(key, text);
  }

  @Override
  public void close() {
    trail.close();
  }
}
