package dev.enclave;

import java.time.Instant;
import java.util.Optional;

/**
 * Whether a companion in software would sign in a key's place if the key's backend did not answer.
 *
 * @param endorsedUntil when the endorsement ends that the companion has now; empty if there is no
 *     companion that may sign
 * @param reason why there is none, and what to do; of one that may sign, what endorsed it
 */
public record FallbackStatus(Optional<Instant> endorsedUntil, String reason) {

  /** Whether a companion may sign now. */
  public boolean ready() {
    return endorsedUntil.isPresent();
  }
}
