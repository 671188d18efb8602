package dev.enclave.gcp.internal;

import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.setup.Origin;
import dev.enclave.kit.setup.PemTls;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A network in which our own server is where Google is: Cloud KMS over TLS, the metadata server and
 * the token endpoints, each over the wire. Which host was meant is remembered.
 */
public final class GoogleNetwork implements MetadataService {

  private final GcpKmsServer server;
  private final HttpExchange http =
      new BoundedHttp(BoundedHttp::noTls, BoundedHttp.LONGEST_DOCUMENT);
  private final List<String> meant = new CopyOnWriteArrayList<>();

  /** With this server, which speaks TLS. */
  public GoogleNetwork(GcpKmsServer server) {
    this.server = server;
  }

  /** Opens the backend as the provider does. */
  public SigningBackend open(BackendContext context) throws BackendFailure {
    return GcpKmsBackend.over(GcpSession.open(context, this::there, this::kms), context);
  }

  /** The hosts that were meant. */
  public List<String> meant() {
    return List.copyOf(meant);
  }

  private GcpConnections kms(GcpSettings.Endpoint endpoint, int connections) {
    meant.add(endpoint.origin().host());
    return GcpConnections.to(
        new GcpSettings.Endpoint(
            Origin.parse("https://" + server.target()).orElseThrow(),
            true,
            PemTls.trust(server.certificatePem())),
        connections);
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
    HttpRequest.Builder asked = HttpRequest.newBuilder(request.uri());
    request.headers().forEach(asked::header);
    return there(asked.build(), Duration.ofSeconds(5)).toMetadata();
  }

  private HttpAnswer there(HttpRequest request, Duration within) {
    return http.send(
        HttpRequest.newBuilder(request, (name, value) -> true).uri(places(request.uri())).build(),
        within);
  }
}
