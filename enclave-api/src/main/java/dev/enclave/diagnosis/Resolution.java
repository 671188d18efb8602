package dev.enclave.diagnosis;

import dev.enclave.BackendId;
import java.util.List;

/**
 * Which backend new keys go to, and why.
 *
 * @param chosen the backend
 * @param reason why it was chosen
 * @param rejected every other backend considered, best precedence first
 */
public record Resolution(BackendId chosen, String reason, List<Rejection> rejected) {

  public Resolution {
    rejected = List.copyOf(rejected);
  }

  /**
   * A backend that was not chosen.
   *
   * @param backend its id
   * @param reason why not
   */
  public record Rejection(BackendId backend, String reason) {}
}
