package dev.enclave.campaign.demo;

import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.CloudServer;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.campaign.cloud.Faults;
import dev.enclave.campaign.cloud.Requests;
import dev.enclave.campaign.cloud.Scenario;
import dev.enclave.campaign.demo.backend.KeyhouseProvider;
import dev.enclave.campaign.demo.service.KeyhouseAccount;
import dev.enclave.campaign.demo.service.KeyhouseServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.backend.BackendProvider;
import java.net.URI;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Keyhouse, by its server. */
public final class KeyhouseUnderTest implements CloudUnderTest {

  static final String ENDPOINT = "enclave.keyhouse.endpoint";
  static final String SECRET = "/run/keyhouse/secret";

  /** What Enclave may send to Keyhouse. */
  static final Requests REQUESTS =
      new Requests(
          Set.of("GetHouse", "GetKey", "IssueToken"),
          Set.of("ListKeys"),
          List.of("CreateKey"),
          "Sign",
          Set.of("UpdateKey", "UpdateVersion"));

  @Override
  public BackendProvider provider() {
    return new KeyhouseProvider();
  }

  /** Its tokens do not expire: clients keep them by clocks that skip less than the server's. */
  @Override
  public CloudServer start(FaultInjector faults, InstantSource clock) {
    return new Running(KeyhouseServer.start(faults, clock, KeyhouseServer.FOR_GOOD));
  }

  @Override
  public CloudAccount account(Deployment deployment) {
    return new KeyhouseAccount(
        URI.create(Objects.requireNonNull(deployment.settings().get(ENDPOINT))),
        Objects.requireNonNull(deployment.files().get(SECRET)));
  }

  @Override
  public Requests requests() {
    return REQUESTS;
  }

  @Override
  public List<Fault> faults(String operation) {
    return operation.equals(REQUESTS.sign())
        ? Faults.ofAnyRequestAndWrong("flipped-bit", "another-key", "another-version")
        : Faults.OF_ANY_REQUEST;
  }

  /** Java's HTTP client sends a GET again whose connection broke. */
  @Override
  public int requestsOfARead() {
    return 2;
  }

  /** It seals nothing. */
  @Override
  public Set<Scenario> scenarios() {
    return EnumSet.complementOf(EnumSet.of(Scenario.SEAL, Scenario.CREATE_A_WRAPPING_KEY));
  }

  /** A key and its first version are made by one request, which claims the name as well. */
  @Override
  public boolean leavesOrphans() {
    return false;
  }

  /** What points a client at a server. */
  static Deployment deployment(KeyhouseServer server) {
    return new Deployment(
        Map.of(
            "enclave.environment",
            "development",
            "enclave.backend",
            "keyhouse",
            ENDPOINT,
            server.endpoint().toString(),
            "enclave.keyhouse.house",
            server.house(),
            "enclave.keyhouse.client",
            server.client(),
            "enclave.keyhouse.secret-file",
            SECRET),
        Map.of(),
        Map.of(SECRET, server.secret()));
  }

  private record Running(KeyhouseServer server) implements CloudServer {

    @Override
    public Deployment deployment() {
      return KeyhouseUnderTest.deployment(server);
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
