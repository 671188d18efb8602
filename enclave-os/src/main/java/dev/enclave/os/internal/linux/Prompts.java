package dev.enclave.os.internal.linux;

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
import org.freedesktop.dbus.DBusPath;
import org.jspecify.annotations.Nullable;

/** Has the user unlock what is locked, or says that it is locked. */
final class Prompts {

  private static final String NONE = "/";

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
    confirm(answer.second());
    return true;
  }

  /** Shows a prompt and waits until it was answered. */
  void confirm(DBusPath path) throws BackendFailure {
    if (patience.isZero()) {
      throw locked("Nobody was asked to unlock it.");
    }
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
      requireConfirmed(prompt, dismissed.poll(patience.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw BackendFailure.transientFailure(
          FailureCode.UNAVAILABLE, "The thread was interrupted while the user was asked. Repeat.");
    } finally {
      listening.end();
    }
  }

  private void requireConfirmed(Prompt prompt, @Nullable Boolean dismissed) throws BackendFailure {
    if (dismissed == null) {
      dismiss(prompt);
      throw locked("Nobody unlocked it within " + patience + ".");
    }
    if (dismissed) {
      throw locked("Its prompt was dismissed, or could be shown to nobody.");
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

  static BackendFailure locked(String detail) {
    return BackendFailure.permanent(
        FailureCode.ACCESS_DENIED,
        "The keyring is locked. "
            + detail
            + " Unlock it: log in to the desktop with its password, or use Seahorse; without a"
            + " desktop, give its password to: gnome-keyring-daemon --unlock. A wrong password is"
            + " not reported there: the keyring just stays locked.");
  }
}
