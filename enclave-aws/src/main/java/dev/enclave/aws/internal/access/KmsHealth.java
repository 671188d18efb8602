package dev.enclave.aws.internal.access;

import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.keys.KmsFindings;
import dev.enclave.aws.internal.model.KmsAliases;
import dev.enclave.aws.internal.model.KmsScheme;
import dev.enclave.kit.key.LastToSign;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.MessageType;

/**
 * Asks KMS how it is, by one request that makes nothing: a dry run of a signature by the version
 * that was read last, which tells that it could be made; else a question about an alias that does
 * not exist, which tells that KMS is reached and knows who asks.
 */
public final class KmsHealth {

  private static final String NO_ALIAS = KmsAliases.PREFIX + "health/probe";

  private final KmsCalls calls;
  private final LastToSign lastToSign;
  private final KmsFindings seen;
  private final WireLogs logs;

  public KmsHealth(KmsCalls calls, LastToSign lastToSign, KmsFindings seen, WireLogs logs) {
    this.calls = calls;
    this.lastToSign = lastToSign;
    this.seen = seen;
    this.logs = logs;
  }

  public HealthReport report(CallContext call) throws BackendFailure {
    List<Finding> findings = new ArrayList<>(seen.all());
    findings.addAll(logs.findings());
    Optional<LastToSign.Usable> last = lastToSign.get();
    if (last.isPresent()) {
      dryRun(last.get(), call).ifPresent(findings::add);
    } else {
      requireAnswer(call);
    }
    return HealthReport.of(findings);
  }

  private Optional<Finding> dryRun(LastToSign.Usable version, CallContext call)
      throws BackendFailure {
    KmsScheme scheme = KmsScheme.of(version.algorithm());
    byte[] input =
        new byte
            [scheme.support().digests() ? version.algorithm().digest().orElseThrow().length() : 1];
    Optional<AwsServiceException> refusal =
        calls
            .refusal(
                KmsOperation.SIGN,
                version.uri(),
                call,
                (kms, limits) ->
                    kms.sign(
                        r ->
                            r.keyId(version.uri())
                                .message(SdkBytes.fromByteArrayUnsafe(input))
                                .messageType(
                                    scheme.support().digests()
                                        ? MessageType.DIGEST
                                        : MessageType.RAW)
                                .signingAlgorithm(scheme.signing())
                                .dryRun(true)
                                .overrideConfiguration(limits)));
    if (refusal.isEmpty() || KmsCalls.isDryRun(refusal.get())) {
      return Optional.empty();
    }
    BackendFailure failure =
        calls.failure(KmsOperation.SIGN, version.uri(), refusal.get(), call);
    if (KmsPermissions.denied(refusal.get())) {
      return Optional.of(
          Finding.of(
              Severity.ERROR,
              ErrorCode.ACCESS_DENIED,
              "AWS KMS would not sign with " + version.uri() + " for this identity",
              "Allow kms:Sign on the key, in the role's policy or the key's"));
    }
    return switch (failure.code()) {
      // What is the matter with one key is told where that key is used.
      case INVALID_STATE, NOT_FOUND -> Optional.empty();
      default -> throw failure;
    };
  }

  private void requireAnswer(CallContext call) throws BackendFailure {
    Optional<AwsServiceException> refusal =
        calls
            .refusal(
                KmsOperation.DESCRIBE_KEY,
                NO_ALIAS,
                call,
                (kms, limits) ->
                    kms.describeKey(r -> r.keyId(NO_ALIAS).overrideConfiguration(limits)));
    // Who may only use certain keys was recognised all the same.
    if (refusal.isPresent() && !KmsPermissions.denied(refusal.get())) {
      BackendFailure failure =
          calls.failure(KmsOperation.DESCRIBE_KEY, NO_ALIAS, refusal.get(), call);
      if (failure.code() != FailureCode.NOT_FOUND) {
        throw failure;
      }
    }
  }
}
