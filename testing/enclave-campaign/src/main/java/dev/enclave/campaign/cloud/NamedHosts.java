package dev.enclave.campaign.cloud;

import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;

/**
 * A network in which servers on loopback have the names of real hosts: a request goes where its
 * host is said to be, and still says the host that was meant, over which a signature may go. Hosts
 * that nobody has are silent. Thread-safe.
 */
public final class NamedHosts implements MetadataService {

  private static final Duration METADATA = Duration.ofSeconds(5);

  private final Map<String, URI> servers = new ConcurrentHashMap<>();
  private final List<String> meant = new CopyOnWriteArrayList<>();

  /** A host, with the port if it is not the scheme's own, is this server. */
  public NamedHosts with(String host, URI server) {
    servers.put(host, server);
    return this;
  }

  /** The addresses that were meant, without queries, in order. */
  public List<String> meant() {
    return List.copyOf(meant);
  }

  @Override
  public MetadataAnswer send(MetadataRequest request) {
    HttpRequest.Builder asked = HttpRequest.newBuilder(request.uri());
    if (request.method() == MetadataRequest.Method.PUT) {
      asked.PUT(HttpRequest.BodyPublishers.noBody());
    }
    request.headers().forEach(asked::header);
    return send(asked.build(), METADATA);
  }

  /** Sends any request, and waits so long for its whole answer. */
  public MetadataAnswer send(HttpRequest request, Duration within) {
    URI uri = request.uri();
    meant.add(uri.getScheme() + "://" + uri.getAuthority() + uri.getRawPath());
    URI server = servers.get(uri.getAuthority());
    if (server == null) {
      return new MetadataAnswer.Silent("nobody listens there");
    }
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setSoTimeout((int) within.toMillis());
      socket.getOutputStream().write(octets(request));
      socket.getOutputStream().flush();
      return answer(socket.getInputStream().readAllBytes());
    } catch (IOException e) {
      return new MetadataAnswer.Silent("no whole answer came in time");
    }
  }

  @Override
  public void close() {
    // Each request has a connection of its own.
  }

  private static byte[] octets(HttpRequest request) throws IOException {
    URI uri = request.uri();
    byte[] body = body(request);
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    StringBuilder head =
        new StringBuilder(request.method())
            .append(' ')
            .append(uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery())
            .append(" HTTP/1.1\r\nHost: ")
            .append(uri.getAuthority())
            .append("\r\nConnection: close\r\nContent-Length: ")
            .append(body.length)
            .append("\r\n");
    request
        .headers()
        .map()
        .forEach(
            (name, values) ->
                values.forEach(
                    value -> head.append(name).append(": ").append(value).append("\r\n")));
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    whole.write(body);
    return whole.toByteArray();
  }

  private static MetadataAnswer answer(byte[] octets) {
    String text = new String(octets, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0 || !text.startsWith("HTTP/1.1 ")) {
      return new MetadataAnswer.Silent("what came is no answer");
    }
    Map<String, String> headers = new TreeMap<>();
    String[] lines = text.substring(0, end).split("\r\n", -1);
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      headers.put(lines[i].substring(0, colon), lines[i].substring(colon + 1).strip());
    }
    int begin = end + 4;
    String body = new String(octets, begin, octets.length - begin, StandardCharsets.UTF_8);
    return new MetadataAnswer.Answered(Integer.parseInt(lines[0].substring(9, 12)), headers, body);
  }

  private static byte[] body(HttpRequest request) {
    if (request.bodyPublisher().isEmpty()) {
      return new byte[0];
    }
    HttpResponse.BodySubscriber<byte[]> body = HttpResponse.BodySubscribers.ofByteArray();
    request.bodyPublisher().get().subscribe(new Whole(body));
    return body.getBody().toCompletableFuture().join();
  }

  /** Hands on what a request sends as if it were what an answer says. */
  private record Whole(HttpResponse.BodySubscriber<byte[]> body)
      implements Flow.Subscriber<ByteBuffer> {

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      body.onSubscribe(subscription);
    }

    @Override
    public void onNext(ByteBuffer part) {
      body.onNext(List.of(part));
    }

    @Override
    public void onError(Throwable thrown) {
      body.onError(thrown);
    }

    @Override
    public void onComplete() {
      body.onComplete();
    }
  }
}
