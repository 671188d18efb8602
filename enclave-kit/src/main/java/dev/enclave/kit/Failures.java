package dev.enclave.kit;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;

/** The failures of those who open a backend or fetch its credentials, each by its name. */
public final class Failures {

  private Failures() {}

  /** What was written down or attached will not do, however often it is tried. */
  public static BackendFailure misconfigured(String observed, String advice) {
    return BackendFailure.permanent(FailureCode.MISCONFIGURED, observed, advice);
  }

  /** It is there, and must not be used here. */
  public static BackendFailure refused(String observed, String advice) {
    return BackendFailure.permanent(FailureCode.REFUSED, observed, advice);
  }

  /** Whoever was asked said no. */
  public static BackendFailure denied(String observed, String advice) {
    return BackendFailure.permanent(FailureCode.ACCESS_DENIED, observed, advice);
  }

  /** Nobody answered, or nothing that is of use; it may pass by itself. */
  public static BackendFailure unavailable(String observed, String advice) {
    return BackendFailure.transientFailure(FailureCode.UNAVAILABLE, observed, advice);
  }
}
