package dev.enclave.gcp.internal.calls;

import static dev.enclave.spi.FailureClass.AMBIGUOUS;
import static dev.enclave.spi.FailureClass.PERMANENT;
import static dev.enclave.spi.FailureClass.THROTTLED;
import static dev.enclave.spi.FailureClass.TRANSIENT;

import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import io.grpc.Status;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What gRPC's statuses and the reasons of {@code google.rpc.ErrorInfo} mean. They decide, never a
 * message's text. From gRPC's "Status codes and their use in gRPC", {@code google/rpc/code.proto}
 * and {@code google/api/error_reason.proto}.
 */
public enum GcpErrorRule {
  API_OFF(
      PERMANENT,
      PERMANENT,
      FailureCode.MISCONFIGURED,
      "Enable cloudkms.googleapis.com in the project, and see that its billing account is active.",
      List.of(Status.Code.PERMISSION_DENIED, Status.Code.FAILED_PRECONDITION),
      "SERVICE_DISABLED",
      "BILLING_DISABLED",
      "CONSUMER_SUSPENDED",
      "CONSUMER_INVALID",
      "USER_PROJECT_DENIED"),
  EXPIRED(
      TRANSIENT,
      TRANSIENT,
      FailureCode.ACCESS_DENIED,
      "Google does not take the access token; a new one is fetched. If it stays so, renew what it"
          + " comes from.",
      List.of(Status.Code.UNAUTHENTICATED)),
  DENIED(
      PERMANENT,
      PERMANENT,
      FailureCode.ACCESS_DENIED,
      "Grant the permission on the key ring or the key, or see that it exists: Google does not tell"
          + " which. enclave doctor --iam prints what the identity needs.",
      List.of(Status.Code.PERMISSION_DENIED)),
  THROTTLE(
      THROTTLED,
      THROTTLED,
      FailureCode.THROTTLED,
      "Send less, or ask Google for a higher quota of Cloud KMS.",
      List.of(Status.Code.RESOURCE_EXHAUSTED)),
  NOT_FOUND(
      PERMANENT,
      PERMANENT,
      FailureCode.NOT_FOUND,
      "Check the name, the project, the location and the key ring.",
      List.of(Status.Code.NOT_FOUND)),
  EXISTS(
      PERMANENT,
      PERMANENT,
      FailureCode.ALREADY_EXISTS,
      "Use what is there, or take another name.",
      List.of(Status.Code.ALREADY_EXISTS)),
  STATE(
      PERMANENT,
      PERMANENT,
      FailureCode.INVALID_STATE,
      "Look at the version's state: pending, disabled, or scheduled for destruction.",
      List.of(Status.Code.FAILED_PRECONDITION)),
  /** What {@link GcpFailures} recognises among the next: Google gives it no reason of its own. */
  DAMAGED(
      TRANSIENT,
      TRANSIENT,
      FailureCode.CORRUPT,
      "The request was damaged on its way: what arrived has another checksum. If it stays so, look"
          + " at this machine's memory, and at what stands between it and Google.",
      List.of(Status.Code.INVALID_ARGUMENT)),
  ARGUMENT(
      PERMANENT,
      PERMANENT,
      FailureCode.REJECTED,
      "Google finds the request wrong. Check the location: not every one has HSMs.",
      List.of(Status.Code.INVALID_ARGUMENT, Status.Code.OUT_OF_RANGE)),
  UNIMPLEMENTED(
      PERMANENT,
      PERMANENT,
      FailureCode.UNSUPPORTED,
      "What answers there does not know this request. Check the endpoint.",
      List.of(Status.Code.UNIMPLEMENTED)),
  CONCURRENT(
      TRANSIENT,
      TRANSIENT,
      FailureCode.UNAVAILABLE,
      "Another change was under way; nothing happened.",
      List.of(Status.Code.ABORTED)),
  DEADLINE(
      TRANSIENT,
      AMBIGUOUS,
      FailureCode.TIMEOUT,
      "No answer came before the deadline. Allow more time, or look at the network.",
      List.of(Status.Code.DEADLINE_EXCEEDED)),
  BROKEN(
      TRANSIENT,
      AMBIGUOUS,
      FailureCode.UNAVAILABLE,
      "The connection broke, or Google failed on its side. Look at the network; if it lasts, at the"
          + " Google Cloud Service Health dashboard.",
      List.of(
          Status.Code.UNAVAILABLE,
          Status.Code.INTERNAL,
          Status.Code.UNKNOWN,
          Status.Code.DATA_LOSS,
          Status.Code.CANCELLED));

  private final FailureClass reading;
  private final FailureClass changing;
  private final FailureCode failureCode;
  private final String advice;

  @SuppressWarnings("ImmutableEnumChecker") // List.of: the type does not say so.
  private final List<Status.Code> statuses;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of: the type does not say so.
  private final Set<String> reasons;

  GcpErrorRule(
      FailureClass reading,
      FailureClass changing,
      FailureCode failureCode,
      String advice,
      List<Status.Code> statuses,
      String... reasons) {
    this.reading = reading;
    this.changing = changing;
    this.failureCode = failureCode;
    this.advice = advice;
    this.statuses = statuses;
    this.reasons = Set.of(reasons);
  }

  /** The rule for an answer: the first that has its status, and its reason if it asks for one. */
  static GcpErrorRule of(Status.Code status, String reason) {
    return Arrays.stream(values())
        .filter(rule -> rule != DAMAGED)
        .filter(rule -> rule.statuses.contains(status))
        .filter(rule -> rule.reasons.isEmpty() || rule.reasons.contains(reason))
        .findFirst()
        .orElse(BROKEN);
  }

  /** Statuses of gRPC. */
  public List<Status.Code> statuses() {
    return statuses;
  }

  /** Reasons of {@code ErrorInfo}; none where the status alone decides. */
  public Set<String> reasons() {
    return reasons;
  }

  /** What it means for the next attempt. */
  public FailureClass failureClass(boolean changes) {
    return changes ? changing : reading;
  }

  /** What went wrong, in the engine's words. */
  public FailureCode failureCode() {
    return failureCode;
  }

  /** What to do. */
  public String advice() {
    return advice;
  }
}
