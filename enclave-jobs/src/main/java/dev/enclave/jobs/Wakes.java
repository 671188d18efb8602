package dev.enclave.jobs;

import com.github.kagkarlsson.scheduler.Clock;
import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.exceptions.ExecutionException;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceCurrentlyExecutingException;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceNotFoundException;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/**
 * Says when which group is looked at, in one of the replicas at a time: db-scheduler, with tasks
 * that carry no data, on the database's clock. What a group's visit may change is decided by the
 * rows, so that one visit too many does no harm. Thread-safe.
 */
final class Wakes implements AutoCloseable {

  /** What is due. */
  interface Work {

    /** Works on a group; when to look again, if anything waits there. */
    Optional<Instant> run(String group, BooleanSupplier stopped);

    /** Whether anything waits in a group. */
    boolean waits(String group);

    /** Ends what is overdue and names the groups that are due. */
    List<String> sweep();
  }

  private static final System.Logger LOG = System.getLogger("dev.enclave.jobs");
  private static final String GROUP = "enclave-group";
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);
  private static final Duration SWEEP = Duration.ofSeconds(5);

  /** How long closing waits for what is under way. */
  static final Duration SHUTDOWN = Duration.ofSeconds(10);

  /** Few, since live calls come first. */
  private static final int THREADS = 2;

  private final Work work;
  private final DatabaseClock clock;
  private final CustomTask<Void> groups;
  private final RecurringTask<Void> sweep;
  private final List<ExecutorService> executors;
  private final Scheduler scheduler;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private volatile boolean started;

  Wakes(DataSource source, DatabaseClock clock, Work work, String replica) {
    this.work = work;
    this.clock = clock;
    this.groups =
        Tasks.custom(GROUP, Void.class)
            .onFailureReschedule(FixedDelay.of(SWEEP))
            .onDeadExecutionRevive()
            .execute((instance, context) -> visited(instance.getId()));
    this.sweep =
        Tasks.recurring("enclave-sweep", FixedDelay.of(SWEEP))
            .execute((instance, context) -> work.sweep().forEach(this::wake));
    var threads = daemons("enclave-jobs");
    var due = Executors.newSingleThreadExecutor(daemons("enclave-jobs-due"));
    var keeper = Executors.newScheduledThreadPool(3, daemons("enclave-jobs-keeper"));
    var pool = Executors.newFixedThreadPool(THREADS, threads);
    this.executors = List.of(pool, due, keeper);
    this.scheduler =
        new OnDatabaseClock(source, List.of(groups), clock)
            .startTasks(sweep)
            .tableName("enclave_scheduled_task")
            .serializer(new NoData())
            .schedulerName(new SchedulerName.Fixed(replica))
            .threads(THREADS)
            .executorService(pool)
            .dueExecutor(due)
            .housekeeperExecutor(keeper)
            .pollingInterval(POLL)
            .heartbeatInterval(HEARTBEAT)
            .missedHeartbeatsLimit(4)
            .shutdownMaxWait(SHUTDOWN)
            .commitWhenAutocommitDisabled(true)
            .failureLogging(LogLevel.DEBUG, false)
            .build();
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      // The text of a database's failure may quote what was stored; its next poll comes.
      thread.setUncaughtExceptionHandler(
          (ended, failure) ->
              LOG.log(System.Logger.Level.DEBUG, Texts.NOT_NOW.with(failure.getClass().getName())));
      return thread;
    };
  }

  void start() {
    started = true;
    // Where the database fails just now, the scheduler would start, and never sweep.
    scheduler.scheduleIfNotExists(sweep.instance(RecurringTask.INSTANCE), clock.now());
    scheduler.start();
  }

  /**
   * Has a group looked at as soon as possible; one that is to be looked at later already is left.
   */
  void wake(String group) {
    if (!stopped.get()) {
      scheduler.scheduleIfNotExists(groups.instance(group), clock.now());
      look();
    }
  }

  /** As {@link #wake}, also if it is to be looked at later. */
  void wakeNow(String group) {
    TaskInstance<Void> instance = groups.instance(group);
    Instant now = clock.now();
    if (!stopped.get() && !scheduler.scheduleIfNotExists(instance, now)) {
      try {
        scheduler.reschedule(instance, now);
      } catch (TaskInstanceCurrentlyExecutingException
          | TaskInstanceNotFoundException
          | ExecutionException e) {
        // It is looked at in this moment, or was until now, or another replica was faster between
        // the reading of its row and the change; then the sweep finds what is left.
        System.getLogger("dev.enclave.jobs")
            .log(System.Logger.Level.DEBUG, Texts.NOT_RESCHEDULED.with(e.getClass().getName()));
      }
    }
    look();
  }

  /** One that carries nothing out leaves it to the others. */
  private void look() {
    if (started) {
      scheduler.triggerCheckForDueExecutions();
    }
  }

  private CompletionHandler<Void> visited(String group) {
    Optional<Instant> again = work.run(group, stopped::get);
    return (complete, operations) -> {
      if (again.isPresent()) {
        operations.reschedule(complete, again.get());
        if (!again.get().isAfter(clock.now())) {
          scheduler.triggerCheckForDueExecutions();
        }
      } else {
        operations.remove();
        // Whoever stored something meanwhile found the visit under way, and left it at that.
        if (work.waits(group)) {
          wake(group);
        }
      }
    };
  }

  /** Begins nothing new, and waits for what is under way, but not for a database that hangs. */
  @Override
  public void close() {
    if (stopped.compareAndSet(false, true)) {
      if (started) {
        stop();
      }
      executors.forEach(ExecutorService::shutdownNow);
    }
  }

  /**
   * The scheduler waits for each of its threads one after the other. A caller that is interrupted
   * waits for them too, since they use what is closed next.
   */
  private void stop() {
    Thread stopping = daemons("enclave-jobs-stop").newThread(scheduler::stop);
    stopping.start();
    boolean interrupted = false;
    while (true) {
      try {
        stopping.join(SHUTDOWN.toMillis());
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The builder has no method for the clock, and a field for those who extend it. */
  private static final class OnDatabaseClock extends SchedulerBuilder {

    OnDatabaseClock(DataSource source, List<Task<?>> tasks, Clock databaseClock) {
      super(source, tasks);
      this.clock = databaseClock;
    }
  }

  /** Nothing is written, and what somebody else has written is not read. */
  private static final class NoData implements Serializer {

    @Override
    public byte[] serialize(Object data) {
      return new byte[0];
    }

    @Override
    @SuppressWarnings("NullAway") // no data is null, for the library that calls this
    public <T> T deserialize(Class<T> type, byte[] serialized) {
      return null;
    }
  }
}
