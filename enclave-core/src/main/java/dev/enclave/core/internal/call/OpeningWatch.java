package dev.enclave.core.internal.call;

import dev.enclave.BackendId;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Waits for a backend while it is opened, but not for ever: a start must end with an answer. */
public final class OpeningWatch {

  private final Duration patience;

  public OpeningWatch(Duration patience) {
    this.patience = patience;
  }

  /**
   * What {@code opener} gives, run in a thread of its own.
   *
   * @param late takes what comes when nobody waits any more
   * @throws ConnectivityException ({@link ErrorCode#BACKEND_UNAVAILABLE}) when it does not end in
   *     time
   */
  public <T> T whileOpening(BackendId id, Supplier<T> opener, Consumer<T> late) {
    Opening<T> opening = Opening.begin(id, opener, late);
    try {
      return opening.await(patience);
    } catch (TimeoutException e) {
      return opening.orGivenUp(
          Texts.BACKEND_HANGS.as(ErrorCode.BACKEND_UNAVAILABLE, id, patience.toSeconds()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return opening.orGivenUp(Texts.INTERRUPTED_WHILE_OPENING.as(ErrorCode.INTERRUPTED, id));
    }
  }
}
