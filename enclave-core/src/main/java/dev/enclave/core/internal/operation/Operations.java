package dev.enclave.core.internal.operation;

import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyRules;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Unexpected;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.observation.CallObserver;
import dev.enclave.spi.observation.ObservedCall;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Begins the operations of one opened Enclave, until it is closed. Thread-safe. */
public final class Operations {

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final KeyDirectory keys;
  private final KeyRules rules;
  private final AuditTrail log;
  private final TimeSource time;
  private final SecureRandom random;
  private final CallTrace.Source traces;
  private final List<CallObserver> observers;
  private final AtomicBoolean complained = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Takes what operations, which are values, find in this process.
   *
   * @param observers told of each that has ended
   */
  public Operations(
      KeyDirectory keys,
      KeyRules rules,
      AuditTrail log,
      TimeSource time,
      SecureRandom random,
      CallTrace.Source traces,
      List<CallObserver> observers) {
    this.keys = keys;
    this.rules = rules;
    this.log = log;
    this.time = time;
    this.random = random;
    this.traces = traces;
    this.observers = List.copyOf(observers);
  }

  /** On behalf of {@code caller}; where and on what is said next, or by the operation itself. */
  public OperationRun by(String caller) {
    requireOpen();
    return new OperationRun(this, caller, traces.next());
  }

  /** As {@link #by}, under an operation id that is known to others. */
  public OperationRun under(String operationId, String caller) {
    requireOpen();
    return new OperationRun(this, caller, traces.of(operationId));
  }

  /** Of an operation that is recorded elsewhere, or not at all. */
  public CallTrace newTrace() {
    return traces.next();
  }

  public void requireOpen() {
    if (closed.get()) {
      throw Texts.CLOSED.as(ErrorCode.CLOSED);
    }
  }

  /** Begins none any more; false if it began none before. */
  public boolean end() {
    return closed.compareAndSet(false, true);
  }

  /** By which operations end in time. */
  public TimeSource time() {
    return time;
  }

  KeyDirectory keys() {
    return keys;
  }

  KeyRules rules() {
    return rules;
  }

  AuditTrail log() {
    return log;
  }

  SecureRandom random() {
    return random;
  }

  /** Tells those who observe, whatever they do with it. */
  void ended(ObservedCall call) {
    for (CallObserver observer : observers) {
      try {
        observer.ended(call);
      } catch (Exception | Error e) {
        Unexpected.rethrowFatal(e);
        if (!complained.getAndSet(true)) {
          LOG.log(
              System.Logger.Level.WARNING,
              Texts.OBSERVER_THREW.with(observer.getClass().getName(), e.getClass().getName()));
        }
      }
    }
  }
}
