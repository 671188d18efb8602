package dev.enclave.benchmarks.cloud;

import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.benchmarks.rival.RemoteCloud;
import dev.enclave.benchmarks.rival.Rival;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.spi.backend.BackendProvider;
import java.util.Map;

/** AWS KMS. */
final class AwsCloud implements RemoteCloud {

  static final String REGION = "enclave.aws-kms.region";
  static final String ENDPOINT = "enclave.aws-kms.endpoint";
  static final String ACCESS_KEY_ID = "enclave.aws-kms.access-key-id";
  static final String SECRET_ACCESS_KEY = "enclave.aws-kms.secret-access-key";

  @Override
  public String id() {
    return "aws-kms";
  }

  @Override
  public String title() {
    return "AWS KMS";
  }

  @Override
  public BackendProvider provider() {
    return new AwsKmsBackendProvider();
  }

  @Override
  public Server serve(FaultInjector faults) {
    return new Served(AwsKmsServer.builder().faults(faults).start());
  }

  @Override
  public Rival client(Address address) {
    return AwsSdkRival.open(address);
  }

  private record Served(AwsKmsServer server) implements Server {

    @Override
    public Address address() {
      String endpoint = server.endpoint().toString();
      return new Address(
          Map.of(
              "enclave.environment",
              "development",
              "enclave.backend",
              "aws-kms",
              REGION,
              server.region(),
              ENDPOINT,
              endpoint,
              "enclave.aws-kms.sts-endpoint",
              endpoint,
              ACCESS_KEY_ID,
              server.credentials().accessKeyId(),
              SECRET_ACCESS_KEY,
              server.credentials().secretAccessKey()),
          Map.of(),
          Map.of());
    }

    @Override
    public void close() {
      server.close();
    }
  }
}
