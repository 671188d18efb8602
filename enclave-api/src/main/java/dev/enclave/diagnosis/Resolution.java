package dev.enclave.diagnosis;

import dev.enclave.BackendId;
import java.util.List;

/** Which backend new keys go to, and why. */
public interface Resolution {

  /** The backend. */
  BackendId chosen();

  /** Why it was chosen. */
  String reason();

  /** Every other backend considered, best precedence first. */
  List<Rejection> rejected();

  /**
   * A backend that was not chosen.
   *
   * @param backend its id
   * @param reason why not
   */
  record Rejection(BackendId backend, String reason) {}
}
