package dev.enclave.emulators.internal.aws.kms.request;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;

/** Parts of answers that many operations share. */
public final class Answers {

  /**
   * KMS API Reference: "If the action is successful, the service sends back … an empty HTTP body".
   */
  public static final Map<String, Object> EMPTY = Map.of();

  private Answers() {}

  /** A JSON 1.1 time stamp: seconds since 1970 with milliseconds. */
  public static BigDecimal time(Instant time) {
    return BigDecimal.valueOf(time.toEpochMilli(), 3);
  }

  /**
   * KMS Developer Guide, "Testing your permissions": a DryRun that would have succeeded answers
   * DryRunOperationException, HTTP 412.
   */
  public static void endDryRun(boolean dryRun) {
    if (dryRun) {
      throw AwsFailure.of(
          "DryRunOperationException",
          412,
          "The request would have succeeded, but the DryRun option is set.");
    }
  }
}
