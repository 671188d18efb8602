package dev.enclave.emulators.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.cryptography.CryptographyClient;
import com.azure.security.keyvault.keys.cryptography.models.SignResult;
import com.azure.security.keyvault.keys.cryptography.models.SignatureAlgorithm;
import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.CreateRsaKeyOptions;
import com.azure.security.keyvault.keys.models.KeyType;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.Fault.Refused.Reason;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.emulators.wire.JournalEntry.Fate;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.Signature;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sees over TLS, and the journal says, when a fault is injected. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyVaultFaultsTest {

  private static final byte[] DIGEST = new byte[32];

  private final FaultInjector faults = new FaultInjector();
  private AzureKeyVaultServer server;
  private KeyClient keys;
  private KeyVaultKey key;
  private CryptographyClient client;
  private String token;

  @BeforeAll
  void start() throws Exception {
    server = AzureKeyVaultServer.builder().faults(faults).start();
    keys = AzureClients.keys(server);
    key = keys.createEcKey(new CreateEcKeyOptions("wallet").setHardwareProtected(true));
    client = AzureClients.cryptography(server, key.getId());
    token = new RawVault(server).token("https://vault.azure.net");
  }

  @AfterEach
  void heal() {
    faults.endOutage();
    faults.follow(FaultPlan.NONE);
    server.journal().clear();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void aResetBeforeIsAReset_andNothingWasApplied() {
    inject("GetKey", Fault.resetBefore());

    assertThatThrownBy(this::ask).isInstanceOf(SocketException.class).hasMessageContaining("reset");
    assertThat(journaled("GetKey").applied()).isFalse();
    assertThat(journaled("GetKey").fate()).isEqualTo(Fate.RESET);
  }

  @Test
  void aResetAfterIsAReset_andTheRequestWasApplied() {
    inject("GetKey", Fault.resetAfter());

    assertThatThrownBy(this::ask).isInstanceOf(SocketException.class).hasMessageContaining("reset");
    assertThat(journaled("GetKey").applied()).isTrue();
  }

  @Test
  void aTruncatedAnswerPromisesMoreThanComes() throws Exception {
    inject("GetKey", Fault.truncated(5));
    try (SSLSocket socket = connect()) {
      send(socket);
      StringBuilder answer = new StringBuilder();
      for (int octet = socket.getInputStream().read();
          octet >= 0;
          octet = socket.getInputStream().read()) {
        answer.append((char) octet);
      }
      assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).isEqualTo("{\"key");
      assertThat(answer.toString()).containsPattern("Content-Length: [1-9][0-9]{2}");
    }
    assertThat(journaled("GetKey").fate()).isEqualTo(Fate.TRUNCATED);
    assertThat(journaled("GetKey").applied()).isTrue();
  }

  @Test
  void aLatencyIsFollowedByTheAnswer() throws Exception {
    inject("GetKey", Fault.latency(Duration.ofMillis(1)));

    assertThat(ask()).startsWith("HTTP/1.1 200");
    assertThat(journaled("GetKey").fault()).hasValue("latency PT0.001S");
  }

  @ParameterizedTest
  @CsvSource({
    "INTERNAL_ERROR, 500, InternalServerError",
    "UNAVAILABLE, 503, ServiceUnavailable",
    "TIMEOUT, 504, GatewayTimeout",
    "THROTTLED, 429, Throttled",
    "EXPIRED_TOKEN, 401, Unauthorized"
  })
  void aRefusalIsSaidInTheWordsOfTheService(Reason reason, int status, String code)
      throws Exception {
    inject("GetKey", Fault.refused(reason));
    HttpResponse<String> answer =
        new RawVault(server).send("GET", "/keys/wallet", "", "Authorization", "Bearer " + token);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(RawVault.flat(answer.body())).containsEntry("error.code", code);
    assertThat(answer.headers().firstValue("Retry-After").isPresent())
        .isEqualTo(reason == Reason.THROTTLED);
    assertThat(answer.headers().firstValue("WWW-Authenticate").isPresent())
        .isEqualTo(reason == Reason.EXPIRED_TOKEN);
    assertThat(journaled("GetKey").applied()).isFalse();
  }

  @Test
  void aRefusalMayBeALie() {
    inject("Sign", Fault.refusedButApplied(Reason.INTERNAL_ERROR));

    assertThatThrownBy(this::sign).hasMessageContaining("500");
    assertThat(journaled("Sign").applied()).isTrue();
  }

  @Test
  void theTokensOfTheManagedIdentityMayFailToo() throws Exception {
    inject("ManagedIdentityToken", Fault.refused(Reason.UNAVAILABLE));

    assertThat(new RawVault(server).sendTo(server.identityEndpoint(), "GET", "").statusCode())
        .isEqualTo(503);
  }

  @Test
  void anOutageOfResetsMeetsOpenConnectionsToo_andEnds() throws Exception {
    try (SSLSocket kept = connect()) {
      send(kept);
      assertThat(head(kept)).startsWith("HTTP/1.1 200");
      faults.beginOutage(Fault.Outage.RESET);
      assertThatThrownBy(
              () -> {
                send(kept);
                readAll(kept);
              })
          .isInstanceOf(IOException.class);
    }
    assertThatThrownBy(this::ask).isInstanceOf(IOException.class);
    faults.endOutage();

    assertThat(ask()).startsWith("HTTP/1.1 200");
  }

  @Test
  void anOutageOfConnectionsRefusesThem_andEndsAtTheSameAddress() throws Exception {
    faults.beginOutage(Fault.Outage.REFUSED);
    assertThatThrownBy(this::ask).isInstanceOf(ConnectException.class);
    faults.endOutage();

    assertThat(ask()).startsWith("HTTP/1.1 200");
    assertThat(new RawVault(server).token("https://vault.azure.net")).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"another-key", "flipped-bit"})
  void aWrongSignatureIsNone(String kind) throws Exception {
    assertThat(verifies(sign().getSignature())).isTrue();
    inject("Sign", Fault.wrong(kind));
    SignResult wrong = sign();

    assertThat(wrong.getSignature()).hasSize(64);
    assertThat(verifies(wrong.getSignature())).isFalse();
    assertThat(wrong.getKeyId()).isEqualTo(key.getId());
  }

  @Test
  void anotherKeysSignatureIsOfTheSameLength_forRsaToo() {
    KeyVaultKey rsa = keys.createRsaKey(new CreateRsaKeyOptions("rsa"));
    inject("Sign", Fault.wrong("another-key"));
    byte[] wrong =
        AzureClients.cryptography(server, rsa.getId())
            .sign(SignatureAlgorithm.RS256, DIGEST)
            .getSignature();

    assertThat(wrong).hasSize(256);
    assertThat(
            AzureClients.cryptography(server, rsa.getId())
                .verify(SignatureAlgorithm.RS256, DIGEST, wrong)
                .isValid())
        .isFalse();
  }

  @Test
  void anAnswerMayNameAnotherKeyOrVersion() {
    inject("Sign", Fault.wrong("another-key-id"));
    assertThat(sign().getKeyId()).contains("/keys/another-wallet/");
    inject("Sign", Fault.wrong("another-version"));
    assertThat(sign().getKeyId())
        .isNotEqualTo(key.getId())
        .startsWith(server.vaultUrl() + "/keys/wallet/");
    inject("GetKey", Fault.wrong("another-version"));
    assertThat(keys.getKey("wallet").getId()).isNotEqualTo(key.getId());
  }

  @Test
  void aSoftwareKeyMayBeMade_whereOneInAnHsmWasAsked() {
    inject("CreateKey", Fault.wrong("software-key"));
    KeyVaultKey made = keys.createEcKey(new CreateEcKeyOptions("fraud").setHardwareProtected(true));

    assertThat(made.getKeyType()).isEqualTo(KeyType.EC);
    assertThat(keys.getKey("fraud").getKeyType()).isEqualTo(KeyType.EC);
    assertThat(keys.getKey("fraud").getProperties().getHsmPlatform()).isEqualTo("0");
    inject("GetKey", Fault.wrong("software-key"));
    assertThat(keys.getKey("wallet").getKeyType()).isEqualTo(KeyType.EC);
    assertThat(keys.getKey("wallet").getKeyType()).isEqualTo(KeyType.EC_HSM);
  }

  @Test
  void aKeyMayBeMadeWithoutItsTags() {
    inject("CreateKey", Fault.wrong("unlabelled"));
    KeyVaultKey made =
        keys.createEcKey(new CreateEcKeyOptions("fraud").setTags(Map.of("owner", "payments")));

    assertThat(made.getProperties().getTags()).isNullOrEmpty();
    assertThat(keys.getKey("fraud").getProperties().getTags()).isNullOrEmpty();
  }

  @Test
  void aPlanWithAnUnknownWrongAnswerStartsNoServer() {
    FaultInjector unknown = new FaultInjector(FaultPlan.parse("Sign 1: wrong mood"));

    assertThatThrownBy(() -> AzureKeyVaultServer.builder().faults(unknown).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another-version");
  }

  private void inject(String operation, Fault fault) {
    faults.follow(FaultPlan.NONE.on(operation, 1, fault));
  }

  private JournalEntry journaled(String operation) {
    return server.journal().of(operation).get(0);
  }

  private SignResult sign() {
    return client.sign(SignatureAlgorithm.ES256, DIGEST);
  }

  private boolean verifies(byte[] signature) throws Exception {
    Signature verifier = Signature.getInstance("NONEwithECDSAinP1363Format", "SunEC");
    verifier.initVerify(key.getKey().toEc().getPublic());
    verifier.update(DIGEST);
    return verifier.verify(signature);
  }

  private String ask() throws IOException {
    try (SSLSocket socket = connect()) {
      send(socket);
      return head(socket);
    }
  }

  private SSLSocket connect() throws IOException {
    SSLSocket socket =
        (SSLSocket)
            AzureClients.trusting(server)
                .getSocketFactory()
                .createSocket("127.0.0.1", server.vaultUrl().getPort());
    socket.setSoTimeout(60_000);
    return socket;
  }

  private void send(SSLSocket socket) throws IOException {
    socket
        .getOutputStream()
        .write(
            ("GET /keys/wallet?api-version=7.6 HTTP/1.1\r\n"
                    + "Host: localhost\r\n"
                    + "Authorization: Bearer "
                    + token
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  /** The first line. */
  private static String head(SSLSocket socket) throws IOException {
    StringBuilder answer = new StringBuilder();
    for (int octet = socket.getInputStream().read();
        octet != '\r';
        octet = socket.getInputStream().read()) {
      if (octet < 0) {
        throw new IOException("The connection ended.");
      }
      answer.append((char) octet);
    }
    return answer.toString();
  }

  private static void readAll(SSLSocket socket) throws IOException {
    while (socket.getInputStream().read() >= 0) {
      // Until it ends, or is reset.
    }
    throw new IOException("The connection ended.");
  }
}
