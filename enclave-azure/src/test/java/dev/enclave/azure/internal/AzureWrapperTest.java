package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.RotationInterval;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.testkit.MutableClock;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrapped data key is never released before it is certain that it opens. */
class AzureWrapperTest {

  private static final byte[] DATA_KEY = new byte[32];

  private final MutableClock clock = new MutableClock();
  private final FaultInjector faults = new FaultInjector();
  private final AzureKeyVaultServer server =
      KeyVaults.server().managedHsm().clock(clock::now).faults(faults).start();
  private final CapableBackend backend = backend();

  private CapableBackend backend() {
    try {
      BackendContext context = KeyVaults.context(server, clock);
      return new CapableBackend(
          AzureKeyVaultBackend.over(KeyVaults.managedHsm(server, context), context));
    } catch (BackendFailure e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    backend.close();
    server.close();
  }

  private KeyVersionRef kek(KeyAlgorithm algorithm) throws BackendFailure {
    String operation = UUID.randomUUID().toString();
    KeySnapshot key =
        backend.create(
            CreateRequest.of(
                KeyName.of("kek"),
                algorithm,
                RotationInterval.NEVER,
                EnvironmentType.DEVELOPMENT,
                operation),
            KeyVaults.call(operation, clock));
    return key.ref(key.versions().get(0));
  }

  private static SecretBytes dataKey() {
    return SecretBytes.takeOver(DATA_KEY.clone());
  }

  @Test
  void wrapsWithAnRsaKey_withoutAskingTheVault() throws BackendFailure {
    KeyVersionRef kek = kek(WrappingAlgorithm.RSA_OAEP_3072_SHA256);
    server.journal().clear();
    Bytes wrapped = backend.wrap(kek, dataKey(), KeyVaults.call(clock));
    assertThat(server.journal().entries()).isEmpty();
    assertThat(backend.unwrap(kek, wrapped, KeyVaults.call(clock)).exposeSecret())
        .isEqualTo(DATA_KEY);
  }

  @Test
  void opensWhatAnAesKeyWrapped_beforeItIsUsed() throws BackendFailure {
    KeyVersionRef kek = kek(WrappingAlgorithm.AES_256_GCM);
    server.journal().clear();
    Bytes wrapped = backend.wrap(kek, dataKey(), KeyVaults.call(clock));
    assertThat(server.journal().entries())
        .extracting(entry -> entry.operation())
        .containsExactly("Encrypt", "Decrypt");
    assertThat(backend.unwrap(kek, wrapped, KeyVaults.call(clock)).exposeSecret())
        .isEqualTo(DATA_KEY);
  }

  @ParameterizedTest
  @CsvSource({
    "Encrypt, flipped-bit",
    "Encrypt, another-key-id",
    "Encrypt, another-version",
    "Decrypt, flipped-bit",
    "Decrypt, another-key-id",
    "Decrypt, another-version"
  })
  void withholdsWhatAnAesKeyWrapped_ifItDoesNotOpen(String operation, String wrong)
      throws BackendFailure {
    KeyVersionRef kek = kek(WrappingAlgorithm.AES_256_GCM);
    faults.follow(FaultPlan.NONE.on(operation, 1, Fault.wrong(wrong)));
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class, () -> backend.wrap(kek, dataKey(), KeyVaults.call(clock)));
    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure).hasMessageContaining("The answer is withheld");
  }
}
