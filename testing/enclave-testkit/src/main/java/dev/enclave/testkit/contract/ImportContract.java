package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningInput;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.KeyImporter.ImportSupport;
import dev.enclave.spi.backend.KeyWrapper;
import dev.enclave.spi.backend.RestoreRequest;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.internal.bench.Verification;
import dev.enclave.testkit.internal.bench.WholeKeys;
import dev.enclave.testkit.internal.bench.Workbench;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;

/** Keys come in whole, as they were, under a name that is free; or not at all. */
public interface ImportContract extends BackendUnderTest {

  @Test
  default void restoresEveryVersion_asItWas() {
    Workbench.with(
        harness(),
        BackendTrait.IMPORTS,
        bench -> {
          try (ExportedKey key = manyVersions(bench)) {
            KeySnapshot restored = restore(bench, WholeKeys.request(bench, key));
            WholeKeys.requireRestored(restored, key, support(bench));
            assertThat(bench.load(restored.name())).isEqualTo(restored);
          }
        });
  }

  private static ImportSupport support(Workbench bench) {
    return bench.capability(KeyImporter.class).importSupport();
  }

  /** The signing algorithm it imports whose keys are made fastest. */
  private static KeyAlgorithm algorithm(Workbench bench) {
    return support(bench).algorithms().stream()
        .filter(algorithm -> algorithm.purpose() == KeyPurpose.SIGN)
        .min(Comparator.comparing(KeyAlgorithm.all()::indexOf))
        .orElseGet(() -> fail("no signing algorithm is imported"));
  }

  private static ExportedKey manyVersions(Workbench bench) {
    return WholeKeys.made(
        bench,
        algorithm(bench),
        KeyState.DESTROYED,
        KeyState.DISABLED,
        KeyState.VERIFY_ONLY,
        KeyState.ACTIVE,
        KeyState.PENDING);
  }

  private static KeySnapshot restore(Workbench bench, RestoreRequest request)
      throws InterruptedException {
    KeyImporter importer = bench.capability(KeyImporter.class);
    KeySnapshot restored =
        bench.succeed(request.operationId(), call -> importer.restore(request, call));
    assertThat(restored.name()).isEqualTo(request.name());
    bench.awaitKey(request.name(), restored::equals);
    return restored;
  }

  @Test
  default void saysThatARestoredKeyWasImported() {
    Workbench.with(
        harness(),
        BackendTrait.IMPORTS,
        bench -> {
          try (ExportedKey key = manyVersions(bench)) {
            KeySnapshot restored = restore(bench, WholeKeys.request(bench, key));
            assertThat(restored.versions())
                .extracting(KeyVersion::origin)
                .containsOnly(KeyOrigin.IMPORTED);
          }
        });
  }

  @Test
  default void stampsARestoredKey_asAsked() {
    Workbench.with(
        harness(),
        EnumSet.of(BackendTrait.IMPORTS, BackendTrait.STAMPS),
        bench -> {
          try (ExportedKey key = WholeKeys.made(bench, algorithm(bench), KeyState.ACTIVE)) {
            RestoreRequest request = WholeKeys.request(bench, key);
            assertThat(restore(bench, request).stamp()).isEqualTo(StampReading.of(request.stamp()));
          }
        });
  }

  @Test
  default void signsWithARestoredKey() {
    Workbench.with(
        harness(),
        BackendTrait.IMPORTS,
        bench -> {
          try (ExportedKey key = manyVersions(bench)) {
            KeySnapshot restored = restore(bench, WholeKeys.request(bench, key));
            KeyVersion active = restored.active().orElseThrow();
            SigningInput input = bench.input(restored.algorithm());
            Verification.requireSigned(active, input, bench.sign(restored.ref(active), input));
          }
        });
  }

  @Test
  default void doesNotSign_withARestoredVersionThatIsNotActive() {
    Workbench.with(
        harness(),
        BackendTrait.IMPORTS,
        bench -> {
          try (ExportedKey key = manyVersions(bench)) {
            KeySnapshot restored = restore(bench, WholeKeys.request(bench, key));
            SigningInput input = bench.input(restored.algorithm());
            for (KeyVersion version : restored.versions()) {
              if (version.state() != KeyState.ACTIVE) {
                bench.refuse(
                    FailureCode.INVALID_STATE,
                    call -> bench.sign(restored.ref(version), input, call));
              }
            }
          }
        });
  }

