package dev.enclave.aws.internal.connect;

import dev.enclave.aws.internal.calls.AwsFailures;
import dev.enclave.aws.internal.credentials.RefreshingCredentials;
import dev.enclave.internal.Quoted;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.workload.AwsSecurityCredentials;
import dev.enclave.kit.workload.AwsSts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

/**
 * Who STS says we are.
 *
 * @param account twelve digits
 * @param role whether the credentials are a role's
 */
record AwsIdentity(String account, boolean role) {

  private static final Duration WITHIN = Duration.ofSeconds(5);

  /** Asks STS; it needs no permission. */
  static AwsIdentity ask(StsClient sts, RefreshingCredentials credentials) throws BackendFailure {
    RemoteRequest request =
        new RemoteRequest("sts:GetCallerIdentity", false, "credentials of " + credentials.named());
    GetCallerIdentityResponse answer;
    try {
      answer =
          sts.getCallerIdentity(
              r ->
                  r.overrideConfiguration(
                      c -> c.credentialsProvider(credentials).apiCallTimeout(WITHIN)));
    } catch (SdkException e) {
      throw AwsFailures.of(request, e, 1);
    }
    String account = text(answer.account());
    if (!account.matches("[0-9]{12}")) {
      throw wrong(request, "what answered names no account");
    }
    return new AwsIdentity(account, AwsSts.ASSUMED_ROLE.matcher(text(answer.arn())).matches());
  }

  /** Exchanges a token for a role's credentials; the token itself is what is trusted. */
  static Expiring<AwsSecurityCredentials> assume(
      StsClient sts, String roleArn, String sessionName, String token) throws BackendFailure {
    RemoteRequest request =
        new RemoteRequest("sts:AssumeRoleWithWebIdentity", false, "role " + Quoted.of(roleArn));
    Credentials credentials;
    try {
      credentials =
          sts.assumeRoleWithWebIdentity(
                  r ->
                      r.roleArn(roleArn)
                          .roleSessionName(sessionName)
                          .webIdentityToken(token)
                          .overrideConfiguration(c -> c.apiCallTimeout(WITHIN)))
              .credentials();
    } catch (SdkException e) {
      throw AwsFailures.of(request, e, 1);
    }
    if (credentials == null || credentials.expiration() == null) {
      throw wrong(request, "the answer has no credentials");
    }
    AwsSecurityCredentials assumed =
        new AwsSecurityCredentials(
            text(credentials.accessKeyId()),
            text(credentials.secretAccessKey()),
            Optional.of(text(credentials.sessionToken())));
    if (Stream.of(assumed.accessKeyId(), assumed.secretAccessKey(), assumed.sessionToken().get())
        .anyMatch(String::isEmpty)) {
      throw wrong(request, "the answer has no credentials");
    }
    return new Expiring<>(assumed, Optional.of(credentials.expiration()));
  }

  private static BackendFailure wrong(RemoteRequest request, String observed) {
    return BackendFailure.permanent(
            FailureCode.REJECTED,
            request.named() + ": " + observed + ".",
            "Is it STS? Check the endpoint.")
        .naming(request.subject());
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
