package dev.enclave.internal;

import dev.enclave.internal.texts.Wording;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;

/** The words of a message of a module that is not the API, and a backend's failures with them. */
public interface Text extends Wording {

  /** A failure that a repetition will not mend. */
  default BackendFailure permanent(FailureCode code, Object... values) {
    return advised(BackendFailure.permanent(code, observed(values)), values);
  }

  /** A failure that may pass by itself; nothing happened. */
  default BackendFailure transientFailure(FailureCode code, Object... values) {
    return advised(BackendFailure.transientFailure(code, observed(values)), values);
  }

  /** The request may or may not have been carried out. */
  default BackendFailure ambiguous(FailureCode code, Object... values) {
    return advised(BackendFailure.ambiguous(code, observed(values)), values);
  }

  private BackendFailure advised(BackendFailure failure, Object... values) {
    return lines().indexOf('\n') < 0 ? failure : failure.advising(advice(values));
  }
}
