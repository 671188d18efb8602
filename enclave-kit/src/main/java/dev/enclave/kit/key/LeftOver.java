package dev.enclave.kit.key;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What creations, rotations and restorations left behind: how old it has to be, and how a version
 * that was never active is discarded while another process may go on with what made it.
 */
public final class LeftOver {

  /** Longer than any creation, rotation or restoration may take, clocks that differ included. */
  public static final Duration UNDER_WAY = Duration.ofMinutes(15);

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private LeftOver() {}

  /** Whether what was made then cannot be under way any more. */
  public static boolean isOld(Instant madeAt, CallContext call) {
    return madeAt.plus(UNDER_WAY).isBefore(call.time().now());
  }

  /** A request, or several. */
  @FunctionalInterface
  public interface Step {
    void run() throws BackendFailure;
  }

  /** Reads the version once more, after everybody's writes can be seen. */
  @FunctionalInterface
  public interface Look {
    /** None if it is gone for good. */
    Optional<Seen> again() throws BackendFailure;
  }

  /**
   * What is then to be done.
   *
   * @param wanted whether somebody activated it meanwhile, or has begun to
   * @param on switches it on again
   * @param giveUp destroys it, as far as the service can
   */
  public record Seen(boolean wanted, Step on, Step giveUp) {}

  /**
   * Discards a version that was never active. What is off nobody activates, so it is switched off
   * first; an activation that had begun is seen by the second look, and the version is switched on
   * again.
   *
   * @param version as messages name it
   * @return whether it is gone or on its way; false if it turned out to be wanted
   */
  public static boolean discard(KeyName key, String version, Step off, Look look)
      throws BackendFailure {
    off.run();
    return BackendFailure.afterChange(
        "Version " + version + " of key " + key + " was switched off.",
        () -> {
          Optional<Seen> seen = look.again();
          if (seen.isEmpty()) {
            return true;
          }
          (seen.get().wanted() ? seen.get().on() : seen.get().giveUp()).run();
          return !seen.get().wanted();
        });
  }

  /**
   * Gives up what lost a race, where the operation is over all the same. If that fails it is an
   * orphan, which can be found.
   *
   * @param what was made, as messages name it, with a capital
   */
  public static void giveUp(String what, Step discard) {
    try {
      discard.run();
    } catch (BackendFailure e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} lost a race and is left over: {1} Run enclave keys reconcile.",
          what,
          e.getMessage());
    }
  }
}
