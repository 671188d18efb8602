package dev.enclave.core.internal.call;

import dev.enclave.BackendId;
import dev.enclave.error.EnclaveException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One opening of a backend, in a thread of its own, for all who need it. Thread-safe. */
public final class Opening<T> {

  private final CompletableFuture<T> outcome = new CompletableFuture<>();
  private final Optional<Thread> thread;

  private Opening(T opened) {
    this.thread = Optional.empty();
    outcome.complete(opened);
  }

  private Opening(BackendId id, Supplier<T> opener, Consumer<T> late) {
    Thread own = new Thread(() -> run(opener, late), "enclave-opening-" + id);
    own.setDaemon(true);
    this.thread = Optional.of(own);
  }

  /** One that has been done. */
  static <T> Opening<T> done(T opened) {
    return new Opening<>(opened);
  }

  /**
   * Begins one.
   *
   * @param late takes what is opened after the opening was given up
   */
  static <T> Opening<T> begin(BackendId id, Supplier<T> opener, Consumer<T> late) {
    Opening<T> opening = new Opening<>(id, opener, late);
    opening.thread.ifPresent(Thread::start);
    return opening;
  }

  private void run(Supplier<T> opener, Consumer<T> late) {
    T opened;
    try {
      opened = opener.get();
    } catch (RuntimeException | Error e) {
      outcome.completeExceptionally(e);
      return;
    }
    if (!outcome.complete(opened)) {
      late.accept(opened);
    }
  }

  /** What was opened, or the very exception that the opening ended with. */
  T await(Duration within) throws TimeoutException, InterruptedException {
    try {
      return outcome.get(within.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    }
  }

  /** Ends it for all who wait, by interrupting it; false when it had ended before. */
  boolean giveUp(EnclaveException why) {
    boolean given = outcome.completeExceptionally(why);
    if (given) {
      thread.ifPresent(Thread::interrupt);
    }
    return given;
  }

  /** What was opened, if the opening ended before it could be given up. */
  T orGivenUp(EnclaveException why) {
    giveUp(why);
    try {
      return outcome.join();
    } catch (CompletionException e) {
      throw rethrown(e.getCause());
    }
  }

  boolean ended() {
    return outcome.isDone();
  }

  boolean failed() {
    return outcome.isCompletedExceptionally();
  }

  /** What was opened, if that is so. */
  Optional<T> opened() {
    return ended() && !failed() ? Optional.of(outcome.join()) : Optional.empty();
  }

  private static RuntimeException rethrown(@Nullable Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException failure ? failure : new CancellationException();
  }
}
