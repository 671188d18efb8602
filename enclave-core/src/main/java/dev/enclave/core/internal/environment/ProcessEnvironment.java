package dev.enclave.core.internal.environment;

import dev.enclave.internal.RegularFiles;
import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/** The environment of this process; variables and properties as they are when it is made. */
public final class ProcessEnvironment implements EnvironmentSnapshot {

  private static final int LONGEST_FILE = 64 * 1024;

  private final Map<String, String> variables;
  private final Map<String, String> properties;

  private ProcessEnvironment(Map<String, String> variables, Map<String, String> properties) {
    this.variables = variables;
    this.properties = properties;
  }

  /** Takes the snapshot. */
  public static ProcessEnvironment capture() {
    Properties system = System.getProperties();
    Map<String, String> properties = new TreeMap<>();
    for (String name : system.stringPropertyNames()) {
      properties.put(name, system.getProperty(name));
    }
    return new ProcessEnvironment(
        Map.copyOf(System.getenv()), Collections.unmodifiableMap(properties));
  }

  @Override
  public Map<String, String> variables() {
    return variables;
  }

  @Override
  public Map<String, String> properties() {
    return properties;
  }

  @Override
  public Optional<List<String>> jvmOptions() {
    return Optional.of(ManagementFactory.getRuntimeMXBean().getInputArguments());
  }

  @Override
  public boolean exists(String path) {
    try {
      return Files.exists(Path.of(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  @Override
  public Optional<String> read(String path) {
    try (InputStream in = RegularFiles.open(Path.of(path))) {
      return Optional.of(new String(in.readNBytes(LONGEST_FILE), StandardCharsets.UTF_8));
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<String> realPath(String path) {
    try {
      return Optional.of(Path.of(path).toRealPath().toString());
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  @Override
  public MetadataService metadata() {
    return new HttpMetadataService();
  }

  /** Asks over the network. Thread-safe. */
  static final class HttpMetadataService implements MetadataService {

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
}
