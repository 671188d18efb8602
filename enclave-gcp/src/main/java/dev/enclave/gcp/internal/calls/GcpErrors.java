package dev.enclave.gcp.internal.calls;

import dev.enclave.cloud.ErrorRule;
import dev.enclave.cloud.ErrorTable;
import dev.enclave.spi.FailureCode;
import io.grpc.Status;
import java.util.List;

/**
 * What gRPC's statuses and the reasons of {@code google.rpc.ErrorInfo} mean. They decide, never a
 * message's text. From gRPC's "Status codes and their use in gRPC", {@code google/rpc/code.proto}
 * and {@code google/api/error_reason.proto}.
 */
public final class GcpErrors {

  /** The statuses of {@link #API_OFF}, which have another meaning without its reasons. */
  public static final List<Status.Code> WITH_REASON =
      List.of(Status.Code.PERMISSION_DENIED, Status.Code.FAILED_PRECONDITION);

  public static final ErrorRule API_OFF =
      ErrorRule.permanent(
          FailureCode.MISCONFIGURED,
          "Enable cloudkms.googleapis.com in the project, and see that its billing account is active.",
          "SERVICE_DISABLED",
          "BILLING_DISABLED",
          "CONSUMER_SUSPENDED",
          "CONSUMER_INVALID",
          "USER_PROJECT_DENIED");

  public static final ErrorRule EXPIRED =
      ErrorRule.transientFailure(
              FailureCode.ACCESS_DENIED,
              "Google does not take the access token; a new one is fetched. If it stays so, renew what it"
                  + " comes from.",
              "UNAUTHENTICATED")
          .forAFewAttempts();

  public static final ErrorRule DENIED =
      ErrorRule.permanent(
          FailureCode.ACCESS_DENIED,
          "Grant the permission on the key ring or the key, or see that it exists: Google does not tell"
              + " which. enclave doctor --iam prints what the identity needs.",
          "PERMISSION_DENIED");

  public static final ErrorRule THROTTLE =
      ErrorRule.throttled(
          "Send less, or ask Google for a higher quota of Cloud KMS.", "RESOURCE_EXHAUSTED");

  public static final ErrorRule NOT_FOUND =
      ErrorRule.permanent(
          FailureCode.NOT_FOUND,
          "Check the name, the project, the location and the key ring.",
          "NOT_FOUND");

  public static final ErrorRule EXISTS =
      ErrorRule.permanent(
          FailureCode.ALREADY_EXISTS, "Use what is there, or take another name.", "ALREADY_EXISTS");

  public static final ErrorRule STATE =
      ErrorRule.permanent(
          FailureCode.INVALID_STATE,
          "Look at the version's state: pending, disabled, or scheduled for destruction.",
          "FAILED_PRECONDITION");

  /** What {@link GcpFailures} recognises among the next: Google gives it no reason of its own. */
  public static final ErrorRule DAMAGED =
      ErrorRule.transientFailure(
              FailureCode.CORRUPT,
              "The request was damaged on its way: what arrived has another checksum. If it stays so, look"
                  + " at this machine's memory, and at what stands between it and Google.")
          .forAFewAttempts();

  public static final ErrorRule ARGUMENT =
      ErrorRule.permanent(
          FailureCode.REJECTED,
          "Google finds the request wrong. Check the location: not every one has HSMs.",
          "INVALID_ARGUMENT",
          "OUT_OF_RANGE");

  public static final ErrorRule UNIMPLEMENTED =
      ErrorRule.permanent(
          FailureCode.UNSUPPORTED,
          "What answers there does not know this request. Check the endpoint.",
          "UNIMPLEMENTED");

  public static final ErrorRule CONCURRENT =
      ErrorRule.transientFailure(
          FailureCode.UNAVAILABLE, "Another change was under way; nothing happened.", "ABORTED");

  public static final ErrorRule DEADLINE =
      ErrorRule.ambiguous(
          FailureCode.TIMEOUT,
          "No answer came before the deadline. Allow more time, or look at the network.",
          "DEADLINE_EXCEEDED");

  public static final ErrorRule BROKEN =
      ErrorRule.ambiguous(
          FailureCode.UNAVAILABLE,
          "The connection broke, or Google failed on its side. Look at the network; if it lasts, at the"
              + " Google Cloud Service Health dashboard.",
          "UNAVAILABLE",
          "INTERNAL",
          "UNKNOWN",
          "DATA_LOSS",
          "CANCELLED");

  /** All of them. */
  public static final ErrorTable TABLE =
      ErrorTable.of(
          API_OFF,
          EXPIRED,
          DENIED,
          THROTTLE,
          NOT_FOUND,
          EXISTS,
          STATE,
          DAMAGED,
          ARGUMENT,
          UNIMPLEMENTED,
          CONCURRENT,
          DEADLINE,
          BROKEN);

  private GcpErrors() {}

  /** The rule for an answer; a reason counts where access or a precondition is refused. */
  static ErrorRule of(Status.Code status, String reason) {
    boolean off = WITH_REASON.contains(status) && API_OFF.names().contains(reason);
    return off ? API_OFF : TABLE.find(status.name()).orElse(BROKEN);
  }
}
