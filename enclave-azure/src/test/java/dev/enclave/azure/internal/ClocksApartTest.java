package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A machine whose clock is minutes off: the vault's own decides, of keys and of tokens. */
class ClocksApartTest {

  private static final Message PAYMENT = Message.ofUtf8("pay 10 to Alice");
  private static final Duration LIFETIME = Duration.ofHours(1);

  @ParameterizedTest
  @ValueSource(longs = {-10, 10})
  void makesRotatesAndSigns(long minutesAhead) {
    MutableClock mine = new MutableClock();
    Duration apart = Duration.ofMinutes(minutesAhead);
    try (AzureKeyVaultServer server =
            KeyVaults.server()
                .clock(() -> mine.now().minus(apart))
                .tokenLifetime(LIFETIME)
                .start();
        Enclave enclave = Engines.open(server, mine)) {
      SigningKey key =
          enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      enclave.admin().key(key.handle()).rotate(RotationRequest.ifActive(key.activeVersion()));
      assertThat(key.verify(PAYMENT, key.sign(PAYMENT))).isTrue();
      assertThat(key.info().versions())
          .extracting(KeyVersion::state)
          .containsExactly(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
    }
  }

  /** What the vault refuses is not what this machine's clock says, so it is asked for anew. */
  @ParameterizedTest
  @ValueSource(longs = {-10, 10})
  void signsOn_afterTheVaultCallsItsTokenOver(long minutesAhead) {
    MutableClock mine = new MutableClock();
    Duration apart = Duration.ofMinutes(minutesAhead);
    try (AzureKeyVaultServer server =
            KeyVaults.server()
                .clock(() -> mine.now().minus(apart))
                .tokenLifetime(LIFETIME)
                .start();
        Enclave enclave = Engines.open(server, mine)) {
      SigningKey key =
          enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      mine.advance(LIFETIME.plusMinutes(1));
      assertThat(key.verify(PAYMENT, key.sign(PAYMENT))).isTrue();
      assertThat(server.journal().of("Token")).hasSize(2);
    }
  }
}
