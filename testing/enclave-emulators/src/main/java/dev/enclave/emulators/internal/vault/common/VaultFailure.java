package dev.enclave.emulators.internal.vault.common;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * An error answer ({@code sdk/logical/response_util.go}): HTTP status and a list of texts, which is
 * empty where something does not exist. Some errors carry data beside the texts.
 */
public final class VaultFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient List<String> errors;
  private final transient @Nullable Map<String, ? extends @Nullable Object> data;

  private final int retryAfter;

  private VaultFailure(
      int status,
      List<String> errors,
      @Nullable Map<String, ? extends @Nullable Object> data,
      int retryAfter) {
    super(String.join("; ", errors), null, false, false);
    this.status = status;
    this.errors = errors;
    this.data = data;
    this.retryAfter = retryAfter;
  }

  /** A failure with these texts. */
  public static VaultFailure of(int status, String... errors) {
    return new VaultFailure(status, List.of(errors), null, 0);
  }

  /** A failure with a text and data, as {@code RespondErrorAndData} writes them. */
  public static VaultFailure withData(
      int status, String error, Map<String, ? extends @Nullable Object> data) {
    return new VaultFailure(status, List.of(error), data, 0);
  }

  /** 429 without a text: the client should ask again after so many seconds. */
  public static VaultFailure retry(int seconds) {
    return new VaultFailure(429, List.of(), null, seconds);
  }

  /** 400: a handler says what is wrong with the request. */
  public static VaultFailure invalid(String error) {
    return of(400, error);
  }

  /** 404 without a text: nothing is there. */
  public static VaultFailure notFound() {
    return of(404);
  }

  /** A status with one of the core's own errors, as go-multierror formats a single one. */
  public static VaultFailure ofCore(int status, String error) {
    return of(status, "1 error occurred:\n\t* " + error + "\n\n");
  }

  /** 403: the token's policies do not allow the call. */
  public static VaultFailure denied() {
    return ofCore(403, "permission denied");
  }

  /** 405: the path exists and does not take this operation. */
  public static VaultFailure unsupportedOperation() {
    return ofCore(405, "unsupported operation");
  }

  /** 404: the mount has no such path. */
  public static VaultFailure unsupportedPath() {
    return ofCore(404, "unsupported path");
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The texts, possibly none. */
  public List<String> errors() {
    return errors;
  }

  /** What the header Retry-After says, in seconds. */
  public OptionalInt retryAfter() {
    return retryAfter > 0 ? OptionalInt.of(retryAfter) : OptionalInt.empty();
  }

  /** What the answer's data has, if it has any. */
  public Optional<Map<String, ? extends @Nullable Object>> data() {
    return Optional.ofNullable(data);
  }
}
