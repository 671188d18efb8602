package dev.enclave.core.internal.environment;

import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import java.net.http.HttpRequest;
import java.time.Duration;

/** Asks over the network. Thread-safe. */
final class HttpMetadataService implements MetadataService {

  private static final Duration WITHIN = Duration.ofSeconds(1);

  private final HttpExchange http;

  HttpMetadataService() {
    this(new BoundedHttp(BoundedHttp::noTls, BoundedHttp.LONGEST_DOCUMENT));
  }

  HttpMetadataService(HttpExchange http) {
    this.http = http;
  }

  @Override
  public MetadataAnswer send(MetadataRequest request) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(request.uri())
            .method(request.method().name(), HttpRequest.BodyPublishers.noBody());
    request.headers().forEach(builder::setHeader);
    return http.send(builder.build(), WITHIN).toMetadata();
  }

  @Override
  public void close() {
    http.close();
  }
}
