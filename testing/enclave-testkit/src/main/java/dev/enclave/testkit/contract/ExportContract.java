package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyExporter;
import dev.enclave.testkit.internal.bench.WholeKeys;
import dev.enclave.testkit.internal.bench.Workbench;
import java.util.EnumSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Keys go out whole: every version, with the private key that belongs to its public one. */
public interface ExportContract extends BackendUnderTest {

  @Test
  default void exportsAKey_withItsPrivateKey() {
    Workbench.with(
        harness(),
        BackendTrait.EXPORTS,
        bench -> {
          KeyExporter exporter = bench.capability(KeyExporter.class);
          KeySnapshot key = bench.create();
          assertThat(key.exportable()).as("says that it can be exported").isTrue();
          try (ExportedKey exported = bench.succeed(call -> exporter.export(key.name(), call))) {
            assertThat(exported.name()).isEqualTo(key.name());
            assertThat(exported.rotation()).isEqualTo(key.rotation());
            assertThat(StampReading.found(exported.stamp())).isEqualTo(key.stamp());
            WholeKeys.requireSame(key, exported);
            requirePrivateKeys(bench, exported);
          }
        });
  }

  @Test
  default void exportsEveryVersionInItsState() {
    Workbench.with(
        harness(),
        EnumSet.of(BackendTrait.EXPORTS, BackendTrait.ROTATES, BackendTrait.CHANGES_STATE),
        bench -> {
          KeyExporter exporter = bench.capability(KeyExporter.class);
          KeySnapshot key = bench.rotate(bench.rotate(bench.rotate(bench.create())));
          bench.changeState(key.ref(key.versions().get(0)), KeyState.DESTROYED);
          bench.changeState(key.ref(key.versions().get(1)), KeyState.DISABLED);
          bench.prepare(bench.rotateRequest(key, KeyState.VERIFY_ONLY));
          KeySnapshot now = bench.load(key.name());
          assertThat(now.versions()).hasSize(5);
          try (ExportedKey exported = bench.succeed(call -> exporter.export(key.name(), call))) {
            WholeKeys.requireSame(now, exported);
            requirePrivateKeys(bench, exported);
          }
          assertThat(bench.load(key.name())).as("the key after it was exported").isEqualTo(now);
        });
  }

  private static void requirePrivateKeys(Workbench bench, ExportedKey exported) {
    for (Version version : exported.versions()) {
      Optional<SecretBytes> material = version.material();
      if (material.isPresent()) {
        try (LocalKey read =
            LocalKey.decode(exported.algorithm(), material.get(), bench.harness().random())) {
          assertThat(read.publicKey())
              .as("the private key of version " + version.id())
              .isEqualTo(version.publicKey());
        }
      }
    }
  }

  @Test
  default void exportsDestroyedVersions_soThatTheFirstPublicKeyStays() {
    Workbench.with(
        harness(),
        EnumSet.of(BackendTrait.EXPORTS, BackendTrait.ROTATES, BackendTrait.CHANGES_STATE),
        bench -> {
          KeyExporter exporter = bench.capability(KeyExporter.class);
          KeySnapshot key = bench.rotate(bench.create());
          KeyVersion first = key.versions().get(0);
          bench.changeState(key.ref(first), KeyState.DESTROYED);
          Optional<?> kept = bench.load(key.name()).versions().get(0).publicKey();
          try (ExportedKey exported = bench.succeed(call -> exporter.export(key.name(), call))) {
            assertThat(exported.versions().get(0).id()).isEqualTo(first.id());
            assertThat(exported.versions().get(0).publicKey()).isEqualTo(kept);
            assertThat(exported.versions().get(0).material()).isEmpty();
          }
        });
  }

  @Test
  default void exportsNothing_ofAnUnknownName() {
    Workbench.with(
        harness(),
        BackendTrait.EXPORTS,
        bench -> {
          KeyExporter exporter = bench.capability(KeyExporter.class);
          bench.refuse(FailureCode.NOT_FOUND, call -> exporter.export(bench.freshName(), call));
        });
  }

  @Test
  default void exportsNothing_onceClosed() {
    Workbench.with(
        harness(),
        BackendTrait.EXPORTS,
        bench -> {
          KeyExporter exporter = bench.capability(KeyExporter.class);
          KeySnapshot key = bench.create();
          bench.backend().close();
          bench.refuse(FailureCode.CLOSED, call -> exporter.export(key.name(), call));
        });
  }
}
