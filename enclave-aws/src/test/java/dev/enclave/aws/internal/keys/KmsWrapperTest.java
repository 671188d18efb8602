package dev.enclave.aws.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.aws.internal.KmsBench;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A data key that could not be unwrapped again is not released. */
class KmsWrapperTest {

  private final FaultInjector faults = new FaultInjector();
  private final KmsBench bench = new KmsBench(server -> server.faults(faults));

  @AfterEach
  void close() {
    bench.close();
  }

  private KeyVersionRef kek() throws BackendFailure {
    var request = bench.request(KeyName.of("kek"), WrappingAlgorithm.AES_256_GCM);
    KeySnapshot kek = bench.backend.create(request, bench.call(request.operationId()));
    return kek.ref(kek.versions().get(0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Encrypt 1: wrong flipped-bit",
        "Encrypt 1: wrong another-key-id",
        "Decrypt 1: wrong flipped-bit",
        "Decrypt 1: wrong another-key-id"
      })
  void withholdsWhatDoesNotOpen(String fault) throws BackendFailure {
    KeyVersionRef kek = kek();
    faults.follow(FaultPlan.parse(fault));
    try (SecretBytes dataKey = SecretBytes.takeOver(new byte[32])) {
      BackendFailure refusal =
          catchThrowableOfType(
              BackendFailure.class, () -> bench.backend.wrap(kek, dataKey, bench.call()));

      assertThat(refusal.code()).isEqualTo(FailureCode.CORRUPT);
      assertThat(refusal).hasMessageContaining("AWS KMS answered wrongly");
    }
  }

  @Test
  void releasesWhatOpens() throws BackendFailure {
    KeyVersionRef kek = kek();
    try (SecretBytes dataKey = SecretBytes.takeOver(new byte[32])) {
      Bytes wrapped = bench.backend.wrap(kek, dataKey, bench.call());
      try (SecretBytes opened = bench.backend.unwrap(kek, wrapped, bench.call())) {
        assertThat(opened.exposeSecret()).isEqualTo(new byte[32]);
      }
    }
  }

  @Test
  void opensWhatItWrapped_afterSomebodyHadKmsRotateTheKeysMaterial() throws BackendFailure {
    KeyVersionRef kek = kek();
    try (SecretBytes dataKey = SecretBytes.takeOver(new byte[32])) {
      Bytes wrapped = bench.backend.wrap(kek, dataKey, bench.call());
      bench.console().rotateKeyOnDemand(r -> r.keyId(kek.providerUri()));

      KeySnapshot now = bench.backend.load(KeyName.of("kek"), bench.call());
      assertThat(now.versions()).singleElement().isEqualTo(now.active().orElseThrow());
      for (Bytes one : List.of(wrapped, bench.backend.wrap(kek, dataKey, bench.call()))) {
        try (SecretBytes opened = bench.backend.unwrap(kek, one, bench.call())) {
          assertThat(opened.exposeSecret()).isEqualTo(new byte[32]);
        }
      }
    }
  }
}
