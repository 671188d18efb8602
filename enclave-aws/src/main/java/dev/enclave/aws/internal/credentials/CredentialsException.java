package dev.enclave.aws.internal.credentials;

import dev.enclave.spi.BackendFailure;
import software.amazon.awssdk.core.exception.SdkClientException;

/** Takes a failure to get credentials through the SDK, which wants one of its own kind. */
public final class CredentialsException extends SdkClientException {

  private static final long serialVersionUID = 1L;

  private final transient BackendFailure failure;

  CredentialsException(BackendFailure failure) {
    super(SdkClientException.builder().message(failure.getMessage()));
    this.failure = failure;
  }

  /** What went wrong. */
  public BackendFailure failure() {
    return failure;
  }
}
