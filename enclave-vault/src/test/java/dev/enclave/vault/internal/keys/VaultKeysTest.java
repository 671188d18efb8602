package dev.enclave.vault.internal.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Assurance;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.crypto.Hashing;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.kit.json.Json;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is Vault's own: documents and Transit keys, late reads, lost races, leftovers. */
class VaultKeysTest {

  private static final SigningAlgorithm ALGORITHM = SigningAlgorithm.ECDSA_P256_SHA256;
  private static final Digest DIGEST =
      Hashing.digest(DigestAlgorithm.SHA_256, Message.ofUtf8("to be signed"));
  private static final Duration OLD = Duration.ofMinutes(16);
  private static final String DOCUMENT = "secret/data/enclave/keys/a";
  private static final VaultPlace PLACE = new VaultPlace("transit", "secret", "enclave");

  private VaultBench bench;

  @BeforeEach
  void start() throws BackendFailure {
    bench = new VaultBench();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private static String transitKey(KeyVersion version) {
    return version.providerUri().replaceFirst("/1$", "");
  }

  private Map<String, Object> document() {
    return Json.map(bench.administrator.read(DOCUMENT), "data");
  }

  private BackendFailure refusal(KeyVersionRef ref) {
    return catchThrowableOfType(
        BackendFailure.class, () -> bench.backend.sign(ref, DIGEST, bench.call()));
  }

  @Test
  void makesAPrivateKeyAndThenTheDocument_andSignsByOneRequest() throws Exception {
    bench.backend.list(bench.call());
    bench.asked.clear();
    KeySnapshot key = bench.create("a", ALGORITHM);
    String transitKey = transitKey(key.versions().get(0));
    assertThat(transitKey).matches("transit/keys/enclave\\.a\\.[0-9a-f]{28}");
    assertThat(bench.asked)
        .containsExactly("GET " + DOCUMENT, "POST " + transitKey, "POST " + DOCUMENT);

    bench.asked.clear();
    bench.backend.sign(key.ref(key.versions().get(0)), DIGEST, bench.call());
    assertThat(bench.asked).containsExactly("POST " + transitKey.replace("/keys/", "/sign/"));
  }

  @Test
  void makesNoSecondKey_forAnOperationThatIsRepeated() throws Exception {
    KeySnapshot first = bench.create("a", ALGORITHM);
    assertThat(bench.create("a", ALGORITHM)).isEqualTo(first);
    RotateRequest rotation = VaultBench.rotation(first, "rotate");
    KeyVersion next = bench.backend.prepare(rotation, bench.call());
    assertThat(bench.another().prepare(rotation, bench.call())).isEqualTo(next);
    assertThat(bench.transitKeys()).hasSize(2);
  }

  @Test
  void oneOfTwoCreatorsHasTheName_andTheOtherTakesAwayWhatItMade() throws Exception {
    bench.before(
        "POST " + DOCUMENT,
        () -> bench.another().create(VaultBench.request("a", ALGORITHM, "faster"), bench.call()));

    BackendFailure lost =
        catchThrowableOfType(BackendFailure.class, () -> bench.create("a", ALGORITHM));

    assertThat(lost.code()).isEqualTo(FailureCode.ALREADY_EXISTS);
    KeySnapshot winner = bench.backend.load(KeyName.of("a"), bench.call());
    assertThat(bench.transitKeys())
        .containsExactly(transitKey(winner.versions().get(0)).substring("transit/keys/".length()));
  }

  @Test
  void findsWhatACreatorLeft_thatDiedBeforeItsDocument_onceTheNameIsTaken() throws Exception {
    bench.before("POST " + DOCUMENT, bench.backend::close);
    assertThatThrownBy(() -> bench.create("a", ALGORITHM)).isInstanceOf(BackendFailure.class);
    String left = bench.transitKeys().get(0);
    CapableBackend other = bench.another();
    other.create(VaultBench.request("a", ALGORITHM, "another"), bench.call());
    bench.clock.advance(OLD);

    List<Orphan> orphans = other.orphans(Optional.empty(), bench.call()).orphans();

    assertThat(orphans)
        .containsExactly(
            Orphan.of("transit/keys/" + left + "/1", KeyName.of("a"), orphans.get(0).createdAt()));
    assertThat(other.discard(orphans.get(0), bench.call())).isTrue();
    assertThat(bench.transitKeys()).hasSize(1).doesNotContain(left);
  }

  @Test
  void keepsThePrivateKeys_ofAKeyWhoseDocumentWasDeletedWithItsHistory() throws Exception {
    KeySnapshot key = bench.create("a", ALGORITHM);
    bench.rotate(key, "rotate");
    Orphan nobodys = orphan(key.versions().get(0));
    List<String> privateKeys = bench.transitKeys();
    bench.administrator.delete("secret/metadata/enclave/keys/a");
    bench.clock.advance(OLD);
    CapableBackend other = bench.another();

    requireKept(other, privateKeys, nobodys);

    // Nor where the name was given to another key since.
    other.create(VaultBench.request("a", ALGORITHM, "another"), bench.call());
    bench.clock.advance(OLD);
    requireKept(other, privateKeys, nobodys);
  }

  private Orphan orphan(KeyVersion version) {
    return Orphan.of(version.providerUri(), KeyName.of("a"), version.createdAt());
  }

  private void requireKept(CapableBackend other, List<String> privateKeys, Orphan nobodys)
      throws BackendFailure {
    assertThat(other.orphans(Optional.empty(), bench.call()).orphans()).isEmpty();
    BackendFailure refused =
        catchThrowableOfType(BackendFailure.class, () -> other.discard(nobodys, bench.call()));
    assertThat(refused.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(bench.transitKeys()).containsAll(privateKeys);
    assertThat(other.health(bench.call()).findings())
        .extracting(Finding::observed)
        .anySatisfy(observed -> assertThat(observed).contains(DOCUMENT).contains(privateKeys));
  }

  /** What an attempt leaves that goes no further than that. */
  private String leave(String operation) {
    String left = PLACE.key(PLACE.transitKey(KeyName.of("a"), operation));
    bench.administrator.write(left, Map.of("type", "ecdsa-p256"));
    bench.clock.advance(OLD);
    return left;
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET " + DOCUMENT, "POST transit/keys/.*", "POST " + DOCUMENT})
  void aCreationIsRepeated_whileSomebodyTakesItsPrivateKeyForALeftover(String request)
      throws Exception {
    Orphan left = Orphan.of(leave("create-a") + "/1", KeyName.of("a"), bench.clock.now());
    CapableBackend other = bench.another();
    bench.before(
        request,
        () ->
            assertThatThrownBy(() -> other.discard(left, bench.call()))
                .hasMessageContaining(left.providerUri()));

    KeySnapshot key = bench.create("a", ALGORITHM);

    assertThat(key.versions().get(0).providerUri()).isEqualTo(left.providerUri());
    bench.backend.sign(key.ref(key.versions().get(0)), DIGEST, bench.call());
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET " + DOCUMENT, "POST transit/keys/.*", "POST " + DOCUMENT})
  void aRotationIsRepeated_whileSomebodyTakesItsPrivateKeyForALeftover(String request)
      throws Exception {
    KeySnapshot key = bench.create("a", ALGORITHM);
    String left = leave("rotate");
    CapableBackend other = bench.another();
    Orphan orphan = other.orphans(Optional.empty(), bench.call()).orphans().get(0);
    bench.before(request, () -> assertThat(other.discard(orphan, bench.call())).isTrue());

    requireSigns(bench.rotate(key, "rotate"));

    // What it left while nobody looked is found by who looks again.
    bench.clock.advance(OLD);
    for (Orphan more : bench.orphans()) {
      other.discard(more, bench.call());
    }
    requireSigns(bench.backend.load(KeyName.of("a"), bench.call()));
    assertThat(bench.transitKeys()).hasSize(2);
    assertThat(orphan.providerUri()).isEqualTo(left + "/1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET transit/keys",
        "GET " + DOCUMENT,
        "POST transit/keys/.*/rotate",
        "POST transit/keys/.*/config",
        "DELETE transit/keys/.*"
      })
  void aLeftoverIsDiscarded_whileSomebodyRepeatsTheRotationThatMadeIt(String request)
      throws Exception {
    KeySnapshot key = bench.create("a", ALGORITHM);
    leave("rotate");
    CapableBackend other = bench.another();
    Orphan orphan = other.orphans(Optional.empty(), bench.call()).orphans().get(0);
    RotateRequest rotation = VaultBench.rotation(key, "rotate");
    bench.before(
        request,
        () -> {
          KeyVersion next = other.prepare(rotation, bench.call());
          other.activate(rotation, next.id(), bench.call());
        });

    assertThat(bench.backend.discard(orphan, bench.call())).isTrue();

    requireSigns(bench.backend.load(KeyName.of("a"), bench.call()));
    assertThat(bench.transitKeys()).hasSize(2);
  }

  private void requireSigns(KeySnapshot key) throws BackendFailure {
    KeyVersion active = key.active().orElseThrow();
    bench.backend.sign(key.ref(active), DIGEST, bench.call());
    assertThat(bench.administrator.read(transitKey(active))).isNotEmpty();
  }

  @Test
  void whoActivatesAVersionIsTold_thatSomebodyDestroyedItMeanwhile() throws Exception {
    KeySnapshot key = bench.create("a", ALGORITHM);
    RotateRequest rotation = VaultBench.rotation(key, "rotate");
    KeyVersion next = bench.backend.prepare(rotation, bench.call());
    bench.clock.advance(OLD);
    CapableBackend other = bench.another();
    Orphan orphan = other.orphans(Optional.empty(), bench.call()).orphans().get(0);
    bench.before(
        "POST " + DOCUMENT, () -> assertThat(other.discard(orphan, bench.call())).isTrue());

    for (FailureCode code : List.of(FailureCode.UNAVAILABLE, FailureCode.INVALID_STATE)) {
      BackendFailure refused =
          catchThrowableOfType(
              BackendFailure.class,
              () -> bench.backend.activate(rotation, next.id(), bench.call()));
      assertThat(refused.code()).isEqualTo(code);
    }
    assertThat(bench.backend.load(KeyName.of("a"), bench.call()).active())
        .map(KeyVersion::id)
        .contains(key.versions().get(0).id());
  }

  @Test
  void oneOfTwoDecisionsWins_andAnEnteredVersionIsNoDecision() throws Exception {
    KeySnapshot key = bench.create("a", ALGORITHM);
    RotateRequest slower = VaultBench.rotation(key, "slower");
    RotateRequest faster = VaultBench.rotation(key, "faster");
    KeyVersion next = bench.backend.prepare(slower, bench.call());
    CapableBackend other = bench.another();
    bench.before(
        "POST " + DOCUMENT,
        () -> {
          KeyVersion won = other.prepare(faster, bench.call());
          other.activate(faster, won.id(), bench.call());
        });

    BackendFailure lost =
        catchThrowableOfType(
            BackendFailure.class, () -> bench.backend.activate(slower, next.id(), bench.call()));

    assertThat(lost.code()).isEqualTo(FailureCode.CONFLICT);
    assertThat(bench.backend.load(key.name(), bench.call()).versions())
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.VERIFY_ONLY, KeyState.PENDING, KeyState.ACTIVE);
  }

  @Test
  void decidesByWhoReadsLate_afterWhatItDidNotSee() throws Exception {
    KeySnapshot key = bench.create("a", ALGORITHM);
    bench.clock.advance(Duration.ofSeconds(6));
    CapableBackend late = bench.late();
    assertThat(late.load(key.name(), bench.call()).active()).isPresent();
    KeySnapshot rotated = bench.rotate(key, "faster");

    // It sees one version still, and that it is active.
    RotateRequest slower = VaultBench.rotation(key, "slower");
    KeyVersion prepared = late.prepare(slower, bench.call());
    BackendFailure lost =
        catchThrowableOfType(
            BackendFailure.class, () -> late.activate(slower, prepared.id(), bench.call()));

    assertThat(lost.code()).isEqualTo(FailureCode.CONFLICT);
    assertThat(bench.backend.load(key.name(), bench.call()).active()).isEqualTo(rotated.active());
  }

  @Test
  void readsWhatItWroteItself_alsoWhereReadsAreLate() throws Exception {
    CapableBackend late = bench.late();
    KeySnapshot key = late.create(VaultBench.request("a", ALGORITHM, "create"), bench.call());
    RotateRequest rotation = VaultBench.rotation(key, "rotate");
    KeyVersion next = late.prepare(rotation, bench.call());
    assertThat(late.activate(rotation, next.id(), bench.call()).active())
        .map(KeyVersion::id)
        .contains(next.id());
    assertThat(late.load(key.name(), bench.call()).versions()).hasSize(2);
  }

  @Test
  void saysThatAStandbyReadsLate_whoOpensThereRightAfterAKeyWasMade() throws Exception {
    KeyName name = bench.create("a", ALGORITHM).name();
    CapableBackend late = bench.late();
    late.health(bench.call());
    bench.backend.health(bench.call());
    for (CapableBackend process : List.of(late, bench.backend)) {
      KeyName missing = process == late ? name : KeyName.of("b");
      BackendFailure none =
          catchThrowableOfType(BackendFailure.class, () -> process.load(missing, bench.call()));
      assertThat(none.code()).isEqualTo(FailureCode.NOT_FOUND);
      assertThat(none.failureClass()).isEqualTo(FailureClass.PERMANENT);
      assertThat(String.valueOf(none.getMessage()).contains("standby")).isEqualTo(process == late);
    }
    // It makes no second one of that name, but is told to look again.
    BackendFailure taken =
        catchThrowableOfType(
            BackendFailure.class,
            () -> late.create(VaultBench.request("a", ALGORITHM, "late"), bench.call()));
    assertThat(taken.failureClass()).isEqualTo(FailureClass.TRANSIENT);

    bench.clock.advance(Duration.ofSeconds(5));

    assertThat(late.load(name, bench.call()).active()).isPresent();
    // What it made before it was told is a leftover.
    bench.clock.advance(OLD);
    for (Orphan left : bench.orphans()) {
      assertThat(late.discard(left, bench.call())).isTrue();
    }
    assertThat(bench.transitKeys()).hasSize(1);
  }

  @Test
  void aPrivateKeyThatIsNotToBeSeenIsThereAllTheSame_untilItIsTooOldForThat() throws Exception {
    KeySnapshot key = bench.create("a", ALGORITHM);
    String transitKey = transitKey(key.versions().get(0));
    bench.administrator.write(transitKey + "/config", Map.of("deletion_allowed", true));
    bench.administrator.delete(transitKey);

    assertThat(bench.backend.load(key.name(), bench.call()).versions().get(0).state())
        .isEqualTo(KeyState.ACTIVE);
    BackendFailure notYet = refusal(key.ref(key.versions().get(0)));
    assertThat(notYet.failureClass()).isEqualTo(FailureClass.TRANSIENT);

    bench.clock.advance(OLD);
    assertThat(bench.backend.load(key.name(), bench.call()).versions().get(0).state())
        .isEqualTo(KeyState.DESTROYED);
    BackendFailure gone = refusal(key.ref(key.versions().get(0)));
    assertThat(gone.failureClass()).isEqualTo(FailureClass.PERMANENT);
    assertThat(gone.code()).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void refusesAPrivateKeyThatWasMadeAnew() throws Exception {
    KeySnapshot key = bench.create("a", ALGORITHM);
    String transitKey = transitKey(key.versions().get(0));
    bench.administrator.write(transitKey + "/config", Map.of("deletion_allowed", true));
    bench.administrator.delete(transitKey);
    bench.clock.advance(Duration.ofSeconds(1));
    bench.administrator.write(transitKey, Map.of("type", "ecdsa-p256"));

    BackendFailure refused =
        catchThrowableOfType(
            BackendFailure.class, () -> bench.backend.load(key.name(), bench.call()));

    assertThat(refused.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(refused).hasMessageContaining(transitKey);
  }

  @Test
  void switchesOffAndDestroysAVersionInTheMiddle_atTheServiceItself() throws Exception {
    KeySnapshot key = bench.create("a", ALGORITHM);
    key = bench.rotate(bench.rotate(key, "one"), "two");
    KeyVersion middle = key.versions().get(1);

    bench.backend.changeState(key.ref(middle), KeyState.DISABLED, bench.call());
    // By what a process knows that read the key while that version was active.
    BackendFailure refused = refusal(key.ref(middle.withState(KeyState.ACTIVE)));
    assertThat(refused.code()).isEqualTo(FailureCode.INVALID_STATE);

    KeySnapshot destroyed =
        bench.backend.changeState(key.ref(middle), KeyState.DESTROYED, bench.call());
    assertThat(destroyed.versions())
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.VERIFY_ONLY, KeyState.DESTROYED, KeyState.ACTIVE);
    assertThat(bench.administrator.read(transitKey(middle))).isEmpty();
    assertThat(destroyed.versions().get(1).publicKey()).isEqualTo(middle.publicKey());
  }

  @ParameterizedTest
  @ValueSource(strings = {"exportable", "allow_plaintext_backup"})
  void tellsOfAPrivateKeyThatMayBeExported_andCountsItAsSoftware_andDestroysIt(String way)
      throws Exception {
    KeySnapshot key = bench.create("a", ALGORITHM);
    String transitKey = transitKey(key.versions().get(0));
    bench.administrator.write(transitKey + "/config", Map.of(way, true));
    KeySnapshot read = bench.backend.load(key.name(), bench.call());
    assertThat(read.versions()).extracting(KeyVersion::assurance).containsOnly(Assurance.SOFTWARE);
    assertThat(bench.backend.health(bench.call()).findings())
        .extracting(Finding::observed)
        .anySatisfy(observed -> assertThat(observed).contains(transitKey, "exported"));
    KeyVersionRef first = key.ref(key.versions().get(0));
    bench.rotate(key, "rotate");
    bench.backend.changeState(first, KeyState.DISABLED, bench.call());
    bench.backend.changeState(first, KeyState.DESTROYED, bench.call());
    assertThat(bench.administrator.read(transitKey)).isEmpty();
  }

  @Test
  void refusesToTakeATransitKey_thatSomebodyElseMadeUnderItsName() throws Exception {
    String taken = PLACE.key(PLACE.transitKey(KeyName.of("a"), "create-a"));
    bench.administrator.write(taken, Map.of("type", "ecdsa-p256", "exportable", true));

    BackendFailure refused =
        catchThrowableOfType(BackendFailure.class, () -> bench.create("a", ALGORITHM));

    assertThat(refused.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(refused).hasMessageContaining(taken);
    assertThat(bench.administrator.read(DOCUMENT)).isEmpty();
  }

  @Test
  void namesNoTransitKeyOfAnotherKey_whateverTheDocumentSays() throws Exception {
    KeySnapshot production = bench.create("b", ALGORITHM);
    bench.create("a", ALGORITHM);
    String stolen = transitKey(production.versions().get(0)).substring("transit/keys/".length());
    String own =
        transitKey(bench.backend.load(KeyName.of("a"), bench.call()).versions().get(0))
            .substring("transit/keys/".length());
    String text = new String(Json.write(document()), UTF_8);
    Map<String, Object> edited =
        Json.object(text.replace(own, stolen).getBytes(UTF_8)).orElseThrow();
    bench.administrator.write(DOCUMENT, Map.of("data", edited));

    BackendFailure refused =
        catchThrowableOfType(
            BackendFailure.class, () -> bench.backend.load(KeyName.of("a"), bench.call()));

    assertThat(refused.code()).isEqualTo(FailureCode.CORRUPT);
  }

  @Test
  void takesNothingForALeftover_ofAKeyWhoseDocumentWasRolledBack() throws Exception {
    KeySnapshot key = bench.create("a", ALGORITHM);
    Map<String, Object> before = document();
    bench.rotate(key, "rotate");
    bench.administrator.write(DOCUMENT, Map.of("data", before));
    bench.clock.advance(OLD);

    assertThat(bench.orphans()).isEmpty();

    // Also after Enclave has written to it again.
    bench.rotate(bench.backend.load(key.name(), bench.call()), "another");
    bench.clock.advance(OLD);
    assertThat(bench.orphans()).isEmpty();
    assertThat(bench.backend.health(bench.call()).findings())
        .extracting(Finding::observed)
        .anySatisfy(observed -> assertThat(observed).contains(DOCUMENT, "rolled back"));
  }

  @Test
  void saysThatADocumentWasDeleted_andMakesNoOtherInItsPlace() throws Exception {
    KeySnapshot key = bench.create("a", ALGORITHM);
    bench.administrator.delete(DOCUMENT);
    for (BackendFailure refused :
        List.of(
            catchThrowableOfType(
                BackendFailure.class, () -> bench.backend.load(key.name(), bench.call())),
            catchThrowableOfType(BackendFailure.class, () -> bench.create("a", ALGORITHM)))) {
      assertThat(refused.code()).isEqualTo(FailureCode.CORRUPT);
      assertThat(refused).hasMessageContaining(DOCUMENT);
    }
  }

  @Test
  void takesNoVersionForItsOwn_thatSomebodyMadeByRotatingATransitKey() throws Exception {
    KeySnapshot key = bench.create("a", ALGORITHM);
    bench.administrator.write(transitKey(key.versions().get(0)) + "/rotate", Map.of("x", 1));
    assertThat(bench.backend.load(key.name(), bench.call())).isEqualTo(key);
    bench.backend.sign(key.ref(key.versions().get(0)), DIGEST, bench.call());
  }

  @Test
  void adoptsTheVersionThatIsNamed_andAsksWhichWhereThereAreSeveral() throws Exception {
    bench.administrator.write("transit/keys/old", Map.of("type", "ecdsa-p256"));
    bench.administrator.write("transit/keys/old/rotate", Map.of("x", 1));
    KeyName name = KeyName.of("adopted");
    KeySnapshot second = bench.backend.adopt(name, "transit/keys/old/2", bench.call());
    bench.backend.sign(second.ref(second.active().orElseThrow()), DIGEST, bench.call());
    assertThat(second.versions()).extracting(version -> version.id().value()).containsExactly("2");
    BackendFailure which =
        catchThrowableOfType(
            BackendFailure.class,
            () -> bench.backend.adopt(name, "transit/keys/old", bench.call()));
    assertThat(which.code()).isEqualTo(FailureCode.UNSUPPORTED);
    assertThat(which).hasMessageContaining("1 to 2");
  }

  @Test
  void adoptsAVersionOfItsOwn_withTheStampOfItsDocument() throws Exception {
    KeySnapshot key = bench.create("a", ALGORITHM);
    KeySnapshot adopted =
        bench.backend.adopt(KeyName.of("lent"), key.versions().get(0).providerUri(), bench.call());
    assertThat(adopted.stamp()).isEqualTo(key.stamp());
  }
}
