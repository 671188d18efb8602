package dev.enclave.emulators.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.wire.JournalEntry;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** By which time a version is made, with a clock that goes on by a second whenever it is read. */
class KeyVaultTimeTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void aVersionIsMadeWhenReadersCanSeeIt_notWhenItsRequestCame() {
    AtomicLong seconds = new AtomicLong();
    try (AzureKeyVaultServer server =
        AzureKeyVaultServer.builder()
            .clock(() -> START.plusSeconds(seconds.getAndIncrement()))
            .anyTokenTime()
            .start()) {
      KeyVaultKey key =
          AzureClients.keys(server)
              .createEcKey(new CreateEcKeyOptions("wallet").setHardwareProtected(true));
      JournalEntry request = server.journal().of("CreateKey").get(0);
      assertThat(key.getProperties().getCreatedOn().toInstant()).isAfter(request.time());
    }
  }
}
