package dev.enclave.testkit.contract;

import dev.enclave.KeyVersion;
import dev.enclave.SigningInput;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.Resealer;
import dev.enclave.testkit.internal.bench.Verification;
import dev.enclave.testkit.internal.bench.Workbench;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** Keys survive a change of the passphrase they are sealed under. */
public interface ResealingContract extends BackendUnderTest {

  @Test
  default void usesEveryVersionAsBefore_onceResealed() {
    Workbench.with(
        harness(),
        BackendTrait.RESEALS,
        bench -> {
          KeySnapshot key = bench.create();
          KeyVersion version = key.active().orElseThrow();
          reseal(bench, "correct horse");
          requireSame(bench.load(key.name()), key);
          SigningInput input = bench.input(key.algorithm());
          Verification.requireSigned(version, input, bench.sign(key.ref(version), input));
        });
  }

  @Test
  default void createsKeys_onceResealed() {
    Workbench.with(
        harness(),
        BackendTrait.RESEALS,
        bench -> {
          reseal(bench, "correct horse");
          KeySnapshot key = bench.create();
          Assertions.assertThat(bench.load(key.name())).isEqualTo(key);
        });
  }

  @Test
  default void resealsAgain_withTheSamePassphrase() {
    Workbench.with(
        harness(),
        BackendTrait.RESEALS,
        bench -> {
          KeySnapshot key = bench.create();
          reseal(bench, "correct horse");
          reseal(bench, "correct horse");
          requireSame(bench.load(key.name()), key);
        });
  }

  /** A passphrase may protect a key better than what sealed it before, and changes nothing else. */
  private static void requireSame(KeySnapshot resealed, KeySnapshot before) {
    Assertions.assertThat(resealed)
        .usingRecursiveComparison()
        .ignoringFields("versions.assurance")
        .isEqualTo(before);
    for (KeyVersion version : resealed.versions()) {
      Assertions.assertThat(version.assurance())
          .isGreaterThanOrEqualTo(before.version(version.id()).orElseThrow().assurance());
    }
  }

  @Test
  default void refusesAnEmptyPassphrase_whenResealing() {
    Workbench.with(
        harness(),
        BackendTrait.RESEALS,
        bench -> {
          Resealer resealer = bench.capability(Resealer.class);
          try (SecretBytes empty = SecretBytes.takeOver(new byte[0])) {
            bench.refuse(
                FailureCode.REJECTED,
                call -> {
                  resealer.reseal(Optional.of(empty), call);
                  return true;
                });
          }
        });
  }

  private static void reseal(Workbench bench, String passphrase) throws InterruptedException {
    Resealer resealer = bench.capability(Resealer.class);
    try (SecretBytes secret = SecretBytes.takeOver(passphrase.getBytes(StandardCharsets.UTF_8))) {
      bench.succeed(
          call -> {
            resealer.reseal(Optional.of(secret), call);
            return true;
          });
    }
  }
}
