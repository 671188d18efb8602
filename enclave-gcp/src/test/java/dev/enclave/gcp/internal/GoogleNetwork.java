package dev.enclave.gcp.internal;

import dev.enclave.cloud.Origin;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.gcp.internal.backend.GcpKmsBackend;
import dev.enclave.gcp.internal.connect.GcpChannels;
import dev.enclave.gcp.internal.connect.GcpSessions;
import dev.enclave.gcp.internal.credentials.GoogleTokenExchange;
import dev.enclave.gcp.internal.settings.GcpEndpoint;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A network in which our own server is where Google is: Cloud KMS over TLS, the metadata server and
 * the token endpoints, each over the wire. Which host was meant is remembered.
 */
public final class GoogleNetwork implements MetadataService {

  private final GcpKmsServer server;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<String> meant = new CopyOnWriteArrayList<>();

  /** With this server, which speaks TLS. */
  public GoogleNetwork(GcpKmsServer server) {
    this.server = server;
  }

  /** Opens the backend as the provider does. */
  public SigningBackend open(BackendContext context) throws BackendFailure {
    return GcpKmsBackend.over(
        new GcpSessions(context, new GoogleTokenExchange(this::places), this::kms).open(), context);
  }

  /** The hosts that were meant. */
  public List<String> meant() {
    return List.copyOf(meant);
  }

  private ManagedChannel kms(GcpEndpoint endpoint) throws BackendFailure {
    meant.add(endpoint.origin().host());
    return GcpChannels.to(
        new GcpEndpoint(
            Origin.parse("https://" + server.target()).orElseThrow(),
            true,
            server.certificatePem()));
  }

  private URI places(URI asked) {
    meant.add(asked.getHost());
    String path = asked.getRawPath();
    return server
        .metadataEndpoint()
        .resolve(asked.getRawQuery() == null ? path : path + "?" + asked.getRawQuery());
  }

  @Override
  public MetadataAnswer send(MetadataRequest request) {
    HttpRequest.Builder asked = HttpRequest.newBuilder(places(request.uri()));
    request.headers().forEach(asked::header);
    try {
      HttpResponse<String> answer = http.send(asked.build(), HttpResponse.BodyHandlers.ofString());
      Map<String, String> headers = new TreeMap<>();
      answer.headers().map().forEach((name, values) -> headers.put(name, values.get(0)));
      return new MetadataAnswer.Answered(answer.statusCode(), headers, answer.body());
    } catch (IOException e) {
      return new MetadataAnswer.Silent("nobody answers");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new MetadataAnswer.Silent("interrupted");
    }
  }
}
