package dev.enclave.emulators.internal.gcp;

import com.google.protobuf.Duration;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.internal.gcp.auth.AccessTokens;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.kms.AnotherKey;
import dev.enclave.emulators.wire.FaultDialect;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.util.Map;

/** Faults in Google's words. */
public final class GcpFaultDialect implements FaultDialect {

  /** It has no state. */
  public static final GcpFaultDialect INSTANCE = new GcpFaultDialect();

  private static final Map<String, WrongAnswer> WRONG_ANSWERS =
      Map.of(
          "another-key", new AnotherKey(),
          "flipped-bit", WrongFields.flippedBit(),
          "flipped-bit-with-checksum", WrongFields.flippedBitWithChecksum(),
          "corrupted-checksum", WrongFields.corruptedChecksum(),
          "unverified", WrongFields.unverified(),
          "another-key-id", WrongFields.anotherName(),
          "another-algorithm",
              WrongFields.anotherValue("algorithm", "EC_SIGN_P384_SHA384", "EC_SIGN_P256_SHA256"),
          "another-protection-level",
              WrongFields.anotherValue("protection_level", "SOFTWARE", "HSM"),
          "unlabelled", WrongFields.unlabelled());

  private GcpFaultDialect() {}

  @Override
  public ServiceResponse refusal(Fault.Refused.Reason reason, ServiceRequest request) {
    return GcpService.failed(failure(reason, request));
  }

  /** google/rpc/code.proto; for THROTTLED also google/rpc/error_details.proto, RetryInfo. */
  private static GcpFailure failure(Fault.Refused.Reason reason, ServiceRequest request) {
    return switch (reason) {
      case INTERNAL_ERROR -> GcpFailure.of(Code.INTERNAL, "Internal error encountered.");
      case UNAVAILABLE -> GcpFailure.of(Code.UNAVAILABLE, "The service is currently unavailable.");
      case TIMEOUT -> GcpFailure.of(Code.DEADLINE_EXCEEDED, "Deadline exceeded.");
      case THROTTLED ->
          GcpFailure.of(
              Code.RESOURCE_EXHAUSTED,
              "Quota exceeded.",
              RetryInfo.newBuilder().setRetryDelay(Duration.newBuilder().setSeconds(1)).build(),
              GcpFailure.info("RATE_LIMIT_EXCEEDED", Map.of("service", GcpService.NAME)));
      case EXPIRED_TOKEN -> AccessTokens.expired(request, GcpService.NAME);
    };
  }

  @Override
  public Map<String, WrongAnswer> wrongAnswers() {
    return WRONG_ANSWERS;
  }
}
