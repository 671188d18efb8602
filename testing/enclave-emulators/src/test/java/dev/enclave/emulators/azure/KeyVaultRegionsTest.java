package dev.enclave.emulators.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.emulators.AzureKeyVaultServer;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A managed HSM that was extended to a second region. */
class KeyVaultRegionsTest {

  private static final String KEY = "{\"kty\":\"EC-HSM\",\"crv\":\"P-256\"}";
  private static final Duration LATE = Duration.ofMinutes(6);

  /** It stands: one second decides which region shows what. */
  private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private final AzureKeyVaultServer server =
      AzureKeyVaultServer.builder()
          .managedHsm()
          .region("westeurope")
          .secondRegion("northeurope", LATE)
          .clock(() -> now)
          .anyTokenTime()
          .start();
  private final RawVault raw = new RawVault(server);

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> send(URI region, String method, String path, String body)
      throws Exception {
    return raw.sendTo(
        URI.create(region + path + "?api-version=" + RawVault.VERSION),
        method,
        body,
        "Authorization",
        "Bearer " + raw.token("https://managedhsm.azure.net"));
  }

  private HttpResponse<String> first(String method, String path, String body) throws Exception {
    return send(server.vaultUrl(), method, path, body);
  }

  private HttpResponse<String> second(String method, String path, String body) throws Exception {
    return send(server.secondRegionUrl(), method, path, body);
  }

  private long versions(HttpResponse<String> listed) throws Exception {
    return RawVault.flat(listed.body()).keySet().stream().filter(p -> p.endsWith(".kid")).count();
  }

  @Test
  void eachShowsItsOwnWritesAtOnce_andTheOthersLate() throws Exception {
    assertThat(first("POST", "/keys/wallet/create", KEY).statusCode()).isEqualTo(200);
    pass(LATE.minusSeconds(1));
    assertThat(second("GET", "/keys/wallet", "").statusCode()).isEqualTo(404);
    assertThat(second("POST", "/keys/wallet/create", KEY).statusCode()).isEqualTo(200);
    assertThat(versions(first("GET", "/keys/wallet/versions", ""))).isEqualTo(1);
    pass(Duration.ofSeconds(1));
    assertThat(versions(second("GET", "/keys/wallet/versions", ""))).isEqualTo(2);
    pass(LATE);
    assertThat(versions(first("GET", "/keys/wallet/versions", ""))).isEqualTo(2);
  }

  @Test
  void bothHaveOneName_andSayWhichRegionAnswered() throws Exception {
    first("POST", "/keys/wallet/create", KEY);
    pass(LATE);
    HttpResponse<String> there = second("GET", "/keys/wallet", "");
    assertThat(RawVault.flat(there.body()).get("key.kid")).startsWith(server.vaultUrl().toString());
    assertThat(there.headers().firstValue("x-ms-keyvault-region")).contains("northeurope");
    assertThat(first("GET", "/keys/wallet", "").headers().firstValue("x-ms-keyvault-region"))
        .contains("westeurope");
  }

  /** Of one version, what was written last is there in both in the end. */
  @Test
  void bothComeToTheSame() throws Exception {
    first("POST", "/keys/wallet/create", KEY);
    pass(LATE);
    first("PATCH", "/keys/wallet", "{\"tags\":{\"by\":\"one\"}}");
    pass(Duration.ofSeconds(2));
    second("PATCH", "/keys/wallet", "{\"tags\":{\"by\":\"two\"}}");
    assertThat(first("GET", "/keys/wallet", "").body()).contains("\"by\":\"one\"");
    assertThat(second("GET", "/keys/wallet", "").body()).contains("\"by\":\"two\"");
    pass(LATE);
    assertThat(first("GET", "/keys/wallet", "").body()).contains("\"by\":\"two\"");
    assertThat(second("GET", "/keys/wallet", "").body()).contains("\"by\":\"two\"");
    first("DELETE", "/keys/wallet", "");
    assertThat(second("GET", "/keys/wallet", "").statusCode()).isEqualTo(200);
    pass(LATE);
    assertThat(second("GET", "/keys/wallet", "").statusCode()).isEqualTo(404);
    assertThat(second("GET", "/deletedkeys/wallet", "").statusCode()).isEqualTo(200);
  }

  @Test
  void extendsNoVault() {
    assertThatThrownBy(
            () -> AzureKeyVaultServer.builder().secondRegion("northeurope", LATE).start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("extend a managed HSM");
  }
}
