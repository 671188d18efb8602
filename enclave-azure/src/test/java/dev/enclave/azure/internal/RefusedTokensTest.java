package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.azure.internal.credentials.AzureTokens;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.testkit.MutableClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A token that the vault takes back before its end: another is fetched, and in measure. */
class RefusedTokensTest {

  private static final Message PAYMENT = Message.ofUtf8("pay 10 to Alice");
  private static final String AUTHORITY = "https://login.microsoftonline.com/x";
  private static final String PLAIN =
      "Bearer authorization=\"" + AUTHORITY + "\", resource=\"https://vault.azure.net\"";
  private static final String CLAIMS =
      "Bearer realm=\"\", authorization_uri=\""
          + AUTHORITY
          + "\", error=\"insufficient_claims\", claims=\""
          + Base64.getEncoder()
              .encodeToString(
                  "{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"1\"}}}"
                      .getBytes(StandardCharsets.US_ASCII))
          + "\"";

  private final MutableClock clock = new MutableClock();
  private final Set<String> takenBack = ConcurrentHashMap.newKeySet();
  private final Set<String> used = ConcurrentHashMap.newKeySet();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile String challenge = PLAIN;
  private volatile boolean always;

  private final Interceptor vault = this::intercept;
  private final AzureKeyVaultServer server =
      KeyVaults.server().clock(clock::now).interceptor(vault).start();

  private Enclave enclave;
  private SigningKey key;

  @BeforeEach
  void open() {
    enclave = Engines.open(server, clock);
    key = enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
  }

  @AfterEach
  void close() {
    enclave.close();
    server.close();
  }

  private Delivery intercept(ServiceRequest request, Service service) {
    if (request.operation().equals("Token")) {
      asked.add(new String(request.body(), StandardCharsets.UTF_8));
    }
    String token = request.header("Authorization").orElse("");
    used.add(token);
    if (!takenBack.contains(token) && !(always && request.operation().equals("Sign"))) {
      return Delivery.answer(service.handle(request));
    }
    return Delivery.answer(
        ServiceResponse.of(
                401,
                "{\"error\":{\"code\":\"Unauthorized\",\"message\":\"AKV10087\"}}"
                    .getBytes(StandardCharsets.UTF_8))
            .withHeader("Content-Type", "application/json; charset=utf-8")
            .withHeader(
                "Date",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(clock.now().atOffset(ZoneOffset.UTC)))
            .withHeader("WWW-Authenticate", challenge));
  }

  private void takeBackWhatWasUsed() {
    takenBack.addAll(used);
    takenBack.remove("");
  }

  @Test
  void fetchesAnotherToken_whenOneIsTakenBack() {
    assertThat(asked).hasSize(1);
    takeBackWhatWasUsed();
    assertThat(key.verify(PAYMENT, key.sign(PAYMENT))).isTrue();
    assertThat(asked).hasSize(2);
  }

  @Test
  void fetchesAnotherToken_thoughTheWallClockWasSetBack() {
    takeBackWhatWasUsed();
    key.sign(PAYMENT);
    clock.setWallClock(clock.now().minus(Duration.ofMinutes(1)));
    clock.advance(Duration.ofSeconds(30));
    takeBackWhatWasUsed();
    assertThat(key.verify(PAYMENT, key.sign(PAYMENT))).isTrue();
    assertThat(asked).hasSize(3);
  }

  @Test
  void fetchesAnotherToken_whenTheVaultNamesClaims() {
    challenge = CLAIMS;
    takeBackWhatWasUsed();
    assertThat(key.verify(PAYMENT, key.sign(PAYMENT))).isTrue();
    assertThat(asked).hasSize(2);
  }

  @Test
  void doesNotAnnounce_thatItWouldAnswerClaims() {
    assertThat(asked).hasSize(1).noneMatch(form -> form.contains("cp1"));
  }

  /** That of a workload on another cloud, from which the next token comes. */
  @Test
  void endsWhatItsSourceAsksBy_onceItIsClosed_notWhenATokenIsTakenBack() throws Exception {
    AtomicInteger closed = new AtomicInteger();
    CredentialSource<String> source =
        CredentialSource.of(
            "a platform",
            () -> new Expiring<>("token", Optional.of(clock.now().plus(Duration.ofHours(1)))),
            closed::incrementAndGet);
    AzureTokens tokens =
        new AzureTokens(List.of("https://vault.azure.net"), List.of(source), clock, Runnable::run);
    tokens.forget();
    assertThat(tokens.get(KeyVaults.call(clock))).isEqualTo("token");
    assertThat(closed).hasValue(0);
    tokens.close();
    assertThat(closed).hasValue(1);
  }

  @Test
  void fetchesOneOtherToken_whereNoneIsTaken() {
    always = true;
    for (int i = 0; i < 3; i++) {
      assertThatExceptionOfType(EnclaveException.class)
          .isThrownBy(() -> key.sign(PAYMENT))
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.ACCESS_DENIED));
    }
    assertThat(asked).hasSize(2);
  }
}
