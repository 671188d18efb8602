package dev.enclave.core.internal.call;

import dev.enclave.BackendId;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens each backend once, when it is first needed; whoever needs one waits for that one alone, and
 * no lock is held meanwhile. A failure is everybody's for a moment, then the next caller begins
 * another opening. Thread-safe.
 */
public final class Openings<T> {

  /** Callers that come together learn of one failure; one that comes later finds out anew. */
  static final Duration FAILURE_REMEMBERED = Duration.ofSeconds(3);

  private final Function<BackendId, T> opener;
  private final Consumer<T> closer;
  private final TimeSource time;
  private final Duration patience;
  private final Map<BackendId, Begun<T>> begun = new LinkedHashMap<>();
  private boolean closed;

  /**
   * An opening.
   *
   * @param patience when it is given up
   * @param memory once it has ended: how long a failure is remembered
   */
  private record Begun<T>(
      Opening<T> opening, Deadline patience, AtomicReference<@Nullable Deadline> memory) {

    boolean forgotten() {
      @Nullable Deadline remembered = memory.get();
      return opening.failed() && (remembered == null || remembered.remaining().isZero());
    }
  }

  /**
   * Opens what it is asked for.
   *
   * @param opener opens a backend, in a thread of its own
   * @param closer closes one
   * @param patience an opening that takes longer is given up
   */
  public Openings(
      Function<BackendId, T> opener, Consumer<T> closer, TimeSource time, Duration patience) {
    this.opener = opener;
    this.closer = closer;
    this.time = time;
    this.patience = patience;
  }

  /** Takes a backend that is open. */
  public synchronized void add(BackendId id, T opened) {
    begun.put(
        id,
        new Begun<>(Opening.done(opened), Deadline.in(patience, time), new AtomicReference<>()));
  }

  /**
   * The backend of an id, opened if need be.
   *
   * @throws EnclaveException what its opening failed with, just now or a moment ago; {@link
   *     ErrorCode#DEADLINE_EXCEEDED} or {@link ErrorCode#INTERRUPTED} when the caller stops
   *     waiting, while the opening goes on; {@link ErrorCode#CLOSED} once these are closed
   */
  public T of(BackendId id, Deadline deadline) {
    try {
      return current(id).await(deadline.remaining());
    } catch (TimeoutException e) {
      throw Texts.STILL_OPENING.as(ErrorCode.DEADLINE_EXCEEDED, id);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Texts.INTERRUPTED_WHILE_OPENING.as(ErrorCode.INTERRUPTED, id);
    }
  }

  private synchronized Opening<T> current(BackendId id) {
    if (closed) {
      throw Texts.CLOSED_MEANWHILE.as(ErrorCode.CLOSED, id);
    }
    @Nullable Begun<T> known = begun.get(id);
    if (known != null && !known.opening().ended() && known.patience().remaining().isZero()) {
      remember(known.memory());
      known
          .opening()
          .giveUp(Texts.BACKEND_HANGS.as(ErrorCode.BACKEND_UNAVAILABLE, id, patience.toSeconds()));
    }
    if (known == null || known.forgotten()) {
      known = begin(id);
      begun.put(id, known);
    }
    return known.opening();
  }

  private Begun<T> begin(BackendId id) {
    AtomicReference<@Nullable Deadline> memory = new AtomicReference<>();
    Supplier<T> opening =
        () -> {
          try {
            return opener.apply(id);
          } finally {
            remember(memory);
          }
        };
    return new Begun<>(Opening.begin(id, opening, closer), Deadline.in(patience, time), memory);
  }

  private void remember(AtomicReference<@Nullable Deadline> memory) {
    memory.set(Deadline.in(FAILURE_REMEMBERED, time));
  }

  /** Closes every one, and opens none any more; what is being opened is closed when it is open. */
  public void close() {
    Map<BackendId, Begun<T>> all;
    synchronized (this) {
      closed = true;
      all = new LinkedHashMap<>(begun);
      begun.clear();
    }
    all.forEach(
        (id, each) -> {
          if (!each.opening().giveUp(Texts.CLOSED_MEANWHILE.as(ErrorCode.CLOSED, id))) {
            each.opening().opened().ifPresent(closer);
          }
        });
  }
}
