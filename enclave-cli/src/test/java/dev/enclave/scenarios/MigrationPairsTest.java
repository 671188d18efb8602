package dev.enclave.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.migration.MigrationWay;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * From each backend to each other one, over the wire, for every algorithm that both offer, and by
 * import from where keys can be given out; the short form has three pairs, imports from files into
 * each cloud, and the algorithms whose keys are made in a moment.
 */
@Tag("full")
@Tag("needs-openssl")
class MigrationPairsTest {

  private static final boolean LONG = Boolean.getBoolean("enclave.soak.migration-pairs");

  static Stream<Arguments> pairs() {
    return LONG
        ? SixPlaces.ALL.stream()
            .flatMap(
                source ->
                    SixPlaces.ALL.stream()
                        .filter(target -> !target.equals(source))
                        .map(target -> Arguments.of(source, target)))
        : Stream.of(
            Arguments.of(BackendId.SOFTWARE, BackendId.GCP_KMS),
            Arguments.of(BackendId.AWS_KMS, BackendId.AZURE_KEYVAULT),
            Arguments.of(BackendId.GCP_KMS, BackendId.AWS_KMS));
  }

  static Stream<Arguments> imports() {
    Stream<BackendId> sources =
        LONG
            ? Stream.of(BackendId.SOFTWARE, BackendId.OS, BackendId.KUBERNETES)
            : Stream.of(BackendId.SOFTWARE);
    List<BackendId> targets =
        LONG
            ? SixPlaces.ALL
            : List.of(BackendId.AWS_KMS, BackendId.AZURE_KEYVAULT, BackendId.GCP_KMS);
    return sources.flatMap(
        source ->
            targets.stream()
                .filter(target -> !target.equals(source))
                .map(target -> Arguments.of(source, target)));
  }

  private static List<SigningAlgorithm> algorithms() {
    return Stream.of(SigningAlgorithm.values())
        .filter(algorithm -> LONG || algorithm.curve().isPresent())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void aNewKeyTakesOver_andWhatTheOldOneSignedStaysValid(
      BackendId source, BackendId target, @TempDir Path folder) throws Exception {
    migrate(source, target, MigrationWay.SUCCESSION, folder);
  }

  @ParameterizedTest
  @MethodSource("imports")
  void theKeyItselfIsImported_andSignsThere(
      BackendId source, BackendId target, @TempDir Path folder) throws Exception {
    migrate(source, target, MigrationWay.IMPORT, folder);
  }

  private static void migrate(BackendId source, BackendId target, MigrationWay way, Path folder)
      throws IOException {
    List<SigningAlgorithm> run = new ArrayList<>();
    List<SigningAlgorithm> missing = new ArrayList<>();
    try (SixPlaces places = new SixPlaces(folder, Set.of(source, target));
        Enclave enclave = places.open(source)) {
      if (way == MigrationWay.IMPORT) {
        places.warmImports(target);
      }
      for (SigningAlgorithm algorithm : algorithms()) {
        (migrates(enclave, target, way, algorithm, folder) ? run : missing).add(algorithm);
      }
    }
    System.out.println(
        "migrated from %s to %s by %s: %s algorithms; not possible: %s"
            .formatted(
                source,
                target,
                way,
                run.size(),
                missing.stream().map(Enum::name).collect(Collectors.joining(", "))));
    assertThat(run).isNotEmpty();
  }

  /** Whether it is possible; a plan says so before anything is changed. */
  private static boolean migrates(
      Enclave enclave, BackendId target, MigrationWay way, SigningAlgorithm algorithm, Path folder)
      throws IOException {
    SigningKey key;
    try {
      key =
          enclave.createKey(
              KeySpec.named(algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                  .algorithm(algorithm));
    } catch (EnclaveException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_ALGORITHM);
      return false;
    }
    SignatureValue before = Migrated.sign(key);
    MigrationPlan plan = enclave.admin().migrations().plan(key.handle(), target, way);
    if (plan.way().isEmpty()) {
      assertThat(plan.obstacles().get(way))
          .isIn(
              target + " does not offer " + algorithm,
              target + " imports no keys for " + algorithm);
      return false;
    }
    assertThat(plan.way()).contains(way);
    List<MigrationRecord> kept = new ArrayList<>();
    MigrationRecord record =
        enclave.admin().migrations().run(MigrationProposal.unsigned(plan), kept::add);
    assertThat(kept).containsExactly(record);
    assertThat(record.toPublicKey().equals(plan.publicKey())).isEqualTo(way == MigrationWay.IMPORT);
    new Migrated(folder).require(enclave, record, before);
    return true;
  }
}
