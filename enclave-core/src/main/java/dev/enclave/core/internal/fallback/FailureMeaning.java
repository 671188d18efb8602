package dev.enclave.core.internal.fallback;

import dev.enclave.core.internal.call.BackendCaller;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCategory;
import java.time.Duration;

/** What a signature's failure means to who would stand in for the key. */
final class FailureMeaning {

  private FailureMeaning() {}

  /**
   * Whether the backend is away. A refusal and a request to slow down are answers; silence for less
   * than {@link BackendCaller#TIME_TO_ANSWER} says nothing, and neither does waiting for other
   * calls of this process.
   *
   * @param silence how long the backend had for an answer that did not come
   * @param reached whether it was asked
   */
  static boolean isOutage(CachedKey slot, EnclaveException e, Duration silence, boolean reached) {
    return switch (e.code()) {
      case BREAKER_OPEN -> slot.backend().caller().outageIsProven();
      case BACKEND_UNAVAILABLE -> reached;
      case DEADLINE_EXCEEDED -> reached && silence.compareTo(BackendCaller.TIME_TO_ANSWER) >= 0;
      default -> false;
    };
  }

  /**
   * Whether the backend answered, if only to refuse.
   *
   * @param reached whether it was asked
   */
  static boolean isAnswer(EnclaveException e, boolean reached) {
    return switch (e.code()) {
      case INTERRUPTED, DEADLINE_EXCEEDED, LOCAL_LOAD -> false;
      default -> reached;
    };
  }

  /**
   * Whether the backend said no, or lied: then nothing stands in for the key until it endorses a
   * companion anew, whatever becomes of the backend.
   */
  static boolean withdraws(EnclaveException e) {
    return switch (e.code()) {
      case ACCESS_DENIED, KEY_NOT_FOUND, KEY_NOT_ACTIVE, PROVIDER_REJECTED -> true;
      default -> e.category() == ErrorCategory.INTEGRITY || e.category() == ErrorCategory.POLICY;
    };
  }

  /** Whether the companion is not there any more, which another process may have seen to. */
  static boolean isLost(EnclaveException e) {
    return switch (e.code()) {
      case KEY_NOT_FOUND, KEY_NOT_ACTIVE, KEY_DATA_CORRUPT -> true;
      default -> e.category() == ErrorCategory.INTEGRITY;
    };
  }
}
