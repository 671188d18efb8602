package dev.enclave.gcp.campaign;

import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.CloudServer;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.campaign.cloud.Faults;
import dev.enclave.campaign.cloud.Requests;
import dev.enclave.campaign.cloud.Scenario;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.GcpKmsServerBuilder;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.gcp.GcpKmsBackendProvider;
import dev.enclave.spi.backend.BackendProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A key ring of Google Cloud KMS, by our own server. */
public final class GcpUnderTest implements CloudUnderTest {

  static final String KEY_RING = "enclave.gcp-kms.key-ring";
  static final String ENDPOINT = "enclave.gcp-kms.endpoint";
  static final String ACCESS_TOKEN = "enclave.gcp-kms.access-token";

  /** As people call them; much of it reads like Base64. */
  private static final String RING = "Payments_EU2024-Campaign7";

  /** What Enclave may send to Google. */
  public static final Requests REQUESTS =
      new Requests(
          Set.of(
              "GetCryptoKey",
              "GetCryptoKeyVersion",
              "GetPublicKey",
              "ListCryptoKeyVersions",
              "GetImportJob",
              "ListRetiredResources",
              "TestIamPermissions"),
          Set.of("ListCryptoKeys"),
          List.of("CreateCryptoKey"),
          "AsymmetricSign",
          Set.of(
              "CreateCryptoKeyVersion",
              "UpdateCryptoKeyVersion",
              "DestroyCryptoKeyVersion",
              "Encrypt",
              "Decrypt",
              "AsymmetricDecrypt",
              "CreateImportJob",
              "ImportCryptoKeyVersion"));

  @Override
  public BackendProvider provider() {
    return new GcpKmsBackendProvider();
  }

  @Override
  public CloudServer start(FaultInjector faults, InstantSource clock) {
    return start(GcpKmsServer.builder().faults(faults).clock(clock));
  }

  static CloudServer start(GcpKmsServerBuilder builder) {
    GcpKmsServer server =
        builder
            .keyRing(RING)
            // More time is skipped than a token lasts, and one that is given is not renewed.
            .tokenLifetime(Duration.ofDays(36_500))
            .start();
    return new Server(server, server.accessToken());
  }

  @Override
  public CloudAccount account(Deployment deployment) {
    return new GcpAccount(deployment.settings());
  }

  @Override
  public Requests requests() {
    return REQUESTS;
  }

  @Override
  public List<Fault> faults(String operation) {
    return switch (operation) {
      case "AsymmetricSign" ->
          Faults.ofAnyRequestAndWrong(
              "another-key",
              "flipped-bit",
              "flipped-bit-with-checksum",
              "corrupted-checksum",
              "unverified",
              "another-key-id",
              "another-protection-level");
      case "Encrypt" ->
          Faults.ofAnyRequestAndWrong(
              "flipped-bit",
              "corrupted-checksum",
              "unverified",
              "another-key-id",
              "another-protection-level");
      case "Decrypt" ->
          Faults.ofAnyRequestAndWrong(
              "flipped-bit", "corrupted-checksum", "another-protection-level");
      default -> Faults.OF_ANY_REQUEST;
    };
  }

  /** No HSM of Google's has an algorithm that hashes messages itself. */
  @Override
  public Set<Scenario> scenarios() {
    return EnumSet.complementOf(EnumSet.of(Scenario.SIGN_A_MESSAGE));
  }

  /** A key and its first version are made by one request, which is the claim as well. */
  @Override
  public boolean leavesOrphans() {
    return false;
  }

  private record Server(GcpKmsServer server, String token) implements CloudServer {

    @Override
    public Deployment deployment() {
      return Deployment.of(
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
              token));
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
