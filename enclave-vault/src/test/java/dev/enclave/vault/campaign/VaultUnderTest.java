package dev.enclave.vault.campaign;

import dev.enclave.KeyAlgorithm;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.CloudServer;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.campaign.cloud.Faults;
import dev.enclave.campaign.cloud.Requests;
import dev.enclave.campaign.cloud.Scenario;
import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.vault.VaultBackendProvider;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An OpenBao of two nodes, by our own server, with a token from a file. */
public final class VaultUnderTest implements CloudUnderTest {

  static final String ADDRESS = "enclave.vault.address";
  static final String TOKEN_FILE = "/run/vault/token";

  /** What Enclave may send to Vault. */
  public static final Requests REQUESTS =
      new Requests(
          Set.of(
              "auth/token/lookup-self",
              "kv/data:read",
              "kv/metadata:read",
              "sys/health",
              "sys/seal-status",
              "sys/capabilities-self",
              "transit/keys:read",
              "transit/wrapping_key"),
          Set.of("kv/metadata:list", "transit/keys:list"),
          List.of("transit/keys:create", "kv/data:write"),
          "transit/sign",
          Set.of(
              "auth/token/renew-self",
              "kv/metadata:delete",
              "transit/decrypt",
              "transit/encrypt",
              "transit/keys/config",
              "transit/keys/import",
              "transit/keys/rotate",
              "transit/keys:delete"));

  @Override
  public BackendProvider provider() {
    return new VaultBackendProvider();
  }

  @Override
  public CloudServer start(FaultInjector faults, InstantSource clock) {
    return new Server(VaultServer.builder().faults(faults).clock(clock).start());
  }

  @Override
  public CloudAccount account(Deployment deployment) {
    return new VaultAccount(deployment);
  }

  @Override
  public Requests requests() {
    return REQUESTS;
  }

  @Override
  public List<Fault> faults(String operation) {
    return operation.equals(REQUESTS.sign())
        ? Faults.ofAnyRequestAndWrong("another-key", "flipped-bit", "another-version")
        : Faults.OF_ANY_REQUEST;
  }

  /** Those without a body, where the id would be. */
  @Override
  public Set<String> nameless() {
    return Set.of("kv/metadata:delete", "transit/keys/import", "transit/keys:delete");
  }

  /** Transit has no secp256k1. */
  @Override
  public KeyAlgorithm algorithm(Scenario scenario) {
    return scenario.algorithm() == SigningAlgorithm.ECDSA_SECP256K1_SHA256
        ? SigningAlgorithm.ECDSA_P256_SHA256
        : scenario.algorithm();
  }

  /** Java's HTTP client sends a GET again whose connection broke. */
  @Override
  public int requestsOfARead() {
    return 2;
  }

  /** A creation that loses or dies before its document leaves its Transit key. */
  @Override
  public boolean leavesOrphans() {
    return true;
  }

  private record Server(VaultServer server) implements CloudServer {

    @Override
    public Deployment deployment() {
      return new Deployment(
          Map.of(
              "enclave.environment",
              "development",
              "enclave.backend",
              "vault",
              ADDRESS,
              server.address().toString(),
              "enclave.vault.auth",
              "token",
              "enclave.vault.token-file",
              TOKEN_FILE),
          Map.of(),
          Map.of(TOKEN_FILE, server.rootToken()));
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