  @Test
  default void opensWhatARestoredKeyWrappedBefore() {
    Workbench.with(
        harness(),
        EnumSet.of(BackendTrait.IMPORTS, BackendTrait.WRAPS),
        bench -> {
          KeyWrapper wrapper = bench.capability(KeyWrapper.class);
          if (!support(bench).algorithms().contains(WrappingAlgorithm.AES_256_GCM)) {
            return; // That it is refused is another test's.
          }
          try (ExportedKey kek =
                  WholeKeys.made(bench, WrappingAlgorithm.AES_256_GCM, KeyState.ACTIVE);
              SecretBytes dataKey = SecretBytes.takeOver(randomBytes(bench))) {
            KeySnapshot one = restore(bench, WholeKeys.request(bench, kek));
            KeySnapshot other = restore(bench, WholeKeys.request(bench, kek));
            Bytes wrapped =
                bench.succeed(call -> wrapper.wrap(one.ref(one.versions().get(0)), dataKey, call));
            try (SecretBytes opened =
                bench.succeed(
                    call -> wrapper.unwrap(other.ref(other.versions().get(0)), wrapped, call))) {
              assertThat(opened.exposeSecret()).isEqualTo(dataKey.exposeSecret());
            }
          }
        });
  }

  private static byte[] randomBytes(Workbench bench) {
    byte[] bytes = new byte[32];
    bench.harness().random().nextBytes(bytes);
    return bytes;
  }

  @Test
  default void givesTheNextVersionAnIdOfItsOwn_afterRestoring() {
    Workbench.with(
        harness(),
        EnumSet.of(BackendTrait.IMPORTS, BackendTrait.ROTATES),
        bench -> {
          try (ExportedKey key =
              WholeKeys.made(
                  bench,
                  algorithm(bench),
                  KeyState.VERIFY_ONLY,
                  KeyState.ACTIVE,
                  KeyState.DESTROYED)) {
            KeySnapshot restored = restore(bench, WholeKeys.request(bench, key));
            KeySnapshot rotated = bench.rotate(restored);
            KeyVersionId next = rotated.active().orElseThrow().id();
            assertThat(restored.version(next)).as("a version of that id before").isEmpty();
            assertThat(rotated.versions()).hasSize(restored.versions().size() + 1);
            assertThat(rotated.active().orElseThrow().origin()).isNotEqualTo(KeyOrigin.IMPORTED);
          }
        });
  }

  @Test
  default void importsOnlyWhatItOffers() {
    Workbench.with(
        harness(),
        BackendTrait.IMPORTS,
        bench ->
            assertThat(bench.backend().describe().algorithms().keySet())
                .containsAll(support(bench).algorithms()));
  }

  @Test
  default void restoresAKeyOfEveryFamilyItImports() {
    Workbench.with(
        harness(),
        BackendTrait.IMPORTS,
        bench -> {
          Map<KeyAlgorithm.Family, KeyAlgorithm> fastest = new EnumMap<>(KeyAlgorithm.Family.class);
          for (KeyAlgorithm algorithm : support(bench).algorithms()) {
            fastest.merge(
                algorithm.family(),
                algorithm,
                BinaryOperator.minBy(Comparator.comparing(KeyAlgorithm.all()::indexOf)));
          }
          for (KeyAlgorithm algorithm : fastest.values()) {
            try (ExportedKey key = WholeKeys.made(bench, algorithm, KeyState.ACTIVE)) {
              KeySnapshot restored = restore(bench, WholeKeys.request(bench, key));
              WholeKeys.requireRestored(restored, key, support(bench));
            }
          }
        });
  }

  @Test
  default void refusesToRestore_whatItDoesNotImport() {
    Workbench.with(
        harness(),
        BackendTrait.IMPORTS,
        bench -> {
          KeyImporter importer = bench.capability(KeyImporter.class);
          for (KeyAlgorithm algorithm : KeyAlgorithm.all()) {
            if (support(bench).algorithms().contains(algorithm)) {
              continue;
            }
            try (ExportedKey key = WholeKeys.junk(bench, algorithm)) {
              RestoreRequest request = WholeKeys.request(bench, key);
              BackendFailure refusal =
                  bench.refuse(FailureCode.UNSUPPORTED, call -> importer.restore(request, call));
              assertThat(refusal).hasMessageContaining(algorithm.name());
              bench.refuse(
                  FailureCode.NOT_FOUND, call -> bench.backend().load(request.name(), call));
            }
          }
        });
  }

