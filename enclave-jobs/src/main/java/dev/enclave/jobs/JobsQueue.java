package dev.enclave.jobs;

import dev.enclave.deferred.Ticket;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.deferral.DeferralContext;
import dev.enclave.spi.deferral.DeferralQueue;
import dev.enclave.spi.deferral.StoredOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The queue of one process, which works as soon as {@link QueueOpening} has opened it. Thread-safe.
 */
final class JobsQueue implements DeferralQueue {

  private static final System.Logger LOG = System.getLogger("dev.enclave.jobs");
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final int LOOKS_A_LINE = 10;

  private final Database database;
  private final DatabaseClock clock;
  private final List<Consumer<Ticket>> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, CompletableFuture<Ticket>> awaited = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicLong done = new AtomicLong();
  private int looks;

  /** One looks; the other answers for health while that one waits for the database. */
  private final ScheduledThreadPoolExecutor watch =
      new ScheduledThreadPoolExecutor(
          2,
          task -> {
            Thread thread = new Thread(task, "enclave-jobs-watch");
            thread.setDaemon(true);
            return thread;
          });

  private final QueueOpening opening;

  JobsQueue(DeferralContext context, JobsSettings settings, Database database) {
    this.database = database;
    this.clock = new DatabaseClock(context.time());
    this.opening = new QueueOpening(context, settings, database, clock, this::endedHere);
    watch.setRemoveOnCancelPolicy(true);
    try {
      within(opening::parts);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, Texts.NOT_DEFERRED_YET.with(QueueOpening.told(e)));
    }
    Future<?> unused =
        watch.scheduleWithFixedDelay(this::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What the database says, if it does soon: neither a start nor a report waits for ever. */
  private <T> T within(Callable<T> question) {
    Future<T> asked = watch.submit(question);
    try {
      return asked.get(QueueOpening.ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      asked.cancel(false);
      throw QueueOpening.unanswered();
    } catch (InterruptedException e) {
      asked.cancel(false);
      Thread.currentThread().interrupt();
      throw QueueOpening.unanswered();
    } catch (ExecutionException e) {
      throw QueueOpening.thrownBy(e);
    }
  }

  /**
   * Makes what is missing, reads the database's clock, looks for tickets that are awaited, and says
   * how far it is.
   */
  private void look() {
    try {
      QueueOpening.Parts now = opening.parts();
      clock.set(new Rows(database).now());
      awaited.keySet().forEach(id -> look(now.store(), id));
      if (++looks % LOOKS_A_LINE != 0) {
        return;
      }
      now.store().own().learn();
      if (done.getAndSet(0) > 0) {
        Rows.Depth depth = now.store().depth();
        LOG.log(
            System.Logger.Level.INFO,
            Texts.OPERATIONS_WAIT.with(Long.toString(depth.count()), depth.oldest()));
      }
    } catch (RuntimeException e) {
      // Whatever it is, the next look comes.
      LOG.log(System.Logger.Level.DEBUG, Texts.NOT_NOW.with(QueueOpening.told(e)));
    }
  }

  /** One that cannot be told anything but that keeps no other from being told. */
  private void look(Store store, String id) {
    try {
      store.find(id).ifPresent(row -> told(row.ticket()));
    } catch (ConnectivityException e) {
      throw e;
    } catch (EnclaveException e) {
      failed(id, e);
    }
  }

  private void failed(String id, EnclaveException failure) {
    CompletableFuture<Ticket> stage = awaited.remove(id);
    if (stage != null) {
      stage.completeExceptionally(failure);
    }
  }

  @Override
  public Ticket submit(StoredOperation operation, Instant notBefore) {
    QueueOpening.Parts now = opening.parts();
    Row row = now.store().submit(operation, notBefore);
    try {
      now.wakes().wake(row.group());
    } catch (RuntimeException e) {
      // The row is stored, which is what the ticket says; the next sweep finds it.
      LOG.log(System.Logger.Level.DEBUG, Texts.NOT_WOKEN.with(e.getClass().getName()));
    }
    return row.ticket();
  }

  @Override
  public Optional<Ticket> find(String id) {
    return opening.parts().store().find(id).map(Row::ticket);
  }

  @Override
  public Optional<Ticket> findByKey(String idempotencyKey) {
    return opening.parts().store().findByKey(idempotencyKey).map(Row::ticket);
  }

  @Override
  public Optional<Ticket> cancel(String id) {
    Store store = opening.parts().store();
    Optional<Row> row = store.find(id);
    if (row.isPresent() && row.get().state() == Ticket.Status.WAITING) {
      Row after = row.get().ended(Ticket.Status.CANCELLED);
      if (store.replace(row.get(), after)) {
        endedHere(after.ticket());
      }
    }
    return find(id);
  }

  @Override
  public Optional<Ticket> retry(String id) {
    QueueOpening.Parts now = opening.parts();
    Optional<Row> row = now.store().find(id);
    if (row.isPresent() && now.store().retry(row.get())) {
      now.wakes().wakeNow(row.get().group());
    }
    return find(id);
  }

  @Override
  public List<Ticket> list(Set<Ticket.Status> states, int limit) {
    return opening.parts().store().own().list(states, limit);
  }

  @Override
  public CompletionStage<Ticket> ended(String id) {
    CompletableFuture<Ticket> stage = awaited.computeIfAbsent(id, key -> new CompletableFuture<>());
    try {
      Optional<Ticket> ticket = find(id);
      if (ticket.isPresent()) {
        told(ticket.get());
      } else {
        awaited.remove(id);
        stage.completeExceptionally(Texts.NO_SUCH_TICKET.as(ErrorCode.INVALID_ARGUMENT));
      }
    } catch (ConnectivityException e) {
      // The stage waits for the database too.
      LOG.log(System.Logger.Level.DEBUG, Texts.NOT_NOW.with(e.getMessage()));
    } catch (EnclaveException e) {
      failed(id, e);
    }
    if (closed.get()) {
      endStages();
    }
    return stage.minimalCompletionStage();
  }

  @Override
  public void onEnded(Consumer<Ticket> listener) {
    listeners.add(listener);
  }

  /** Of a ticket as it is now; if it has ended, whoever waits for it is told. */
  private void told(Ticket ticket) {
    if (!ticket.status().ended()) {
      return;
    }
    CompletableFuture<Ticket> stage = awaited.remove(ticket.id());
    if (stage != null) {
      stage.complete(ticket);
    }
  }

  /** Of a ticket that this process has ended. */
  private void endedHere(Ticket ticket) {
    done.incrementAndGet();
    told(ticket);
    for (Consumer<Ticket> listener : listeners) {
      try {
        listener.accept(ticket);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, Texts.LISTENER_THREW.with(e.getClass().getName()));
      }
    }
  }

  @Override
  public Optional<Finding> health() {
    try {
      Rows.Depth depth = within(opening.alreadyMade().store()::depth);
      return depth.count() == 0
          ? Optional.empty()
          : Optional.of(
              Texts.OPERATIONS_WAIT_IN_HEALTH.finding(
                  Severity.WARNING, ErrorCode.DEFERRED, depth.count(), depth.oldest()));
    } catch (EnclaveException e) {
      return Optional.of(
          Texts.NOT_DEFERRED_NOW.finding(Severity.WARNING, e.code(), e.getMessage()));
    }
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    watch.shutdownNow();
    opening.close();
    database.close();
    endStages();
  }

  private void endStages() {
    EnclaveException gone = Texts.CLOSED_MEANWHILE.as(ErrorCode.CLOSED);
    awaited.values().forEach(stage -> stage.completeExceptionally(gone));
    awaited.clear();
  }
}
