package dev.enclave.campaign.docs;

import dev.enclave.error.ErrorCode;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What an error of a cloud's service means, as its document says it.
 *
 * @param names the service's own names of the error
 * @param reading the class for a request that changes nothing
 * @param changing the class for one that changes something
 * @param code what the backend reports
 * @param advice what to do
 */
public record ErrorRow(
    String names, FailureClass reading, FailureClass changing, FailureCode code, String advice) {

  /** The document's table. */
  public static String table(String errors, List<ErrorRow> rows) {
    return "| "
        + errors
        + " | class: reading, signing | class: changing | the caller sees | what to do |\n"
        + "|---|---|---|---|---|\n"
        + rows.stream().map(ErrorRow::line).collect(Collectors.joining());
  }

  private String line() {
    return "| "
        + names
        + " | "
        + reading
        + " | "
        + changing
        + " | `"
        + seen(code)
        + "` | "
        + advice
        + " |\n";
  }

  /** What the engine makes of it for the caller. */
  static ErrorCode seen(FailureCode code) {
    return switch (code) {
      case NOT_FOUND -> ErrorCode.KEY_NOT_FOUND;
      case ALREADY_EXISTS -> ErrorCode.KEY_ALREADY_EXISTS;
      case CONFLICT -> ErrorCode.ROTATION_CONFLICT;
      case INVALID_STATE -> ErrorCode.KEY_NOT_ACTIVE;
      case UNSUPPORTED -> ErrorCode.UNSUPPORTED_OPERATION;
      case LIMIT_EXCEEDED -> ErrorCode.PROVIDER_LIMIT;
      case UNAVAILABLE -> ErrorCode.BACKEND_UNAVAILABLE;
      case TIMEOUT -> ErrorCode.DEADLINE_EXCEEDED;
      case LOCAL_LOAD -> ErrorCode.LOCAL_LOAD;
      case CORRUPT -> ErrorCode.KEY_DATA_CORRUPT;
      case REFUSED -> ErrorCode.POLICY_NOT_MET;
      case MISCONFIGURED -> ErrorCode.CONFIGURATION_INVALID_VALUE;
      case REJECTED -> ErrorCode.PROVIDER_REJECTED;
      case ACCESS_DENIED, THROTTLED, STAMP_MISMATCH, STAMP_UNREADABLE, CLOSED ->
          ErrorCode.valueOf(code.name());
    };
  }
}
