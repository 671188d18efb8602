package dev.enclave.jobs;

import dev.enclave.deferred.Ticket;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.deferral.DeferralContext;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How the queue of one process comes to be: what it needs (the tables, its key, the scheduler) is
 * made when database and backend first answer, and asked for until they do. Thread-safe.
 */
final class QueueOpening implements AutoCloseable {

  /** How long a start or a report waits for the database. */
  static final Duration ANSWER = Duration.ofSeconds(5);

  private static final System.Logger LOG = System.getLogger("dev.enclave.jobs");

  private final DeferralContext context;
  private final JobsSettings settings;
  private final Database database;
  private final DatabaseClock clock;
  private final Consumer<Ticket> ended;

  private @Nullable FutureTask<Parts> making; // Guarded by this.
  private boolean closed; // Guarded by this.
  private volatile @Nullable Parts open;
  private volatile EnclaveException obstacle = unanswered();

  /** What the queue works with, once it is open. */
  record Parts(Store store, Drain drain, Wakes wakes) {

    void end() {
      wakes.close();
      store.close();
    }
  }

  /**
   * @param ended is told of each ticket that this process ends
   */
  QueueOpening(
      DeferralContext context,
      JobsSettings settings,
      Database database,
      DatabaseClock clock,
      Consumer<Ticket> ended) {
    this.context = context;
    this.settings = settings;
    this.database = database;
    this.clock = clock;
    this.ended = ended;
  }

  static EnclaveException unanswered() {
    return Texts.DATABASE_NOT_ANSWERED.as(ErrorCode.DEFERRAL_UNAVAILABLE, ANSWER.toSeconds());
  }

  static RuntimeException thrownBy(ExecutionException e) {
    return e.getCause() instanceof RuntimeException failure
        ? failure
        : new IllegalStateException("an error, and no exception", e.getCause());
  }

  /**
   * What a log may have of a failure: a driver's own words may quote an address with a password.
   */
  static String told(RuntimeException e) {
    return e instanceof EnclaveException ours ? ours.getMessage() : e.getClass().getName();
  }

  /**
   * Those there are already.
   *
   * @throws EnclaveException what the last attempt failed with, if there are none
   */
  Parts alreadyMade() {
    Parts made = open;
    if (made == null) {
      throw obstacle;
    }
    return made;
  }

  /** Those there are; made now if they are not, by one for all who ask. */
  Parts parts() {
    Parts made = open;
    return made == null ? makeOnce() : made;
  }

  /** One makes it, and all who come meanwhile wait for that one: each waits for a timeout once. */
  private Parts makeOnce() {
    FutureTask<Parts> before;
    synchronized (this) {
      before = making;
    }
    if (before != null && !before.isDone()) {
      try {
        return result(before);
      } catch (RuntimeException e) {
        // It may have begun before what was wrong was mended.
        LOG.log(System.Logger.Level.DEBUG, Texts.ONCE_MORE.with(told(e)));
      }
    }
    FutureTask<Parts> attempt;
    synchronized (this) {
      if (closed) {
        throw gone();
      }
      if (making == null || making.isDone()) {
        making = new FutureTask<>(this::make);
      }
      attempt = making;
    }
    attempt.run();
    return result(attempt);
  }

  private static Parts result(FutureTask<Parts> attempt) {
    try {
      return attempt.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unanswered();
    } catch (ExecutionException e) {
      throw thrownBy(e);
    }
  }

  private Parts make() {
    Parts made = open;
    if (made != null) {
      return made;
    }
    try {
      Schema.shipped().prepare(database);
      Rows rows = new Rows(database);
      clock.set(rows.now());
      Store store = new Store(rows, key(rows), settings, context, clock);
      Drain drain = new Drain(store, context, clock, ended);
      Wakes wakes = new Wakes(database.dataSource(), clock, drain, replica());
      return started(new Parts(store, drain, wakes));
    } catch (EnclaveException e) {
      obstacle = e;
      throw e;
    }
  }

  private QueueKey key(Rows rows) {
    try {
      return QueueKey.load(rows, context, settings.deployment());
    } catch (EnclaveException e) {
      if (!e.retryable() || e.code() == ErrorCode.DEFERRAL_UNAVAILABLE) {
        throw e;
      }
      throw new ConnectivityException(
          ErrorCode.DEFERRAL_UNAVAILABLE,
          Texts.KEK_UNUSABLE.with(e.getMessage()),
          true,
          e.retryAt().orElse(null));
    }
  }

  private Parts started(Parts made) {
    try {
      if (settings.drains()) {
        made.wakes().start();
      }
    } catch (RuntimeException e) {
      made.end();
      throw Database.unavailable(
          e.getCause() instanceof SQLException failure ? failure : new SQLException());
    }
    synchronized (this) {
      if (!closed) {
        open = made;
        return made;
      }
    }
    made.end();
    throw gone();
  }

  private static EnclaveException gone() {
    return Texts.HAS_BEEN_CLOSED.as(ErrorCode.CLOSED);
  }

  private String replica() {
    byte[] name = new byte[8];
    context.random().nextBytes(name);
    return "enclave-" + HexFormat.of().formatHex(name);
  }

  /**
   * Ends what was made; nothing is made any more. What is being made in this moment ends by itself,
   * and is waited for, though not for a database that hangs.
   */
  @Override
  public void close() {
    Parts made;
    FutureTask<Parts> under;
    synchronized (this) {
      closed = true;
      made = open;
      under = making;
    }
    if (made != null) {
      made.end();
    } else if (under != null) {
      await(under);
    }
  }

  private static void await(FutureTask<Parts> attempt) {
    boolean interrupted = false;
    while (true) {
      try {
        attempt.get(Wakes.SHUTDOWN.toMillis(), TimeUnit.MILLISECONDS);
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException | TimeoutException e) {
        LOG.log(System.Logger.Level.DEBUG, Texts.CLOSED_WHILE_OPENING.with(e.getClass().getName()));
        break;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
