package dev.enclave.emulators.internal.gcp.common;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.Status;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** An error as Google's APIs answer it (google/rpc/status.proto). */
public final class GcpFailure extends RuntimeException {

  /** The error domain of google/api/error_reason.proto. */
  public static final String DOMAIN = "googleapis.com";

  private static final long serialVersionUID = 1L;

  private final transient Status status;

  private GcpFailure(Status status) {
    super(status.getMessage(), null, false, false);
    this.status = status;
  }

  /** With details, such as a {@link ErrorInfo}. */
  public static GcpFailure of(Code code, String text, Message... details) {
    List<Any> packed = Arrays.stream(details).map(Any::pack).toList();
    return new GcpFailure(
        Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage(text)
            .addAllDetails(packed)
            .build());
  }

  public static GcpFailure invalid(String text) {
    return of(Code.INVALID_ARGUMENT, text);
  }

  public static GcpFailure notFound(String kind, String name) {
    return of(Code.NOT_FOUND, kind + " " + name + " not found.");
  }

  public static GcpFailure alreadyExists(String kind, String name) {
    return of(Code.ALREADY_EXISTS, kind + " " + name + " already exists.");
  }

  /** google/rpc/error_details.proto, PreconditionFailure. */
  public static GcpFailure precondition(String type, String subject, String text) {
    return of(
        Code.FAILED_PRECONDITION,
        text,
        PreconditionFailure.newBuilder()
            .addViolations(
                PreconditionFailure.Violation.newBuilder().setType(type).setSubject(subject))
            .build());
  }

  /** google/rpc/error_details.proto, ErrorInfo, in Google's own domain. */
  public static ErrorInfo info(String reason, Map<String, String> metadata) {
    return ErrorInfo.newBuilder()
        .setReason(reason)
        .setDomain(DOMAIN)
        .putAllMetadata(metadata)
        .build();
  }

  /** What goes into the trailer grpc-status-details-bin. */
  public Status status() {
    return status;
  }

  public Code code() {
    return Code.forNumber(status.getCode());
  }

  /** google/rpc/code.proto, HTTP Mapping. */
  public int httpStatus() {
    return switch (code()) {
      case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
      case UNAUTHENTICATED -> 401;
      case PERMISSION_DENIED -> 403;
      case NOT_FOUND -> 404;
      case ALREADY_EXISTS, ABORTED -> 409;
      case RESOURCE_EXHAUSTED -> 429;
      case CANCELLED -> 499;
      case UNIMPLEMENTED -> 501;
      case UNAVAILABLE -> 503;
      case DEADLINE_EXCEEDED -> 504;
      default -> 500;
    };
  }
}
