package dev.enclave.emulators.wire;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One request as it arrived, whole. Immutable.
 *
 * <p>{@link #withBody} makes a request that is carried out in place of the one received and under
 * its authority: a server checks signatures against {@link #received()}. So a fault injector can
 * ask for something else, such as another key's signature, without any credentials.
 */
public final class ServiceRequest {

  private final String id;
  private final Instant time;
  private final String method;
  private final String path;
  private final String query;
  private final Map<String, List<String>> headers;
  private final byte[] body;
  private final String operation;
  private final @Nullable ServiceRequest received;

  private ServiceRequest(
      String id,
      Instant time,
      String method,
      String path,
      String query,
      Map<String, List<String>> headers,
      byte[] body,
      String operation,
      @Nullable ServiceRequest received) {
    this.id = id;
    this.time = time;
    this.method = method;
    this.path = path;
    this.query = query;
    this.headers = headers;
    this.body = body;
    this.operation = operation;
    this.received = received;
  }

  /**
   * A request whose operation is not known yet.
   *
   * @param id the request id that the answer will carry
   * @param time when it arrived, by the server's clock
   * @param path as sent, percent-encoded
   * @param query as sent, percent-encoded, without the question mark; empty if there is none
   * @param headers values by name, in the order they were sent
   */
  public static ServiceRequest of(
      String id,
      Instant time,
      String method,
      String path,
      String query,
      Map<String, List<String>> headers,
      byte[] body) {
    Map<String, List<String>> byLowerCase = new TreeMap<>();
    headers.forEach(
        (name, values) ->
            byLowerCase
                .computeIfAbsent(name.toLowerCase(Locale.ROOT), any -> new ArrayList<>())
                .addAll(values));
    return new ServiceRequest(id, time, method, path, query, byLowerCase, body.clone(), "", null);
  }

  /** The same request, with the name of what it asks for. */
  public ServiceRequest named(String newOperation) {
    return new ServiceRequest(id, time, method, path, query, headers, body, newOperation, received);
  }

  /** The same request, carried out at another time than it arrived. */
  public ServiceRequest at(Instant newTime) {
    return new ServiceRequest(id, newTime, method, path, query, headers, body, operation, received);
  }

  /** A request with another body, carried out under the authority of this one. */
  public ServiceRequest withBody(byte[] newBody) {
    return new ServiceRequest(
        id, time, method, path, query, headers, newBody.clone(), operation, received());
  }

  /** The request as it came over the wire: this one, or the one that this one replaces. */
  public ServiceRequest received() {
    return received == null ? this : received;
  }

  /** The request id, which every answer and the journal carry. */
  public String id() {
    return id;
  }

  /** When it is carried out, by the server's clock; before that, when it arrived. */
  public Instant time() {
    return time;
  }

  /** The operation's own name, such as {@code Sign}; empty if the request names none. */
  public String operation() {
    return operation;
  }

  /** The HTTP method, in upper case. */
  public String method() {
    return method;
  }

  /** The path as sent, percent-encoded. */
  public String path() {
    return path;
  }

  /** The query as sent, percent-encoded, without the question mark. */
  public String query() {
    return query;
  }

  /** The first value of a header; its name in any case. */
  public Optional<String> header(String name) {
    return headerValues(name).stream().findFirst();
  }

  /** All values of a header, in the order they were sent. */
  public List<String> headerValues(String name) {
    return List.copyOf(headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
  }

  /** A copy of the body. */
  public byte[] body() {
    return body.clone();
  }

  /** Id and operation; no header and no body, which may be secret. */
  @Override
  public String toString() {
    return "ServiceRequest[" + id + " " + operation + "]";
  }
}
