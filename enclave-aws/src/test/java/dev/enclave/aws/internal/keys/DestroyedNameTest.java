package dev.enclave.aws.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyState;
import dev.enclave.aws.internal.KmsBench;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import org.junit.jupiter.api.Test;

/** A name whose versions are all destroyed cannot be used, and is not free either. */
class DestroyedNameTest {

  @Test
  void saysThatTheKeyIsDestroyed_andWhenItsNameIsFree() throws BackendFailure {
    try (KmsBench bench = new KmsBench()) {
      KeySnapshot key = bench.create(KmsBench.NAME);
      bench.backend.changeState(
          key.ref(key.active().orElseThrow()), KeyState.DESTROYED, bench.call());
      assertThat(catchThrowableOfType(BackendFailure.class, () -> bench.create(KmsBench.NAME)))
          .returns(FailureCode.ALREADY_EXISTS, BackendFailure::code)
          .hasMessageContaining("all its versions are destroyed")
          .hasMessageContaining("7 to 30 days")
          .hasMessageNotContaining("Use it");
    }
  }
}
