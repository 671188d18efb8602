package dev.enclave.aws.internal;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.model.DisabledException;
import software.amazon.awssdk.services.kms.model.IncorrectKeyException;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.KmsInvalidStateException;
import software.amazon.awssdk.services.kms.model.NotFoundException;

/** From the SDK's exceptions to the engine's words. */
final class KmsFailures {

  private KmsFailures() {}

  static BackendFailure of(KmsOperation operation, SdkException e) {
    if (e instanceof DisabledException || e instanceof KmsInvalidStateException) {
      return BackendFailure.permanent(FailureCode.INVALID_STATE, "invalid state");
    }
    if (e instanceof InvalidCiphertextException || e instanceof IncorrectKeyException) {
      return BackendFailure.permanent(FailureCode.CORRUPT, "ciphertext");
    }
    if (e instanceof NotFoundException) {
      return BackendFailure.permanent(FailureCode.NOT_FOUND, "not found");
    }
    if (e instanceof AwsServiceException s) {
      if (s.isThrottlingException()) {
        return BackendFailure.throttled("throttled", Optional.empty());
      }
      if (s.statusCode() >= 500) {
        return BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "5xx");
      }
      String code = s.awsErrorDetails() == null ? "" : s.awsErrorDetails().errorCode();
      return BackendFailure.permanent(
          code.contains("AccessDenied") ? FailureCode.ACCESS_DENIED : FailureCode.REJECTED,
          operation.apiName() + " was refused with " + code + ".");
    }
    return operation.changes()
        ? BackendFailure.ambiguous(FailureCode.UNAVAILABLE, "no answer")
        : BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "no answer");
  }
}
