package dev.enclave.benchmarks.cloud;

import dev.enclave.benchmarks.rival.RemoteCloud;
import dev.enclave.benchmarks.rival.Rival;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.gcp.GcpKmsBackendProvider;
import dev.enclave.spi.backend.BackendProvider;
import java.util.Map;

/** Google Cloud KMS. */
final class GcpCloud implements RemoteCloud {

  static final String KEY_RING = "enclave.gcp-kms.key-ring";
  static final String ENDPOINT = "enclave.gcp-kms.endpoint";
  static final String ACCESS_TOKEN = "enclave.gcp-kms.access-token";

  private static final String RING = "benchmark";

  @Override
  public String id() {
    return "gcp-kms";
  }

  @Override
  public String title() {
    return "Google Cloud KMS";
  }

  @Override
  public BackendProvider provider() {
    return new GcpKmsBackendProvider();
  }

  @Override
  public Server serve(FaultInjector faults) {
    return new Served(GcpKmsServer.builder().keyRing(RING).faults(faults).start());
  }

  @Override
  public Rival client(Address address) {
    return GcpStubRival.open(address);
  }

  private record Served(GcpKmsServer server) implements Server {

    @Override
    public Address address() {
      return new Address(
          Map.of(
              "enclave.environment",
              "development",
              "enclave.backend",
              "gcp-kms",
              KEY_RING,
              server.keyRingName(RING),
              ENDPOINT,
              "http://" + server.target(),
              ACCESS_TOKEN,
              server.accessToken()),
          Map.of(),
          Map.of());
    }

    @Override
    public void close() {
      server.close();
    }
  }
}
