package dev.enclave.gcp.internal;

import com.google.cloud.kms.v1.GetKeyRingRequest;
import com.google.cloud.kms.v1.KeyManagementServiceGrpc;
import dev.enclave.EnvironmentType;
import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.spi.BackendFailure;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.FakeMetadata;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process of its own that goes to Google in PRODUCTION, so that its variables, system properties
 * and host names are the test's to choose.
 *
 * <p>Arguments: what it does, then variables as {@code NAME=value} that its snapshot has too.
 * {@code bare-grpc} and {@code bare-http} are what a program does that leaves everything to the
 * libraries.
 */
final class ChildOpening {

  private static final String STS = "https://sts.googleapis.com/v1/token";

  private ChildOpening() {}

  public static void main(String[] arguments) throws Exception {
    List<String> variables = List.of(arguments).subList(1, arguments.length);
    switch (arguments[0]) {
      case "attached" -> attached(machine(variables));
      case "federated" -> federated(machine(variables));
      case "bare-grpc" -> bareGrpc();
      case "bare-http" -> bareHttp();
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static FakeEnvironment machine(List<String> variables) {
    return FakeEnvironment.empty().withVariables(variables.toArray(String[]::new));
  }

  /** With a service account that is attached to the workload. */
  private static void attached(FakeEnvironment machine) {
    FakeMetadata metadata =
        new FakeMetadata()
            .answering(
                request ->
                    FakeMetadata.ok(
                        "{\"access_token\":\"ya29.attached\",\"expires_in\":3599}",
                        "Metadata-Flavor",
                        "Google"));
    open(Openings.in(EnvironmentType.PRODUCTION).on(machine.withMetadata(metadata)));
    System.out.println(
        "ASKED " + metadata.requests().stream().map(request -> request.uri().getHost()).toList());
  }

  /** With workload identity federation. */
  private static void federated(FakeEnvironment machine) {
    open(
        Openings.in(EnvironmentType.PRODUCTION)
            .with("credentials-file", "/federation.json")
            .exchanging(new BoundedHttp(BoundedHttp::platformTrust, BoundedHttp.LONGEST_DOCUMENT))
            .on(
                machine
                    .withFile("/var/run/token", "the-workloads-own")
                    .withFile(
                        "/federation.json",
                        "{\"type\":\"external_account\",\"audience\":\"pool\","
                            + "\"subject_token_type\":\"urn:ietf:params:oauth:token-type:jwt\","
                            + "\"token_url\":\""
                            + STS
                            + "\",\"credential_source\":{\"file\":\"/var/run/token\"}}")));
  }

  private static void open(Openings openings) {
    try (GcpSession session = openings.open()) {
      System.out.println("OPENED " + session.keyRing());
    } catch (BackendFailure e) {
      System.out.println(e.failureClass() + " " + e.code() + " " + e.getMessage());
    }
  }

  private static void bareGrpc() {
    ManagedChannel channel = NettyChannelBuilder.forTarget("cloudkms.googleapis.com:443").build();
    try {
      System.out.println(
          KeyManagementServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(10, TimeUnit.SECONDS)
              .getKeyRing(GetKeyRingRequest.getDefaultInstance()));
    } catch (StatusRuntimeException e) {
      System.out.println("FAILED " + e.getStatus());
    } finally {
      channel.shutdownNow();
    }
  }

  private static void bareHttp() throws InterruptedException {
    try {
      System.out.println(
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(STS))
                      .POST(HttpRequest.BodyPublishers.ofString("subject_token=s"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString()));
    } catch (IOException e) {
      System.out.println("FAILED " + e);
    }
  }
}
