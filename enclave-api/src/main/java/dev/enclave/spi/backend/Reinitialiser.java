package dev.enclave.spi.backend;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.util.List;

/**
 * A {@link BackendProvider} whose whole store depends on one thing that can get lost, and that can
 * then begin anew: never by itself, only when somebody names the keys that are given up by it.
 */
public interface Reinitialiser {

  /** The keys that {@link #reinitialise} would give up, sorted. Changes nothing. */
  List<KeyName> atStake(BackendContext context) throws BackendFailure;

  /**
   * Moves a store that cannot be opened any more out of the way, so that the next opening makes a
   * new one. Deletes nothing.
   *
   * @param givenUp exactly the keys that {@link #atStake} names
   * @return where the old store lies now
   * @throws BackendFailure {@link FailureCode#REFUSED} when the store opens, or other keys are at
   *     stake
   */
  String reinitialise(BackendContext context, List<KeyName> givenUp) throws BackendFailure;
}
