package dev.enclave.core.internal.key;

import dev.enclave.BackendId;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Waits for a backend while it is opened, but not for ever: a start must end with an answer. */
final class OpeningWatch {

  private final Duration patience;

  OpeningWatch(Duration patience) {
    this.patience = patience;
  }

  /**
   * What {@code opening} gives, run in a thread of its own.
   *
   * @param late takes what comes when nobody waits any more
   * @throws ConnectivityException ({@link ErrorCode#BACKEND_UNAVAILABLE}) when it does not end in
   *     time
   */
  <T> T whileOpening(BackendId id, Supplier<T> opening, Consumer<T> late) {
    // Whoever sets it first, the opening or the one who waits, decides who gets what was opened.
    AtomicBoolean decided = new AtomicBoolean();
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              T opened = opening.get();
              if (!decided.compareAndSet(false, true)) {
                late.accept(opened);
              }
              return opened;
            });
    Thread thread = new Thread(task, "enclave-opening-" + id);
    thread.setDaemon(true);
    thread.start();
    try {
      return await(task, decided);
    } catch (ExecutionException e) {
      throw rethrown(e);
    } catch (TimeoutException e) {
      throw new ConnectivityException(
          ErrorCode.BACKEND_UNAVAILABLE,
          "Backend "
              + id
              + " hangs: it did not open and answer a health check within "
              + patience.toSeconds()
              + " seconds. Check that its endpoint can be reached from here; report a backend that"
              + " ignores its deadline to its author.",
          true,
          null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectivityException(
          ErrorCode.INTERRUPTED,
          "The thread was interrupted while backend "
              + id
              + " was opened. Start again if it is still wanted.",
          true,
          null);
    }
  }

  private <T> T await(FutureTask<T> task, AtomicBoolean decided)
      throws InterruptedException, ExecutionException, TimeoutException {
    try {
      return task.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | InterruptedException e) {
      if (decided.compareAndSet(false, true)) {
        task.cancel(true);
        throw e;
      }
      return task.get();
    }
  }

  /** The very exception, as if there were no other thread. */
  private static RuntimeException rethrown(ExecutionException e) {
    Throwable cause = e.getCause();
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException failure ? failure : new CancellationException();
  }
}
