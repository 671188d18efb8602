package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.Message;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store with a passphrase may be opened anywhere; its keys may not be used everywhere. */
class ForeignStampTest {

  private final TestStore store;
  private final SoftwareBackend backend;
  private final KeySnapshot key;

  ForeignStampTest(@TempDir Path temporary) throws BackendFailure {
    store = TestStore.local(temporary).with(SoftwareSettings.PASSPHRASE, "correct horse");
    backend = store.open();
    key = TestStore.create(backend, TestStore.NAME);
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private static FailureCode code(ThrowingCallable action) {
    return catchThrowableOfType(BackendFailure.class, action).code();
  }

  private void sign(SoftwareBackend signer) throws BackendFailure {
    signer.sign(TestStore.ref(key, 0), Message.ofUtf8("hello"), TestStore.call());
  }

  @Test
  void loadsAForeignStampButDoesNotUseIt() throws Exception {
    try (SoftwareBackend staging = store.in(EnvironmentType.STAGING).open()) {
      assertThat(staging.load(TestStore.NAME, TestStore.call()).stamp())
          .isEqualTo(StampReading.of(EnvironmentType.LOCAL));
      assertThat(code(() -> sign(staging))).isEqualTo(FailureCode.STAMP_MISMATCH);
    }
  }

  @Test
  void neitherRotatesNorUnwrapsUnderAForeignStamp() throws Exception {
    KeyName kek = KeyName.of("kek");
    KeySnapshot made =
        backend.create(
            TestStore.request(kek, "make", WrappingAlgorithm.AES_256_GCM), TestStore.call());
    try (SecretBytes dataKey = SecretBytes.takeOver(new byte[32]);
        SoftwareBackend staging = store.in(EnvironmentType.STAGING).open()) {
      var wrapped = backend.wrap(TestStore.ref(made, 0), dataKey, TestStore.call());
      assertThat(code(() -> staging.unwrap(TestStore.ref(made, 0), wrapped, TestStore.call())))
          .isEqualTo(FailureCode.STAMP_MISMATCH);
      assertThat(code(() -> staging.prepare(TestStore.rotation("1", "r"), TestStore.call())))
          .isEqualTo(FailureCode.STAMP_MISMATCH);
    }
  }

  @Test
  void usesALocalKeyInDevelopment() throws Exception {
    try (SoftwareBackend development = store.in(EnvironmentType.DEVELOPMENT).open()) {
      sign(development);
    }
  }

  @Test
  void isHealthy_withAPassphrase() throws Exception {
    assertThat(backend.health(TestStore.call())).isEqualTo(HealthReport.HEALTHY);
  }
}
