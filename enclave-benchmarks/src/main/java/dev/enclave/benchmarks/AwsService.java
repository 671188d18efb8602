package dev.enclave.benchmarks;

import dev.enclave.emulators.AwsCredentials;
import dev.enclave.emulators.AwsKmsServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Our AWS KMS server in a JVM of its own, every answer 20 ms late, as a service in the same region
 * may be. It ends with whoever started it.
 */
final class AwsService implements AutoCloseable {

  static final String REGION = "eu-west-1";

  private static final Duration LATENCY = Duration.ofMillis(20);

  private final Process process;
  private final URI endpoint;
  private final AwsCredentials credentials;

  private AwsService(Process process, URI endpoint, AwsCredentials credentials) {
    this.process = process;
    this.endpoint = endpoint;
    this.credentials = credentials;
  }

  static AwsService start() throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                AwsService.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = said.readLine();
    if (line == null) {
      process.destroy();
      throw new IllegalStateException("The AWS KMS server did not start; it says why above.");
    }
    String[] parts = line.split(" ", 3);
    return new AwsService(process, URI.create(parts[0]), AwsCredentials.of(parts[1], parts[2]));
  }

  /** Serves until its standard input ends; says first where, and with which credentials. */
  public static void main(String[] args) throws IOException {
    try (AwsKmsServer server = AwsKmsServer.builder().region(REGION).latency(LATENCY).start()) {
      AwsCredentials credentials = server.credentials();
      System.out.println(
          String.join(
              " ",
              List.of(
                  server.endpoint().toString(),
                  credentials.accessKeyId(),
                  credentials.secretAccessKey())));
      System.in.read();
    }
  }

  URI endpoint() {
    return endpoint;
  }

  AwsCredentials credentials() {
    return credentials;
  }

  /** What points Enclave at it. */
  Map<String, String> settings() {
    return Map.of(
        "enclave.environment", "development",
        "enclave.backend", "aws-kms",
        "enclave.aws-kms.region", REGION,
        "enclave.aws-kms.endpoint", endpoint.toString(),
        "enclave.aws-kms.sts-endpoint", endpoint.toString(),
        "enclave.aws-kms.access-key-id", credentials.accessKeyId(),
        "enclave.aws-kms.secret-access-key", credentials.secretAccessKey());
  }

  @Override
  public void close() {
    process.destroy();
  }
}