  @Test
  default void refusesToRestore_underANameThatIsTaken() {
    Workbench.with(
        harness(),
        BackendTrait.IMPORTS,
        bench -> {
          KeyImporter importer = bench.capability(KeyImporter.class);
          KeySnapshot taken = bench.create();
          try (ExportedKey key = WholeKeys.made(bench, algorithm(bench), KeyState.ACTIVE)) {
            RestoreRequest request =
                RestoreRequest.of(
                    taken.name(), bench.harness().environment(), key, bench.freshId());
            bench.refuse(FailureCode.ALREADY_EXISTS, call -> importer.restore(request, call));
          }
          assertThat(bench.load(taken.name())).isEqualTo(taken);
        });
  }

  @Test
  default void returnsTheSameKey_whenTheSameOperationRestoresAgain() {
    Workbench.with(
        harness(),
        BackendTrait.IMPORTS,
        bench -> {
          try (ExportedKey key = manyVersions(bench)) {
            RestoreRequest request = WholeKeys.request(bench, key);
            KeySnapshot first = restore(bench, request);
            assertThat(restore(bench, request)).isEqualTo(first);
          }
        });
  }

  @Test
  default void refusesToRestore_aPrivateKeyThatIsNotItsPublicKeys() {
    Workbench.with(
        harness(),
        BackendTrait.IMPORTS,
        bench -> {
          KeyImporter importer = bench.capability(KeyImporter.class);
          KeyAlgorithm algorithm = algorithm(bench);
          try (ExportedKey one = WholeKeys.made(bench, algorithm, KeyState.ACTIVE);
              ExportedKey other = WholeKeys.made(bench, algorithm, KeyState.ACTIVE)) {
            RestoreRequest request = WholeKeys.request(bench, mixed(one, other));
            bench.refuse(FailureCode.REJECTED, call -> importer.restore(request, call));
            bench.refuse(FailureCode.NOT_FOUND, call -> bench.backend().load(request.name(), call));
          }
        });
  }

  private static ExportedKey mixed(ExportedKey one, ExportedKey other) {
    Version version = one.versions().get(0);
    return ExportedKey.of(
        one.name(),
        one.algorithm(),
        one.rotation(),
        one.stamp(),
        List.of(
            Version.of(
                version.id(),
                version.state(),
                version.createdAt(),
                other.versions().get(0).publicKey(),
                version.material())));
  }

  @Test
  default void restoresAKeyWithoutAnActiveVersion() {
    Workbench.with(
        harness(),
        BackendTrait.IMPORTS,
        bench -> {
          try (ExportedKey key = WholeKeys.made(bench, algorithm(bench), KeyState.DISABLED)) {
            KeySnapshot restored = restore(bench, WholeKeys.request(bench, key));
            assertThat(restored.active()).isEqualTo(Optional.empty());
          }
        });
  }

  @Test
  default void keepsARestoredKeyOverReopening_exactlyIfPersistent() {
    BackendHarness harness = harness();
    Workbench.with(
        harness,
        BackendTrait.IMPORTS,
        bench -> {
          try (ExportedKey key = manyVersions(bench)) {
            KeySnapshot restored = restore(bench, WholeKeys.request(bench, key));
            bench.backend().close();
            Workbench.with(
                harness,
                reopened -> {
                  if (harness.expects(BackendTrait.PERSISTENT)) {
                    // Some places tell no public key of a version that is off.
                    WholeKeys.requireSameVersions(reopened.load(restored.name()), restored);
                  } else {
                    reopened.refuse(
                        FailureCode.NOT_FOUND,
                        call -> reopened.backend().load(restored.name(), call));
                  }
                });
          }
        });
  }

  @Test
  default void restoresNothing_onceClosed() {
    Workbench.with(
        harness(),
        BackendTrait.IMPORTS,
        bench -> {
          KeyImporter importer = bench.capability(KeyImporter.class);
          try (ExportedKey key = WholeKeys.made(bench, algorithm(bench), KeyState.ACTIVE)) {
            bench.backend().close();
            bench.refuse(
                FailureCode.CLOSED, call -> importer.restore(WholeKeys.request(bench, key), call));
          }
        });
  }
}
