package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.internal.bench.KeptPublicKeys;
import dev.enclave.testkit.internal.bench.Workbench;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Public keys outlive private ones: the backend keeps them, or the engine destroys no version
 * before its audit log has the public key. The latter needs the engine on the class path.
 */
public interface PublicKeysContract extends BackendUnderTest {

  @Test
  default void keepsThePublicKeysOfAllVersions_whenTheyAreDestroyed() {
    Workbench.with(
        harness(),
        EnumSet.of(
            BackendTrait.KEEPS_PUBLIC_KEYS, BackendTrait.ROTATES, BackendTrait.CHANGES_STATE),
        bench -> {
          KeySnapshot key = bench.rotate(bench.create());
          for (KeyVersion version : key.versions()) {
            bench.changeState(key.ref(version), KeyState.DESTROYED);
          }
          requirePublicKeys(bench, key);
          if (bench.harness().expects(BackendTrait.PERSISTENT)) {
            bench.reopened(again -> requirePublicKeys(again, key));
          }
        });
  }

  private static void requirePublicKeys(Workbench bench, KeySnapshot before)
      throws InterruptedException {
    List<KeyVersion> versions = bench.load(before.name()).versions();
    assertThat(versions).extracting(KeyVersion::state).containsOnly(KeyState.DESTROYED);
    assertThat(versions)
        .extracting(KeyVersion::publicKey)
        .doesNotContain(Optional.empty())
        .containsExactlyElementsOf(before.versions().stream().map(KeyVersion::publicKey).toList());
  }

  @Test
  default void destroysAVersion_onlyWhereSomethingKeepsItsPublicKey() {
    Workbench.with(
        harness(),
        EnumSet.of(BackendTrait.CREATES, BackendTrait.ROTATES, BackendTrait.CHANGES_STATE),
        bench -> new KeptPublicKeys(bench).requireKept());
  }
}
