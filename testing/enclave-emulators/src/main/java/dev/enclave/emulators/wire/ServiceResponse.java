package dev.enclave.emulators.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An answer before it is written, with what the journal keeps of it. Immutable.
 *
 * <p>Key id, principal and error name do not go over the wire from here: the server has put into
 * headers and body what its protocol wants there.
 */
public final class ServiceResponse {

  private final int status;
  private final Map<String, String> headers;
  private final byte[] body;
  private final @Nullable String keyId;
  private final @Nullable String principal;
  private final @Nullable String error;

  private ServiceResponse(
      int status,
      Map<String, String> headers,
      byte[] body,
      @Nullable String keyId,
      @Nullable String principal,
      @Nullable String error) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.keyId = keyId;
    this.principal = principal;
    this.error = error;
  }

  /** An answer without headers of its own. */
  public static ServiceResponse of(int status, byte[] body) {
    return new ServiceResponse(status, Map.of(), body.clone(), null, null, null);
  }

  /** The same answer with a header added or replaced. */
  public ServiceResponse withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new ServiceResponse(
        status, Collections.unmodifiableMap(more), body, keyId, principal, error);
  }

  /** The same answer with another status. */
  public ServiceResponse withStatus(int newStatus) {
    return new ServiceResponse(newStatus, headers, body, keyId, principal, error);
  }

  /** The same answer with another body. */
  public ServiceResponse withBody(byte[] newBody) {
    return new ServiceResponse(status, headers, newBody.clone(), keyId, principal, error);
  }

  /** The same answer; the journal will name the key. */
  public ServiceResponse aboutKey(String newKeyId) {
    return new ServiceResponse(status, headers, body, newKeyId, principal, error);
  }

  /** The same answer; the journal will name who asked. */
  public ServiceResponse askedBy(String newPrincipal) {
    return new ServiceResponse(status, headers, body, keyId, newPrincipal, error);
  }

  /** The same answer; the journal will name the error. */
  public ServiceResponse failedWith(String newError) {
    return new ServiceResponse(status, headers, body, keyId, principal, newError);
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** Headers in the order they are written. */
  public Map<String, String> headers() {
    return headers;
  }

  /** A copy of the body. */
  public byte[] body() {
    return body.clone();
  }

  /** The service's own id of the key that the request was resolved to. */
  public Optional<String> keyId() {
    return Optional.ofNullable(keyId);
  }

  /** Who asked, once that is established. */
  public Optional<String> principal() {
    return Optional.ofNullable(principal);
  }

  /** The error's name in the service's own words. */
  public Optional<String> error() {
    return Optional.ofNullable(error);
  }

  /** Status and error; no header and no body, which may be secret. */
  @Override
  public String toString() {
    return "ServiceResponse[" + status + (error == null ? "" : " " + error) + "]";
  }
}
