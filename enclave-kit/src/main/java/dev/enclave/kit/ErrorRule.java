package dev.enclave.kit;

import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.util.List;

/**
 * What an error of a service means: a row of its {@link ErrorTable}. Immutable.
 *
 * @param reading what it means for the next attempt of a request that changes nothing, such as a
 *     read or a signature
 * @param changing the same for a request that changes something
 * @param code what went wrong, in the engine's words
 * @param advice what to do, as sentences
 * @param passing whether it is to pass within a few attempts, such as an expired token, of which a
 *     new one is fetched; if it does not, it is permanent
 * @param names the service's own names of the error
 */
public record ErrorRule(
    FailureClass reading,
    FailureClass changing,
    FailureCode code,
    String advice,
    boolean passing,
    List<String> names) {

  /** The attempts in which a {@link #passing} error may pass. */
  private static final int FORGIVEN_ATTEMPTS = 3;

  public ErrorRule {
    names = List.copyOf(names);
  }

  /** The same with other advice. */
  public ErrorRule advising(String whatToDo) {
    return new ErrorRule(reading, changing, code, whatToDo, passing, names);
  }

  /** What it means for the next attempt. */
  public FailureClass failureClass(boolean changes) {
    return changes ? changing : reading;
  }

  /**
   * What it means for the next attempt.
   *
   * @param attempt which one of the operation failed, counted from 1
   */
  public FailureClass failureClass(boolean changes, int attempt) {
    return passing && attempt > FORGIVEN_ATTEMPTS ? FailureClass.PERMANENT : failureClass(changes);
  }
}
