package dev.enclave.testkit.contract;

import dev.enclave.KeyVersion;
import dev.enclave.SigningInput;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyRewrapper;
import dev.enclave.testkit.internal.bench.Verification;
import dev.enclave.testkit.internal.bench.Workbench;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** Keys stay what they are when they are sealed anew under their key-encryption key. */
public interface RewrappingContract extends BackendUnderTest {

  @Test
  default void usesAKeyAsBefore_onceRewrapped() {
    Workbench.with(
        harness(),
        BackendTrait.REWRAPS,
        bench -> {
          KeyRewrapper rewrapper = bench.capability(KeyRewrapper.class);
          KeySnapshot key = bench.create();
          KeyVersion version = key.active().orElseThrow();
          Assertions.assertThat(bench.<Boolean>succeed(rewrapper::mayRewrap)).isTrue();
          bench.succeed(rewrapper::kekVersion);
          for (int i = 0; i < 2; i++) {
            bench.succeed(
                call -> {
                  rewrapper.rewrap(key.name(), call);
                  return true;
                });
            Assertions.assertThat(
                    bench.<Boolean>succeed(call -> rewrapper.isCurrent(key.name(), call)))
                .isTrue();
            Assertions.assertThat(bench.load(key.name())).isEqualTo(key);
            SigningInput input = bench.input(key.algorithm());
            Verification.requireSigned(version, input, bench.sign(key.ref(version), input));
          }
          bench.reopened(again -> Assertions.assertThat(again.load(key.name())).isEqualTo(key));
        });
  }

  @Test
  default void rewrapsNoKeyThatIsNotThere() {
    Workbench.with(
        harness(),
        BackendTrait.REWRAPS,
        bench -> {
          KeyRewrapper rewrapper = bench.capability(KeyRewrapper.class);
          bench.refuse(FailureCode.NOT_FOUND, call -> rewrapper.isCurrent(bench.freshName(), call));
          bench.refuse(
              FailureCode.NOT_FOUND,
              call -> {
                rewrapper.rewrap(bench.freshName(), call);
                return true;
              });
        });
  }

  @Test
  default void doesNotRewrap_onceClosed() {
    Workbench.with(
        harness(),
        BackendTrait.REWRAPS,
        bench -> {
          KeyRewrapper rewrapper = bench.capability(KeyRewrapper.class);
          KeySnapshot key = bench.create();
          bench.backend().close();
          bench.refuse(FailureCode.CLOSED, rewrapper::mayRewrap);
          bench.refuse(FailureCode.CLOSED, rewrapper::kekVersion);
          bench.refuse(FailureCode.CLOSED, call -> rewrapper.isCurrent(key.name(), call));
          bench.refuse(
              FailureCode.CLOSED,
              call -> {
                rewrapper.rewrap(key.name(), call);
                return true;
              });
        });
  }
}
