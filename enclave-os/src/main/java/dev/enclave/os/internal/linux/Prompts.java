package dev.enclave.os.internal.linux;

import dev.enclave.os.internal.Texts;
import dev.enclave.os.internal.linux.bus.Prompt;
import dev.enclave.os.internal.linux.bus.Service;
import dev.enclave.os.internal.linux.bus.Two;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.freedesktop.dbus.DBusPath;

/** Has the user unlock what is locked, or says that it is locked. */
final class Prompts {

  private static final String NONE = "/";
  private static final Duration UNASKED = Duration.ofSeconds(5);

  private final Bus bus;
  private final Duration patience;

  /**
   * @param patience how long the user may be waited for; zero to ask nobody
   */
  Prompts(Bus bus, Duration patience) {
    this.bus = bus;
    this.patience = patience;
  }

  /**
   * Unlocks items or collections.
   *
   * @return whether any of them was locked before
   */
  boolean unlock(Service service, List<DBusPath> objects) throws BackendFailure {
    Two<List<DBusPath>, DBusPath> answer = bus.ask(() -> service.unlock(objects));
    if (answer.second().getPath().equals(NONE)) {
      return false;
    }
    if (patience.isZero()) {
      throw locked(Texts.NOBODY_WAS_ASKED.with());
    }
    show(answer.second(), patience, Prompts::locked);
    return true;
  }

  /**
   * Has something done to what is unlocked. KeePassXC answers with a prompt then, and asks nobody,
   * so it is waited for, however little the user may be.
   */
  void confirm(DBusPath path) throws BackendFailure {
    show(path, patience.compareTo(UNASKED) > 0 ? patience : UNASKED, Prompts::noConsent);
  }

  /** Shows a prompt and waits until it was answered. */
  private void show(DBusPath path, Duration within, Function<String, BackendFailure> refusal)
      throws BackendFailure {
    BlockingQueue<Boolean> dismissed = new ArrayBlockingQueue<>(1);
    Prompt prompt = bus.object(path.getPath(), Prompt.class);
    Bus.Listening listening =
        bus.listen(
            Prompt.Completed.class,
            completed -> {
              if (completed.getPath().equals(path.getPath())) {
                dismissed.offer(completed.dismissed());
              }
            });
    try {
      bus.ask(
          () -> {
            prompt.prompt("");
            return path;
          });
      Boolean answer = dismissed.poll(within.toMillis(), TimeUnit.MILLISECONDS);
      if (answer == null) {
        dismiss(prompt);
        throw refusal.apply(Texts.NOBODY_ANSWERED.with(within));
      }
      if (answer) {
        throw refusal.apply(Texts.PROMPT_DISMISSED.with());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Texts.INTERRUPTED.transientFailure(FailureCode.UNAVAILABLE);
    } finally {
      listening.end();
    }
  }

  private void dismiss(Prompt prompt) {
    try {
      bus.ask(
          () -> {
            prompt.dismiss();
            return true;
          });
    } catch (BackendFailure e) {
      return; // That nobody answered is what counts.
    }
  }

  private static BackendFailure noConsent(String detail) {
    return Texts.NO_CONSENT.permanent(FailureCode.ACCESS_DENIED, detail);
  }

  private static BackendFailure locked(String detail) {
    return Texts.KEYRING_LOCKED.permanent(FailureCode.ACCESS_DENIED, detail);
  }
}
