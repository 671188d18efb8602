package dev.enclave.emulators.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.CreateRsaKeyOptions;
import dev.enclave.emulators.AzureKeyVaultServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The documented limits of ten seconds, which pass on the server's clock alone. */
@Tag("full")
class KeyVaultThrottlingTest {

  private Instant now = Instant.now();
  private final InstantSource clock = () -> now;
  private final AzureKeyVaultServer server =
      AzureKeyVaultServer.builder().clock(clock).anyTokenTime().requestQuotas().start();
  private final KeyClient keys = AzureClients.keys(server);
  private final RawVault raw = new RawVault(server);

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void tenHsmKeysAreMadeInTenSeconds_andNotEleven() throws Exception {
    String body = "{\"kty\":\"EC-HSM\"}";
    for (int i = 0; i < 10; i++) {
      assertThat(raw.send("POST", "/keys/wallet/create", body).statusCode()).isEqualTo(200);
    }
    HttpResponse<String> eleventh = raw.send("POST", "/keys/wallet/create", body);

    assertThat(eleventh.statusCode()).isEqualTo(429);
    assertThat(eleventh.headers().firstValue("Retry-After")).hasValue("10");
    assertThat(RawVault.flat(eleventh.body())).containsEntry("error.code", "Throttled");
    assertThat(raw.send("POST", "/keys/soft/create", "{\"kty\":\"EC\"}").statusCode())
        .isEqualTo(200);
    now = now.plus(Duration.ofSeconds(7));
    assertThat(raw.send("POST", "/keys/wallet/create", body).headers().firstValue("Retry-After"))
        .hasValue("3");
    now = now.plus(Duration.ofSeconds(3));
    assertThat(raw.send("POST", "/keys/wallet/create", body).statusCode()).isEqualTo(200);
  }

  @Test
  void anRsa4096KeyCostsEightTimesAsMuch() throws Exception {
    keys.createRsaKey(new CreateRsaKeyOptions("big").setKeySize(4096).setHardwareProtected(true));
    keys.createEcKey(new CreateEcKeyOptions("small").setHardwareProtected(true));
    int served = 0;
    String token = "Bearer " + raw.token("https://vault.azure.net");
    while (raw.send("GET", "/keys/big", "", "Authorization", token).statusCode() == 200) {
      served++;
    }

    assertThat(served).isEqualTo(250);
    assertThat(raw.send("GET", "/keys/small", "").statusCode()).isEqualTo(429);
    assertThat(raw.send("GET", "/keys", "").statusCode()).isEqualTo(200);
  }
}
