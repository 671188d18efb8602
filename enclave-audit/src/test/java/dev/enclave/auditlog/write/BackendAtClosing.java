package dev.enclave.auditlog.write;

import dev.enclave.BackendId;
import dev.enclave.auditlog.checkpoint.Countersigner;
import dev.enclave.auditlog.checkpoint.CountersigningBackend;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.auditlog.trail.TestTrace;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditSink;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A backend that makes its key only when the log is about to close, and has that recorded. */
public final class BackendAtClosing implements CountersigningBackend, AutoCloseable {

  private final HandBackend backend;
  private final AuditTrail trail;
  private final CountDownLatch called = new CountDownLatch(1);
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean away = true;
  private volatile boolean closed;
  private volatile String met = "nothing";

  public BackendAtClosing(FileAuditSink sink, HandBackend backend) {
    this.backend = backend;
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

  /** From now on it answers, whoever asks. */
  public void comeBack() {
    away = false;
  }

  public void awaitCall() throws InterruptedException {
    called.await();
  }

  public String met() {
    return met;
  }

  @Override
  public Countersigner provide(String log) {
    if (away) {
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
      trail.begin(subject, new TestTrace("create-1"));
      met = "nothing in its way";
    } catch (UsageException e) {
      met = e.code() + (closed ? " after" : " before") + " the log was closed";
      throw e;
    }
    return backend.provide(log);
  }

  @Override
  public void require(Countersigner named) {
    backend.require(named);
  }

  @Override
  public byte[] sign(Countersigner named, byte[] text) {
    return backend.sign(named, text);
  }

  @Override
  public void close() {
    trail.close();
  }
}
