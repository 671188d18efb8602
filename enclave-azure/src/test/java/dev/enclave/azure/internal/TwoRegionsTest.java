package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.testkit.MutableClock;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A managed HSM in two regions, of which each shows the other's writes six minutes late, and a
 * process beside each: see ADR 58.
 */
class TwoRegionsTest {

  private static final Duration LATE = Duration.ofMinutes(6);

  private final MutableClock clock = new MutableClock();
  private AzureKeyVaultServer server;

  @BeforeEach
  void start() {
    server =
        KeyVaults.server()
            .managedHsm()
            .region("westeurope")
            .secondRegion("northeurope", LATE)
            .clock(clock::now)
            .start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** A process; what its network makes of the managed HSM's name. */
  private CapableBackend process(Optional<String> regions, UnaryOperator<URI> network)
      throws BackendFailure {
    Map<String, String> settings = KeyVaults.settings(server);
    settings.remove(AzureSettings.REGIONS);
    regions.ifPresent(text -> settings.put(AzureSettings.REGIONS, text));
    var context = KeyVaults.context(server, clock, settings);
    return new CapableBackend(
        AzureKeyVaultBackend.over(KeyVaults.as(server, context, true, network), context));
  }

  private CapableBackend inWestEurope(String regions) throws BackendFailure {
    return process(Optional.of(regions), uri -> uri);
  }

  private CapableBackend inNorthEurope(String regions) throws BackendFailure {
    return process(Optional.of(regions), this::toNorthEurope);
  }

  private URI toNorthEurope(URI uri) {
    return URI.create(
        uri.toString()
            .replace(
                server.vaultUrl().getRawAuthority(), server.secondRegionUrl().getRawAuthority()));
  }

  private KeySnapshot create(CapableBackend process) throws BackendFailure {
    CreateRequest request =
        CreateRequest.of(
            AzureBench.NAME,
            SigningAlgorithm.ECDSA_P256_SHA256,
            RotationInterval.NEVER,
            EnvironmentType.DEVELOPMENT,
            UUID.randomUUID().toString());
    return process.create(request, KeyVaults.call(request.operationId(), clock));
  }

  private KeySnapshot rotate(CapableBackend process) throws BackendFailure {
    KeySnapshot key = process.load(AzureBench.NAME, KeyVaults.call(clock));
    RotateRequest request =
        RotateRequest.of(
            key.name(),
            key.active().orElseThrow().id(),
            UUID.randomUUID().toString(),
            KeyState.VERIFY_ONLY);
    KeyVersion next = process.prepare(request, KeyVaults.call(request.operationId(), clock));
    return process.activate(request, next.id(), KeyVaults.call(request.operationId(), clock));
  }

  private static BackendFailure failureOf(AzureBench.Work work) {
    return catchThrowableOfType(BackendFailure.class, work::run);
  }

  private void requireRefused(BackendFailure failure) {
    assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
    assertThat(failure.code()).isEqualTo(FailureCode.UNSUPPORTED);
    assertThat(failure).hasMessageContaining("up to six minutes later");
    assertThat(server.journal().of("CreateKey")).hasSize(created);
    assertThat(server.journal().of("UpdateKey")).hasSize(updated);
  }

  private int created;
  private int updated;

  private void noteWrites() {
    created = server.journal().of("CreateKey").size();
    updated = server.journal().of("UpdateKey").size();
  }

  /** Why it is refused: what the rule rests on does not hold here, and nobody could know. */
  @Test
  void bothCreatorsWouldWin_ifTheyWereToldOfOneRegion() throws BackendFailure {
    try (CapableBackend west = inWestEurope("one");
        CapableBackend north = inNorthEurope("one")) {
      KeySnapshot one = create(west);
      KeySnapshot other = create(north);
      assertThat(one.active().orElseThrow().publicKey())
          .isNotEqualTo(other.active().orElseThrow().publicKey());
    }
  }

  @Test
  void refusesBothCreators_inSeveralRegions() throws BackendFailure {
    try (CapableBackend west = inWestEurope("several");
        CapableBackend north = inNorthEurope("several")) {
      requireRefused(failureOf(() -> create(west)));
      requireRefused(failureOf(() -> create(north)));
    }
  }

  @Test
  void refusesBothRotators_andSignsInBothRegions() throws BackendFailure {
    try (CapableBackend before = inWestEurope("one")) {
      create(before);
    }
    clock.advance(LATE);
    noteWrites();
    try (CapableBackend west = inWestEurope("several");
        CapableBackend north = inNorthEurope("several")) {
      requireRefused(failureOf(() -> rotate(west)));
      requireRefused(failureOf(() -> rotate(north)));
      for (CapableBackend process : new CapableBackend[] {west, north}) {
        KeySnapshot key = process.load(AzureBench.NAME, KeyVaults.call(clock));
        assertThat(
                process.sign(
                    key.ref(key.active().orElseThrow()), AzureBench.DIGEST, KeyVaults.call(clock)))
            .isNotNull();
      }
    }
  }

  /** A failover, or a name that was routed anew: the answers say from where they come. */
  @Test
  void refusesRotation_whereAnswersCameFromTwoRegions_whateverTheSettingSays()
      throws BackendFailure {
    AtomicBoolean moved = new AtomicBoolean();
    try (CapableBackend process =
        process(Optional.of("one"), uri -> moved.get() ? toNorthEurope(uri) : uri)) {
      create(process);
      clock.advance(LATE);
      moved.set(true);
      process.load(AzureBench.NAME, KeyVaults.call(clock));
      noteWrites();
      BackendFailure failure = failureOf(() -> rotate(process));
      requireRefused(failure);
      assertThat(failure).hasMessageContaining("regions westeurope and northeurope");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void asksForTheSetting_whereAManagedHsmHasNone(boolean creating) throws BackendFailure {
    try (CapableBackend before = inWestEurope("one")) {
      create(before);
    }
    noteWrites();
    try (CapableBackend process = process(Optional.empty(), uri -> uri)) {
      BackendFailure failure =
          failureOf(() -> (creating ? create(process) : rotate(process)).name());
      assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
      assertThat(failure).hasMessageContaining("enclave.azure-keyvault.regions is missing");
      assertThat(server.journal().of("CreateKey")).hasSize(created);
    }
  }

  @Test
  void healthWarns_whereTheSettingIsMissing_orAnswersCameFromTwoRegions() throws BackendFailure {
    try (CapableBackend unsaid = process(Optional.empty(), uri -> uri);
        CapableBackend several = inWestEurope("several")) {
      assertThat(unsaid.health(KeyVaults.call(clock)).findings())
          .singleElement()
          .satisfies(
              finding -> {
                assertThat(finding.severity()).isEqualTo(Severity.WARNING);
                assertThat(finding.code()).isEqualTo(ErrorCode.CONFIGURATION_MISSING);
                assertThat(finding.observed()).contains("enclave.azure-keyvault.regions");
                assertThat(finding.fix()).contains("az keyvault region list");
              });
      assertThat(several.health(KeyVaults.call(clock)).findings()).isEmpty();
    }
    AtomicBoolean moved = new AtomicBoolean();
    try (CapableBackend one =
        process(Optional.of("one"), uri -> moved.get() ? toNorthEurope(uri) : uri)) {
      create(one);
      assertThat(one.health(KeyVaults.call(clock)).findings())
          .noneSatisfy(finding -> assertThat(finding.observed()).contains("Regions"));
      clock.advance(LATE);
      moved.set(true);
      one.load(AzureBench.NAME, KeyVaults.call(clock));
      assertThat(one.health(KeyVaults.call(clock)).findings())
          .anySatisfy(
              finding ->
                  assertThat(finding.observed()).contains("Regions westeurope and northeurope"));
    }
  }

  /** Which is a claim as a rotation makes one. */
  @Test
  void refusesToMakeAnotherVersionActive() throws BackendFailure {
    KeySnapshot key;
    try (CapableBackend before = inWestEurope("one")) {
      create(before);
      key = rotate(before);
      key =
          before.changeState(
              key.ref(key.active().orElseThrow()), KeyState.DISABLED, KeyVaults.call(clock));
    }
    clock.advance(LATE);
    noteWrites();
    try (CapableBackend west = inWestEurope("several")) {
      KeySnapshot now = west.load(AzureBench.NAME, KeyVaults.call(clock));
      requireRefused(
          failureOf(
              () ->
                  west.changeState(
                      now.ref(now.versions().get(0)), KeyState.ACTIVE, KeyVaults.call(clock))));
    }
    assertThat(key.versions()).hasSize(2);
  }
}
