package dev.enclave.gcp.internal.calls;

import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.ErrorTable;
import dev.enclave.spi.FailureCode;
import io.grpc.Status;
import java.util.List;
import java.util.Set;

/**
 * What gRPC's statuses and the reasons of {@code google.rpc.ErrorInfo} mean. They decide, never a
 * message's text. From gRPC's "Status codes and their use in gRPC", {@code google/rpc/code.proto}
 * and {@code google/api/error_reason.proto}.
 */
public final class GcpErrors {

  /**
   * The statuses of {@link #API_OFF} and {@link #NO_USER_PROJECT}, which have another meaning
   * without their reasons.
   */
  public static final List<Status.Code> WITH_REASON =
      List.of(Status.Code.PERMISSION_DENIED, Status.Code.FAILED_PRECONDITION);

  public static final ErrorRule API_OFF =
      ErrorRule.permanent(
          FailureCode.MISCONFIGURED,
          "Enable cloudkms.googleapis.com in the calling project, and see that its billing account"
              + " is active. That need not be the key ring's project: it is the service account's"
              + " own, or a person's quota project, which gcloud auth application-default"
              + " set-quota-project sets.",
          "SERVICE_DISABLED",
          "BILLING_DISABLED",
          "CONSUMER_SUSPENDED",
          "CONSUMER_INVALID");

  /** With a status of {@link #WITH_REASON}, too. */
  public static final ErrorRule NO_USER_PROJECT =
      ErrorRule.permanent(
          FailureCode.MISCONFIGURED,
          "Grant serviceusage.services.use on the quota project (the role Service Usage Consumer),"
              + " or name another one by gcloud auth application-default set-quota-project.",
          "USER_PROJECT_DENIED");

  public static final ErrorRule EXPIRED =
      ErrorRule.transientFailure(
              FailureCode.ACCESS_DENIED,
              "Google does not take the access token; a new one is fetched. If it stays so, renew"
                  + " what it comes from.",
              "UNAUTHENTICATED")
          .forAFewAttempts();

  public static final ErrorRule DENIED =
      ErrorRule.permanent(
          FailureCode.ACCESS_DENIED,
          "Grant the permission on the key ring or the key, or see that it exists: Google does not"
              + " tell which. enclave doctor --iam prints what the identity needs. A role that was"
              + " granted within the last ten minutes may not count yet: then try again.",
          "PERMISSION_DENIED");

  public static final ErrorRule THROTTLE =
      ErrorRule.throttled(
          "Send less, or ask Google for a higher quota of Cloud KMS.", "RESOURCE_EXHAUSTED");

  /** {@link #THROTTLE} of what {@link #MAKING} makes, and of an import. */
  public static final ErrorRule MAKING_THROTTLE =
      ErrorRule.throttled(
          "Google makes and imports so many HSM keys a minute in one location, a limit that it does"
              + " not raise: wait a minute, and make fewer at once. Or the project's write requests"
              + " are used up: ask Google for a higher quota of these.");

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
              "The request was damaged on its way: what arrived has another checksum. If it stays"
                  + " so, look at this machine's memory, and at what stands between it and Google.")
          .forAFewAttempts();

  public static final ErrorRule ARGUMENT =
      ErrorRule.permanent(
          FailureCode.REJECTED,
          "Google finds the request wrong. Check the names: of the project, the location and the"
              + " key.",
          "INVALID_ARGUMENT",
          "OUT_OF_RANGE");

  /** {@link #ARGUMENT} of what {@link #MAKING} makes. */
  public static final ErrorRule MAKING_ARGUMENT =
      ErrorRule.permanent(
          FailureCode.REJECTED,
          "Google does not make this in an HSM there. Take another algorithm, or a location whose"
              + " HSMs have it: not every location has HSMs, and not every HSM has every"
              + " algorithm.");

  /** {@link #ARGUMENT} of ImportCryptoKeyVersion. */
  public static final ErrorRule IMPORT_ARGUMENT =
      ErrorRule.permanent(
          FailureCode.REJECTED,
          "Google does not take the private key for this algorithm: its length or format is wrong,"
              + " or the import job is of another method or location. Nothing was imported. Check"
              + " that the backup is one of a key of this algorithm, and that the location's HSMs"
              + " have it.");

  /** {@link #STATE} of ImportCryptoKeyVersion. */
  public static final ErrorRule IMPORT_STATE =
      ErrorRule.permanent(
          FailureCode.INVALID_STATE,
          "Look at the import job's state: it may be pending or have expired. gcloud kms"
              + " import-jobs describe tells it.");

  private static final Set<GcpOperation<?, ?>> MAKING =
      Set.of(GcpOperation.CREATE_KEY, GcpOperation.CREATE_VERSION, GcpOperation.CREATE_IMPORT_JOB);

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
          "The connection broke, or Google failed on its side. Look at the network; if it lasts, at"
              + " the Google Cloud Service Health dashboard.",
          "UNAVAILABLE",
          "INTERNAL",
          "UNKNOWN",
          "DATA_LOSS",
          "CANCELLED");

  /** All of them. */
  public static final ErrorTable TABLE =
      ErrorTable.of(
          API_OFF,
          NO_USER_PROJECT,
          EXPIRED,
          DENIED,
          THROTTLE,
          MAKING_THROTTLE,
          NOT_FOUND,
          EXISTS,
          STATE,
          DAMAGED,
          ARGUMENT,
          MAKING_ARGUMENT,
          IMPORT_ARGUMENT,
          IMPORT_STATE,
          UNIMPLEMENTED,
          CONCURRENT,
          DEADLINE,
          BROKEN);

  private GcpErrors() {}

  /** The rule for an answer; a reason counts where access or a precondition is refused. */
  static ErrorRule of(Status.Code status, String reason) {
    if (WITH_REASON.contains(status)) {
      for (ErrorRule rule : List.of(API_OFF, NO_USER_PROJECT)) {
        if (rule.names().contains(reason)) {
          return rule;
        }
      }
    }
    return TABLE.find(status.name()).orElse(BROKEN);
  }

  /** The rule with better advice, where the operation tells what can be wrong. */
  static ErrorRule of(ErrorRule rule, GcpOperation<?, ?> operation) {
    if (operation.equals(GcpOperation.IMPORT_VERSION)) {
      return instead(rule, IMPORT_ARGUMENT, IMPORT_STATE);
    }
    return MAKING.contains(operation) ? instead(rule, MAKING_ARGUMENT, STATE) : rule;
  }

  private static ErrorRule instead(ErrorRule rule, ErrorRule argument, ErrorRule state) {
    if (rule.equals(THROTTLE)) {
      return MAKING_THROTTLE;
    }
    return rule.equals(ARGUMENT) ? argument : rule.equals(STATE) ? state : rule;
  }
}
