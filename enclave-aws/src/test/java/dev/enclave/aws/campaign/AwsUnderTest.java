package dev.enclave.aws.campaign;

import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.CloudServer;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.campaign.cloud.Faults;
import dev.enclave.campaign.cloud.Requests;
import dev.enclave.emulators.AwsCredentials;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.backend.BackendProvider;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** AWS KMS, by our own server. */
public final class AwsUnderTest implements CloudUnderTest {

  /** What Enclave may send to AWS. */
  public static final Requests REQUESTS =
      new Requests(
          Set.of("DescribeKey", "GetPublicKey", "ListResourceTags", "GetCallerIdentity"),
          Set.of("ListAliases", "ListKeys"),
          List.of("CreateKey", "CreateAlias"),
          "Sign",
          Set.of(
              "UpdateAlias",
              "TagResource",
              "UntagResource",
              "Encrypt",
              "Decrypt",
              "EnableKey",
              "DisableKey",
              "ScheduleKeyDeletion",
              "GetParametersForImport",
              "ImportKeyMaterial"));

  @Override
  public BackendProvider provider() {
    return new AwsKmsBackendProvider();
  }

  /** By the machine's clock, which the SDK signs with. */
  @Override
  public CloudServer start(FaultInjector faults, InstantSource clock) {
    return new Server(AwsKmsServer.builder().faults(faults).start());
  }

  @Override
  public CloudAccount account(Deployment deployment) {
    return new AwsAccount(deployment.settings());
  }

  @Override
  public Requests requests() {
    return REQUESTS;
  }

  @Override
  public List<Fault> faults(String operation) {
    return operation.equals(REQUESTS.sign())
        ? Faults.ofAnyRequestAndWrong(
            "another-key", "flipped-bit", "another-key-id", "another-algorithm")
        : Faults.OF_ANY_REQUEST;
  }

  /** A KMS key is made before its alias, which is the claim. */
  @Override
  public boolean leavesOrphans() {
    return true;
  }

  static Deployment deployment(AwsKmsServer server) {
    return deployment(server, server.credentials());
  }

  private static Deployment deployment(AwsKmsServer server, AwsCredentials credentials) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("enclave.environment", "development");
    settings.put("enclave.backend", "aws-kms");
    settings.put("enclave.aws-kms.region", "eu-west-1");
    settings.put("enclave.aws-kms.endpoint", server.endpoint().toString());
    settings.put("enclave.aws-kms.sts-endpoint", server.endpoint().toString());
    settings.put("enclave.aws-kms.access-key-id", credentials.accessKeyId());
    settings.put("enclave.aws-kms.secret-access-key", credentials.secretAccessKey());
    credentials
        .sessionToken()
        .ifPresent(token -> settings.put("enclave.aws-kms.session-token", token));
    settings.put("enclave.aws-kms.allowed-endpoints", server.endpoint().toString());
    return Deployment.of(settings);
  }

  private record Server(AwsKmsServer server) implements CloudServer {

    @Override
    public Deployment deployment() {
      return AwsUnderTest.deployment(server);
    }

    @Override
    public Deployment deploymentByToken() {
      return AwsUnderTest.deployment(server, server.sessionCredentials("wallet"));
    }

    @Override
    public List<JournalEntry> journal() {
      return server.journal().entries();
    }

    @Override
    public void close() {
      server.close();
    }
  }
}
