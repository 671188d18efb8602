package dev.enclave.emulators.gcp;

import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_ED25519;
import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_P256_SHA256;
import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_P384_SHA384;
import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.GOOGLE_SYMMETRIC_ENCRYPTION;
import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.HMAC_SHA256;
import static dev.enclave.emulators.gcp.GcpRefusals.assertRefused;
import static dev.enclave.emulators.gcp.GcpRefusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.StatusCode.Code;
import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.KeyRing;
import com.google.cloud.kms.v1.ListCryptoKeysRequest;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.ManualClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GcpKeysTest {

  private static final long DAY = 86_400;

  private final ManualClock clock = new ManualClock();
  private final GcpKmsServer server =
      GcpKmsServer.builder()
          .clock(clock)
          .tokenLifetime(java.time.Duration.ofDays(365))
          .mostItemsPerPage(2)
          .start();
  private final KeyManagementServiceClient kms = GcpClients.kms(server);
  private final String ring = GcpKeys.ring(kms, server).getName();

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  @Test
  void aKeyRingIsMadeOnce() {
    assertThat(kms.getKeyRing(ring).getName()).isEqualTo(server.locationName() + "/keyRings/ring");
    assertThat(kms.getKeyRing(ring).hasCreateTime()).isTrue();
    assertRefused(
        () -> kms.createKeyRing(server.locationName(), "ring", KeyRing.getDefaultInstance()),
        Code.ALREADY_EXISTS,
        ring + " already exists");
    assertRefused(
        () -> kms.getKeyRing(server.locationName() + "/keyRings/none"),
        Code.NOT_FOUND,
        "keyRings/none not found");
  }

  @Test
  void keyRingsOfALocationAreListed_pageByPage() {
    for (String id : List.of("b", "a", "c", "d")) {
      kms.createKeyRing(server.locationName(), id, KeyRing.getDefaultInstance());
    }
    kms.createKeyRing(server.locationName("global"), "other", KeyRing.getDefaultInstance());

    assertThat(kms.listKeyRings(server.locationName()).iterateAll())
        .extracting(one -> one.getName().replaceFirst(".*/", ""))
        .containsExactly("a", "b", "c", "d", "ring");
    assertThat(kms.listKeyRings(server.locationName()).getPage().getResponse().getTotalSize())
        .isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "with.dot", "with/slash", "é"})
  void idsHaveAGrammar(String id) {
    assertRefused(
        () -> kms.createCryptoKey(ring, id, signing()), Code.INVALID_ARGUMENT, "crypto_key_id");
    assertRefused(
        () -> kms.createKeyRing(server.locationName(), id, KeyRing.getDefaultInstance()),
        Code.INVALID_ARGUMENT);
  }

  @Test
  void idsHaveAtMost63Characters() {
    assertThat(kms.createCryptoKey(ring, "Ab_-".repeat(15) + "123", signing()).getName())
        .endsWith("Ab_-123");
    assertRefused(
        () -> kms.createCryptoKey(ring, "a".repeat(64), signing()), Code.INVALID_ARGUMENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "key",
        "projects/emulated/locations/europe-west1/keyRings/ring",
        "projects/emulated/locations/europe-west1/keyRings/ring/cryptoKeys/",
        "/projects/emulated/locations/europe-west1/keyRings/ring/cryptoKeys/key"
      })
  void whatIsNoNameIsRefused(String name) {
    assertRefused(() -> kms.getCryptoKey(name), Code.INVALID_ARGUMENT);
  }

  @Test
  void aKeyIsMadeOnce_howeverManyTry() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Callable<Boolean>> attempts = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      attempts.add(this::createsKey);
    }
    int won = 0;
    for (Future<Boolean> attempt : threads.invokeAll(attempts)) {
      won += attempt.get() ? 1 : 0;
    }
    threads.shutdown();

    assertThat(won).isEqualTo(1);
    assertThat(kms.getCryptoKey(ring + "/cryptoKeys/key").getPurpose())
        .isEqualTo(CryptoKeyPurpose.ASYMMETRIC_SIGN);
  }

  private boolean createsKey() {
    try {
      kms.createCryptoKey(ring, "key", signing());
      return true;
    } catch (com.google.api.gax.rpc.AlreadyExistsException e) {
      return false;
    }
  }

  @Test
  void aSigningKeyHasNoPrimaryVersion_andASoftwareKeyUnlessAskedOtherwise() {
    CryptoKey.Builder asked = GcpKeys.signing(EC_SIGN_ED25519);
    asked.getVersionTemplateBuilder().clearProtectionLevel();

    CryptoKey key = kms.createCryptoKey(ring, "key", asked.build());

    assertThat(key.hasPrimary()).isFalse();
    assertThat(key.getVersionTemplate().getProtectionLevel()).isEqualTo(ProtectionLevel.SOFTWARE);
    assertThat(key.getDestroyScheduledDuration().getSeconds()).isEqualTo(30 * DAY);
    CryptoKeyVersion version = kms.getCryptoKeyVersion(GcpKeys.version(key, 1));
    assertThat(version.getProtectionLevel()).isEqualTo(ProtectionLevel.SOFTWARE);
    assertThat(version.getAlgorithm()).isEqualTo(EC_SIGN_ED25519);
    assertThat(version.hasAttestation()).isFalse();
  }

  @Test
  void anEncryptionKeyNeedsNoAlgorithm_andHasAPrimaryVersion() {
    CryptoKey key =
        kms.createCryptoKey(
            ring,
            "key",
            CryptoKey.newBuilder().setPurpose(CryptoKeyPurpose.ENCRYPT_DECRYPT).build());

    assertThat(key.getVersionTemplate().getAlgorithm()).isEqualTo(GOOGLE_SYMMETRIC_ENCRYPTION);
    assertThat(key.getPrimary().getName()).isEqualTo(GcpKeys.version(key, 1));
  }

  @Test
  void purposeAndAlgorithmMustBeThere_andFitTogether() {
    CryptoKey none = CryptoKey.getDefaultInstance();
    CryptoKey noAlgorithm =
        CryptoKey.newBuilder().setPurpose(CryptoKeyPurpose.ASYMMETRIC_SIGN).build();
    CryptoKey misfit =
        GcpKeys.of(
                CryptoKeyPurpose.ASYMMETRIC_SIGN, GOOGLE_SYMMETRIC_ENCRYPTION, ProtectionLevel.HSM)
            .build();
    CryptoKey mac = GcpKeys.of(CryptoKeyPurpose.MAC, HMAC_SHA256, ProtectionLevel.SOFTWARE).build();

    assertRefused(() -> kms.createCryptoKey(ring, "key", none), Code.INVALID_ARGUMENT, "purpose");
    assertRefused(
        () -> kms.createCryptoKey(ring, "key", noAlgorithm), Code.INVALID_ARGUMENT, "algorithm");
    assertRefused(() -> kms.createCryptoKey(ring, "key", misfit), Code.INVALID_ARGUMENT);
    assertRefused(() -> kms.createCryptoKey(ring, "key", mac), Code.UNIMPLEMENTED);
    assertRefused(
        () -> kms.createCryptoKey(ring + "x", "key", signing()), Code.NOT_FOUND, "KeyRing");
  }

  /** As Google refused it live in July 2026, word for word. */
  @ParameterizedTest
  @CsvSource({"EC_SIGN_ED25519, HSM", "EC_SIGN_SECP256K1_SHA256, SOFTWARE"})
  void notEveryLevelHasEveryAlgorithm(CryptoKeyVersionAlgorithm algorithm, ProtectionLevel level) {
    CryptoKey asked = GcpKeys.of(CryptoKeyPurpose.ASYMMETRIC_SIGN, algorithm, level).build();

    assertRefused(
        () -> kms.createCryptoKey(ring, "key", asked),
        Code.INVALID_ARGUMENT,
        "Algorithm " + algorithm + " is not supported for protection level: " + level);
    ApiException refused = refusal(() -> kms.createCryptoKey(ring, "key", asked));
    assertThat(refused.getReason()).isEqualTo("ALGORITHM_NOT_SUPPORTED_FOR_PROTECTION_LEVEL");
    assertThat(refused.getMetadata())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("algorithm", algorithm.name(), "protection_level", level.name()));
  }

  @Test
  void aKeyCanBeginWithoutAVersion() {
    CryptoKey key = create("key", GcpKeys.signing(EC_SIGN_ED25519), true);

    assertThat(kms.listCryptoKeyVersions(key.getName()).iterateAll()).isEmpty();
    assertRefused(
        () -> kms.getCryptoKeyVersion(GcpKeys.version(key, 1)), Code.NOT_FOUND, "not found");
    CryptoKeyVersion made =
        kms.createCryptoKeyVersion(
            key.getName(),
            CryptoKeyVersion.newBuilder().setState(CryptoKeyVersionState.DISABLED).build());
    assertThat(made.getName()).isEqualTo(GcpKeys.version(key, 1));
    assertThat(made.getState()).isEqualTo(CryptoKeyVersionState.DISABLED);
  }

  @Test
  void anImportOnlyKeyMakesNoVersions() {
    CryptoKey.Builder asked = GcpKeys.signing(EC_SIGN_ED25519).setImportOnly(true);
    assertRefused(() -> create("key", asked, false), Code.INVALID_ARGUMENT);

    CryptoKey key = create("key", asked, true);

    assertThat(key.getImportOnly()).isTrue();
    assertRefused(
        () -> kms.createCryptoKeyVersion(key.getName(), CryptoKeyVersion.getDefaultInstance()),
        Code.FAILED_PRECONDITION);
  }

  @Test
  void destructionWaitsBetweenADayAnd120() {
    for (long seconds : new long[] {DAY - 1, 120 * DAY + 1, -1}) {
      CryptoKey asked =
          GcpKeys.signing(EC_SIGN_ED25519)
              .setDestroyScheduledDuration(Duration.newBuilder().setSeconds(seconds))
              .build();
      assertRefused(() -> kms.createCryptoKey(ring, "key", asked), Code.INVALID_ARGUMENT);
    }
  }

  @Test
  void keysAreListed_pageByPage() {
    IntStream.range(0, 5).forEach(i -> kms.createCryptoKey(ring, "key" + i, signing()));

    var page = kms.listCryptoKeys(ring).getPage();
    assertThat(page.getValues()).hasSize(2);
    assertThat(page.getResponse().getTotalSize()).isEqualTo(5);
    assertThat(kms.listCryptoKeys(ring).iterateAll()).hasSize(5);
    assertRefused(
        () -> kms.listCryptoKeys(list().setPageToken("!").build()).getPage(),
        Code.INVALID_ARGUMENT);
    assertRefused(
        () -> kms.listCryptoKeys(list().setPageToken("nonsense").build()).getPage(),
        Code.INVALID_ARGUMENT);
    assertRefused(
        () -> kms.listCryptoKeys(list().setPageSize(-1).build()).getPage(), Code.INVALID_ARGUMENT);
    assertRefused(
        () -> kms.listCryptoKeys(list().setFilter("name:x").build()).getPage(), Code.UNIMPLEMENTED);
  }

  @Test
  void labelsAreReplacedAsAWhole() {
    CryptoKey key =
        kms.createCryptoKey(
            ring,
            "key",
            GcpKeys.signing(EC_SIGN_ED25519).putLabels("a", "1").putLabels("b", "").build());
    assertThat(key.getLabelsMap()).isEqualTo(Map.of("a", "1", "b", ""));

    CryptoKey updated = update(key.toBuilder().clearLabels().putLabels("c", "3"), "labels");

    assertThat(updated.getLabelsMap()).isEqualTo(Map.of("c", "3"));
    assertThat(kms.getCryptoKey(key.getName()).getLabelsMap()).isEqualTo(Map.of("c", "3"));
  }

  @Test
  void labelsHaveLimits() {
    Map<String, String> many = new HashMap<>();
    IntStream.range(0, 64).forEach(i -> many.put("l" + i, "v"));
    assertThat(
            create("key", GcpKeys.signing(EC_SIGN_ED25519).putAllLabels(many), true)
                .getLabelsCount())
        .isEqualTo(64);
    many.put("one-more", "v");

    for (Map<String, String> labels :
        List.of(
            many,
            Map.of("Upper", "v"),
            Map.of("1digit", "v"),
            Map.of("", "v"),
            Map.of("k".repeat(64), "v"),
            Map.of("k", "v".repeat(64)),
            Map.of("k", "Upper"),
            Map.of("k", "with space"))) {
      assertRefused(
          () -> create("other", GcpKeys.signing(EC_SIGN_ED25519).putAllLabels(labels), true),
          Code.INVALID_ARGUMENT,
          "label");
    }
  }

  @Test
  void anAlgorithmCanBeChanged_forVersionsToCome() {
    CryptoKey key = kms.createCryptoKey(ring, "key", GcpKeys.signing(EC_SIGN_P256_SHA256).build());

    update(
        key.toBuilder()
            .setVersionTemplate(
                CryptoKeyVersionTemplate.newBuilder().setAlgorithm(EC_SIGN_P384_SHA384)),
        "version_template.algorithm");

    CryptoKeyVersion second =
        kms.createCryptoKeyVersion(key.getName(), CryptoKeyVersion.getDefaultInstance());
    assertThat(second.getAlgorithm()).isEqualTo(EC_SIGN_P384_SHA384);
    assertThat(second.getProtectionLevel()).isEqualTo(ProtectionLevel.HSM);
    assertThat(kms.getCryptoKeyVersion(GcpKeys.version(key, 1)).getAlgorithm())
        .isEqualTo(EC_SIGN_P256_SHA256);
  }

  @Test
  void whatIsImmutableStaysSo() {
    CryptoKey key = kms.createCryptoKey(ring, "key", signing());

    for (String field :
        List.of("purpose", "destroy_scheduled_duration", "import_only", "primary")) {
      assertRefused(() -> update(key.toBuilder(), field), Code.INVALID_ARGUMENT, field);
    }
    assertRefused(
        () -> kms.updateCryptoKey(key, FieldMask.getDefaultInstance()), Code.INVALID_ARGUMENT);
  }

  @Test
  void anEncryptionKeyRotatesByItself() {
    CryptoKey key =
        kms.createCryptoKey(
            ring,
            "key",
            GcpKeys.encrypting(ProtectionLevel.HSM)
                .setNextRotationTime(inSeconds(DAY))
                .setRotationPeriod(Duration.newBuilder().setSeconds(7 * DAY))
                .build());

    clock.advance(java.time.Duration.ofDays(9));

    CryptoKey rotated = kms.getCryptoKey(key.getName());
    assertThat(rotated.getPrimary().getName()).isEqualTo(GcpKeys.version(key, 3));
    assertThat(rotated.getNextRotationTime().getSeconds())
        .isEqualTo(key.getNextRotationTime().getSeconds() + 14 * DAY);
  }

  @Test
  void rotationHasRules() {
    assertRefused(
        () ->
            kms.createCryptoKey(
                ring,
                "key",
                GcpKeys.signing(EC_SIGN_ED25519).setNextRotationTime(inSeconds(DAY)).build()),
        Code.INVALID_ARGUMENT);
    CryptoKey.Builder asked =
        GcpKeys.encrypting(ProtectionLevel.HSM)
            .setRotationPeriod(Duration.newBuilder().setSeconds(DAY));
    assertRefused(() -> create("key", asked, false), Code.INVALID_ARGUMENT, "next_rotation_time");
    asked.setNextRotationTime(inSeconds(-DAY));
    assertRefused(() -> create("key", asked, false), Code.INVALID_ARGUMENT, "future");
    asked
        .setNextRotationTime(inSeconds(DAY))
        .setRotationPeriod(Duration.newBuilder().setSeconds(DAY - 1));
    assertRefused(() -> create("key", asked, false), Code.INVALID_ARGUMENT, "rotation_period");
  }

  private Timestamp inSeconds(long seconds) {
    return Timestamp.newBuilder().setSeconds(clock.instant().getEpochSecond() + seconds).build();
  }

  private ListCryptoKeysRequest.Builder list() {
    return ListCryptoKeysRequest.newBuilder().setParent(ring);
  }

  private static CryptoKey signing() {
    return GcpKeys.signing(EC_SIGN_ED25519).build();
  }

  private CryptoKey create(String id, CryptoKey.Builder key, boolean skipsVersion) {
    return kms.createCryptoKey(
        CreateCryptoKeyRequest.newBuilder()
            .setParent(ring)
            .setCryptoKeyId(id)
            .setCryptoKey(key)
            .setSkipInitialVersionCreation(skipsVersion)
            .build());
  }

  private CryptoKey update(CryptoKey.Builder key, String field) {
    return kms.updateCryptoKey(key.build(), FieldMask.newBuilder().addPaths(field).build());
  }
}
