package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.KeyProperties;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.emulators.AzureKeyVaultServerBuilder;
import dev.enclave.emulators.Denial;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.key.VersionLedger;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.OrphanCollector.Page;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of keys: deleted, recovered, expired, adopted, left over. */
class AzureLifeTest {

  private final AzureBench bench = new AzureBench();

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void keepsTheNameOfADeletedKey_untilItIsPurged() throws BackendFailure {
    KeySnapshot key = bench.create();
    bench.backend.changeState(key.ref(key.versions().get(0)), KeyState.DESTROYED, bench.call());
    BackendFailure failure = bench.failureOf(bench::create);
    assertThat(failure.code()).isEqualTo(FailureCode.ALREADY_EXISTS);
    assertThat(failure)
        .hasMessageContaining("key enclave-wallet")
        .hasMessageContaining("Recover it, or take another name");
    bench.bySdk(keys -> keys.purgeDeletedKeyWithResponse("enclave-wallet", AzureBench.none()));
    assertThat(bench.create().versions()).hasSize(1);
  }

  @Test
  void doesNotKnowWhatBecameOfAChange_whoseAnswerNamesAnotherVersion() throws BackendFailure {
    KeySnapshot key = bench.create();
    bench.rewrite(
        "UpdateKey",
        body -> body.replaceAll("(/keys/[^/\"]+/)[0-9a-f]{32}", "$1" + "0".repeat(32)));

    BackendFailure failure =
        bench.failureOf(
            () ->
                bench.backend.changeState(
                    key.ref(key.versions().get(0)), KeyState.DISABLED, bench.call()));

    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
    assertThat(bench.load().versions())
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.DISABLED);
  }

  @Test
  void keepsARecoveredKeyDestroyed() throws BackendFailure {
    KeySnapshot key = bench.create();
    bench.backend.changeState(key.ref(key.versions().get(0)), KeyState.DESTROYED, bench.call());
    bench.bySdk(keys -> keys.beginRecoverDeletedKey("enclave-wallet"));
    assertThat(bench.load().versions())
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.DESTROYED);
  }

  @Test
  void aDeletedKeyOfSeveralVersions_doesNotPassALaterOneForTheFirst() throws BackendFailure {
    KeySnapshot rotated = bench.rotate(bench.create());
    for (KeyVersion version : rotated.versions()) {
      bench.backend.changeState(rotated.ref(version), KeyState.DESTROYED, bench.call());
    }
    assertThat(bench.load().versions())
        .singleElement()
        .satisfies(version -> assertThat(version.state()).isEqualTo(KeyState.DESTROYED))
        .satisfies(version -> assertThat(version.publicKey()).isEmpty());
  }

  @Test
  void aDeletedKey_doesNotPassAVersionWithCopiedTagsForTheFirst() throws BackendFailure {
    KeySnapshot key = bench.create();
    Map<String, String> tags = bench.listed(key.name()).get(0).tags();
    bench.clock.advance(Duration.ofDays(90));
    bench.bySdk(
        keys ->
            keys.createEcKey(
                new CreateEcKeyOptions("enclave-wallet").setHardwareProtected(true).setTags(tags)));
    bench.bySdk(keys -> keys.beginDeleteKey("enclave-wallet"));
    assertThat(bench.load().versions())
        .singleElement()
        .satisfies(version -> assertThat(version.publicKey()).isEmpty());
  }

  @Test
  void destroysOneVersionOfSeveral_andSaysThatTheVaultKeepsIt() throws BackendFailure {
    KeySnapshot rotated = bench.rotate(bench.create());
    bench.backend.changeState(
        rotated.ref(rotated.versions().get(0)), KeyState.DESTROYED, bench.call());
    assertThat(bench.load().versions())
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.DESTROYED, KeyState.ACTIVE);
    assertThat(bench.backend.health(bench.call()).findings())
        .extracting(Finding::observed)
        .anyMatch(text -> text.contains("called destroyed, and the vault keeps it"));
  }

  @Test
  void warns_whereDeletedKeysCanBePurged() throws BackendFailure {
    assertThat(purgeFindings(bench)).isEmpty();
    bench.create();
    assertThat(purgeFindings(bench))
        .containsExactly(
            "The vault has no purge protection (recovery level Recoverable+Purgeable): who may"
                + " delete and purge keys can destroy one for good at once");
  }

  @Test
  void warns_whereDeletedKeysCanBePurged_inAProcessThatReadNoKey() throws BackendFailure {
    bench.create();
    try (CapableBackend fresh = bench.another()) {
      bench.server.journal().clear();
      assertThat(fresh.health(bench.call()).findings()).isEmpty();
      assertThat(fresh.health(bench.call()).findings())
          .extracting(Finding::observed)
          .singleElement()
          .asString()
          .contains("no purge protection");
      assertThat(bench.requests()).containsExactly("GetKey", "GetKeys");
    }
  }

  @Test
  void isHealthy_whereTheIdentityMayNotListTheVaultsKeys() throws BackendFailure {
    bench.refuse(
        "GetKeys",
        403,
        "{\"error\":{\"code\":\"Forbidden\",\"innererror\":{\"code\":\"ForbiddenByRbac\"}}}",
        Map.of());
    assertThat(bench.backend.health(bench.call()).findings()).isEmpty();
    assertThat(bench.backend.health(bench.call()).findings()).isEmpty();
  }

  @Test
  void warns_whereAnAdoptedKeyCanBePurged() throws BackendFailure {
    String uri =
        KeyVaults.foreignKey(bench.server, bench.clock, SigningAlgorithm.ECDSA_P384_SHA384);
    bench.backend.adopt(KeyName.of("treasury"), uri, bench.call());
    assertThat(purgeFindings(bench)).hasSize(1);
  }

  @Test
  void warnsNoMore_onceThePurgeProtectionIsOn() throws BackendFailure {
    bench.create();
    bench.rewrite("GetKeyVersions", list -> list.replace("Recoverable+Purgeable", "Recoverable"));
    bench.load();
    assertThat(purgeFindings(bench)).isEmpty();
  }

  @Test
  void warnsOfNothing_whereTheVaultHasPurgeProtection() throws BackendFailure {
    try (AzureBench protectedOne =
        new AzureBench(AzureKeyVaultServerBuilder::purgeProtection, Map.of())) {
      protectedOne.create();
      assertThat(protectedOne.backend.health(protectedOne.call()).findings()).isEmpty();
    }
  }

  private static List<String> purgeFindings(AzureBench bench) throws BackendFailure {
    return bench.backend.health(bench.call()).findings().stream()
        .map(Finding::observed)
        .filter(text -> text.contains("purge"))
        .toList();
  }

  @Test
  void doesNotSign_withAVersionThatHasExpired_andWarnsBefore() throws BackendFailure {
    KeySnapshot key = bench.create();
    OffsetDateTime end = bench.clock.now().plus(Duration.ofDays(7)).atOffset(ZoneOffset.UTC);
    change(key, properties -> properties.setExpiresOn(end));
    bench.load();
    assertThat(bench.backend.health(bench.call()).findings())
        .extracting(Finding::observed)
        .anyMatch(text -> text.contains("expires at"));
    bench.clock.advance(Duration.ofDays(8));
    BackendFailure failure =
        bench.failureOf(
            () ->
                bench.backend.sign(
                    key.ref(key.versions().get(0)), AzureBench.DIGEST, bench.call()));
    assertThat(failure.code()).isEqualTo(FailureCode.INVALID_STATE);
    assertThat(failure).hasMessageContaining("KeyExpired").hasMessageContaining("Rotate the key");
  }

  @Test
  void doesNotSign_withAVersionThatIsNotValidYet() throws BackendFailure {
    KeySnapshot key = bench.create();
    OffsetDateTime begin = bench.clock.now().plus(Duration.ofDays(7)).atOffset(ZoneOffset.UTC);
    change(key, properties -> properties.setNotBefore(begin));
    BackendFailure failure =
        bench.failureOf(
            () ->
                bench.backend.sign(
                    key.ref(key.versions().get(0)), AzureBench.DIGEST, bench.call()));
    assertThat(failure.code()).isEqualTo(FailureCode.INVALID_STATE);
    assertThat(failure).hasMessageContaining("KeyNotYetValid").hasMessageContaining("nbf");
  }

  private void change(KeySnapshot key, Consumer<KeyProperties> change) {
    bench.bySdk(
        keys -> {
          KeyProperties properties =
              keys.getKey("enclave-wallet", key.versions().get(0).id().value()).getProperties();
          change.accept(properties);
          return keys.updateKeyProperties(properties);
        });
  }

  @Test
  void takesAnAdministratorsWord_forWhereAnAdoptedKeyCameFrom() throws BackendFailure {
    String uri =
        KeyVaults.foreignKey(bench.server, bench.clock, SigningAlgorithm.ECDSA_P384_SHA384);
    KeyName name = KeyName.of("treasury");
    assertThat(origin(bench.backend.adopt(name, uri, bench.call()))).isEqualTo(KeyOrigin.UNKNOWN);
    bench.bySdk(
        keys -> {
          String[] parts = uri.split("/", -1);
          KeyProperties properties = keys.getKey(parts[4], parts[5]).getProperties();
          return keys.updateKeyProperties(
              properties.setTags(Map.of("enclave-origin", "generated")));
        });
    assertThat(origin(bench.backend.adopt(name, uri, bench.call()))).isEqualTo(KeyOrigin.GENERATED);
  }

  private static KeyOrigin origin(KeySnapshot key) {
    return key.versions().get(0).origin();
  }

  @Test
  void becomesActive17Times_belowTheVaultsLimits_of15TagsOf256Characters() throws BackendFailure {
    VersionLedger ledger = VersionLedger.of(bench.keys());
    KeySnapshot key = bench.rotate(bench.create());
    for (int number = 3; number <= 34; number++) {
      RotateRequest request = bench.rotation(key);
      KeyVersion other =
          key.versions().stream()
              .filter(version -> version.state() == KeyState.VERIFY_ONLY)
              .findFirst()
              .orElseThrow();
      key =
          ledger.reinstate(request, other.id(), KeyVaults.call(request.operationId(), bench.clock));
    }
    KeyHandle to = KeyHandle.parse("enclave:v1:software:" + "v".repeat(400) + ":wallet:-");
    ledger.recordMove(key.ref(key.active().orElseThrow()), to, bench.call());

    Map<String, String> tags = bench.listed(key.name()).get(1).tags();
    assertThat(tags.getOrDefault("enclave-active", "").split(" ", -1)).hasSize(17);
    assertThat(tags).hasSizeLessThanOrEqualTo(15).containsKey("enclave-moved-to-2");
    assertThat(tags.values()).allSatisfy(v -> assertThat(v).hasSizeLessThanOrEqualTo(256));
  }

  @Test
  void asksWhichAlgorithm_whereAnAdoptedKeyDoesNotSay() throws BackendFailure {
    String uri =
        KeyVaults.foreignKey(bench.server, bench.clock, SigningAlgorithm.ECDSA_SECP256K1_KECCAK256);
    KeyName name = KeyName.of("hot");
    assertThat(bench.backend.adopt(name, uri, bench.call()).algorithm())
        .isEqualTo(SigningAlgorithm.ECDSA_SECP256K1_KECCAK256);
    BackendFailure failure =
        bench.failureOf(() -> bench.backend.adopt(name, uri.replaceFirst("#.*", ""), bench.call()));
    assertThat(failure).hasMessageContaining("ECDSA_SECP256K1_SHA256, ECDSA_SECP256K1_KECCAK256");
  }

  @Test
  void aCreationWithALostAnswer_isFoundByItsRepetition_whichMakesNoOther() throws BackendFailure {
    AtomicBoolean lost = new AtomicBoolean();
    bench.meddle(
        "CreateKey",
        (request, service) -> {
          var answer = service.handle(request);
          return lost.compareAndSet(false, true) ? Delivery.reset() : Delivery.answer(answer);
        });
    CreateRequest request = bench.request(AzureBench.NAME, SigningAlgorithm.ECDSA_P256_SHA256);
    BackendFailure failure = bench.failureOf(() -> create(request));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
    assertThat(create(request).versions()).hasSize(1);
    assertThat(bench.server.journal().of("CreateKey")).hasSize(1);
  }

  /** The request was taken for lost, and came after the one that repeated it. */
  @Test
  void findsAndDisables_whatACreationWithALostAnswerLeft() throws BackendFailure {
    AtomicReference<Runnable> late = new AtomicReference<>();
    bench.meddle(
        "CreateKey",
        (request, service) ->
            late.compareAndSet(null, () -> service.handle(request))
                ? Delivery.reset()
                : Delivery.answer(service.handle(request)));
    CreateRequest request = bench.request(AzureBench.NAME, SigningAlgorithm.ECDSA_P256_SHA256);
    BackendFailure failure = bench.failureOf(() -> create(request));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
    KeySnapshot key = create(request);
    bench.clock.advance(Duration.ofSeconds(10));
    Objects.requireNonNull(late.get()).run();

    assertThat(bench.backend.orphans(Optional.empty(), bench.call()).orphans()).isEmpty();
    bench.clock.advance(Duration.ofMinutes(16));
    List<Orphan> left = bench.backend.orphans(Optional.empty(), bench.call()).orphans();

    assertThat(left).hasSize(1);
    assertThat(bench.backend.discard(left.get(0), bench.call())).isTrue();
    assertThat(bench.listed(AzureBench.NAME))
        .filteredOn(version -> version.material() == Material.OFF)
        .extracting(ServiceKey::uri)
        .containsExactly(left.get(0).providerUri());
    assertThat(bench.backend.orphans(Optional.empty(), bench.call()).orphans()).isEmpty();
    assertThat(bench.load().versions()).isEqualTo(key.versions());
  }

  private KeySnapshot create(CreateRequest request) throws BackendFailure {
    return bench.backend.create(request, KeyVaults.call(request.operationId(), bench.clock));
  }

  @Test
  void findsAndDisables_aVersionThatLostItsRaceAndDied() throws BackendFailure {
    KeySnapshot key = bench.create();
    Map<String, String> tags = new TreeMap<>(bench.listed(key.name()).get(0).tags());
    tags.put("enclave-made", "CREATION/another-operation/1");
    String left =
        bench
            .session
            .http()
            .during(
                bench.call(),
                attempt ->
                    new AzureScheme(key.algorithm())
                        .create(bench.session.keys(), "enclave-wallet", tags)
                        .getValue()
                        .getId());
    assertThat(bench.backend.orphans(Optional.empty(), bench.call()).orphans()).isEmpty();
    bench.clock.advance(Duration.ofMinutes(16));
    Page page = bench.backend.orphans(Optional.empty(), bench.call());
    assertThat(page.orphans()).extracting(Orphan::providerUri).containsExactly(left);
    assertThat(bench.backend.discard(page.orphans().get(0), bench.call())).isTrue();
    assertThat(bench.listed(AzureBench.NAME))
        .filteredOn(version -> version.material() == Material.OFF)
        .extracting(ServiceKey::uri)
        .containsExactly(left);
    assertThat(bench.backend.orphans(Optional.empty(), bench.call()).orphans()).isEmpty();
    assertThat(bench.load().versions()).isEqualTo(key.versions());
  }

  @Test
  void tellsWhichPermissionIsMissing() throws BackendFailure {
    bench.server.deny(Denial.of("Microsoft.KeyVault/vaults/keys/sign/action"));
    assertThat(bench.backend.permissions(bench.call()))
        .filteredOn(permission -> !permission.granted())
        .singleElement()
        .satisfies(p -> assertThat(p.name()).endsWith("keys/sign/action"));
  }

  @Test
  void touchesNoKey_whenItAsksForPermissions() throws BackendFailure {
    List<KeyName> names = List.of(KeyName.of("permission-probe"), KeyName.of("health-probe"));
    for (KeyName name : names) {
      bench.create(name, SigningAlgorithm.ECDSA_P256_SHA256);
    }
    bench.backend.permissions(bench.call());
    bench.backend.permissions(bench.call());
    bench.backend.health(bench.call());
    for (KeyName name : names) {
      assertThat(bench.backend.load(name, bench.call()).active()).isPresent();
    }
    assertThat(bench.server.journal().of("DeleteKey"))
        .filteredOn(entry -> entry.status() != 401)
        .extracting(entry -> entry.keyId().orElse(""))
        .doesNotHaveDuplicates()
        .hasSize(2)
        .allMatch(name -> name.matches("probe-of-enclave-[0-9a-f]{32}"));
  }
}
