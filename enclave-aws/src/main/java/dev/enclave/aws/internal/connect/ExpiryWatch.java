package dev.enclave.aws.internal.connect;

import dev.enclave.aws.internal.calls.AwsFailures;
import dev.enclave.aws.internal.credentials.RefreshingCredentials;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** Has credentials fetched anew once AWS says that they have expired. */
final class ExpiryWatch implements ExecutionInterceptor {

  private final RefreshingCredentials credentials;

  ExpiryWatch(RefreshingCredentials credentials) {
    this.credentials = credentials;
  }

  @Override
  public void onExecutionFailure(
      Context.FailedExecution context, ExecutionAttributes executionAttributes) {
    if (context.exception() instanceof AwsServiceException answer && AwsFailures.expired(answer)) {
      credentials.refused();
    }
  }
}
