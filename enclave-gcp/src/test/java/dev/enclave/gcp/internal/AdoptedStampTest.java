package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.campaign.StrictEnclave;
import dev.enclave.emulators.Denial;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.kit.key.ForeignKeys;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** PRODUCTION uses no adopted key whose environment stamp it could not read. */
class AdoptedStampTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final Denial DENIED = Denial.of("cloudkms.cryptoKeys.get");
  private static final String ACCEPT = "enclave.keys.treasury.accept-unreadable-stamp";

  private final Bench bench = Bench.start();

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void refusesADevelopmentKey_whoseLabelsMayNotBeRead() throws BackendFailure {
    String version = place(EnvironmentType.DEVELOPMENT);
    bench.server().deny(DENIED);
    try (Enclave enclave = open(version, Map.of())) {
      assertRefused(
          ErrorCode.STAMP_UNREADABLE, enclave, "Grant cloudkms.cryptoKeys.get on the key", ACCEPT);
    }
  }

  @Test
  void refusesADevelopmentKey_whoseLabelsMayBeRead() throws BackendFailure {
    try (Enclave enclave = open(place(EnvironmentType.DEVELOPMENT), Map.of())) {
      assertRefused(ErrorCode.STAMP_MISMATCH, enclave, "DEVELOPMENT");
    }
  }

  @Test
  void usesAKeyWhoseLabelsMayNotBeRead_ifASettingForThatKeySaysSo() throws BackendFailure {
    String version = place(EnvironmentType.PRODUCTION);
    bench.server().deny(DENIED);
    try (Enclave enclave = open(version, Map.of(ACCEPT, "true"))) {
      SigningKey key = enclave.signingKeys().key("treasury");
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    }
  }

  @Test
  void asksAgainSomeMinutesAfterARefusal_notAtEveryReading() throws BackendFailure {
    String version = place(EnvironmentType.PRODUCTION);
    bench.server().deny(DENIED);
    bench.server().journal().clear();
    try (Enclave enclave = open(version, Map.of())) {
      assertRefused(ErrorCode.STAMP_UNREADABLE, enclave);
      bench.server().clearDenials();
      bench.clock().advance(ForeignKeys.KEPT.minusSeconds(1));
      assertRefused(ErrorCode.STAMP_UNREADABLE, enclave);
      assertThat(bench.server().journal().of("GetCryptoKey")).hasSize(1);
      bench.clock().advance(Duration.ofMinutes(10));
      SigningKey key = enclave.signingKeys().key("treasury");
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    }
  }

  @Test
  void signsInProduction_withExactlyThePermissionsOfTheRolePrintedForAdoptedKeys()
      throws BackendFailure {
    String version = place(EnvironmentType.PRODUCTION);
    Set<String> granted = printedForAdoptedKeys();
    Stream.of(GcpAccess.TO_USE, GcpAccess.TO_CHANGE, GcpAccess.TO_IMPORT)
        .flatMap(List::stream)
        .filter(permission -> !granted.contains(permission))
        .forEach(permission -> bench.server().deny(Denial.of(permission)));
    try (Enclave enclave = open(version, Map.of())) {
      SigningKey key = enclave.signingKeys().key("treasury");
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    }
  }

  /** Those of the role that is bound to the key. */
  private static Set<String> printedForAdoptedKeys() throws BackendFailure {
    String text = GcpAccess.policy(Openings.in(EnvironmentType.PRODUCTION).context()).text();
    Matcher role =
        Pattern.compile("gcloud kms keys add-iam-policy-binding[^#]*/roles/(\\w+)").matcher(text);
    assertThat(role.find()).isTrue();
    Matcher permissions =
        Pattern.compile("roles create " + role.group(1) + " [^#]*?--permissions=(\\S+)")
            .matcher(text);
    assertThat(permissions.find()).isTrue();
    return Set.of(permissions.group(1).split(","));
  }

  @Test
  void wrapsNothing_thatWouldNotOpenOnceTheStampCanBeRead() throws BackendFailure {
    String version = bench.key(WrappingAlgorithm.AES_256_GCM).providerUri();
    bench.server().deny(DENIED);
    KeySnapshot kek = bench.backend().adopt(KeyName.of("kek"), version, bench.call());
    try (SecretBytes dataKey = SecretBytes.takeOver(new byte[32])) {
      BackendFailure refusal =
          catchThrowableOfType(
              BackendFailure.class,
              () -> bench.backend().wrap(kek.ref(kek.versions().get(0)), dataKey, bench.call()));
      assertThat(refusal.code()).isEqualTo(FailureCode.STAMP_UNREADABLE);
    }
    assertThat(bench.server().journal().of("Encrypt")).isEmpty();
  }

  private static void assertRefused(ErrorCode code, Enclave enclave, String... said) {
    assertThatThrownBy(() -> enclave.signingKeys().key("treasury"))
        .isInstanceOfSatisfying(
            PolicyException.class,
            e -> {
              assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
              for (String text : said) {
                assertThat(e.getMessage()).contains(text);
              }
            });
  }

  private String place(EnvironmentType stamp) throws BackendFailure {
    KeySnapshot key =
        bench
            .backend()
            .create(
                CreateRequest.of(
                    KeyName.of("elsewhere"),
                    SigningAlgorithm.ECDSA_P256_SHA256,
                    RotationInterval.NEVER,
                    stamp,
                    "create-elsewhere"),
                bench.call());
    return key.versions().get(0).providerUri();
  }

  private Enclave open(String version, Map<String, String> more) {
    return StrictEnclave.adopting(
            version, more, context -> GcpKmsBackend.over(Sessions.with(bench.server()), context))
        .with(bench.clock())
        .with(new RecordingAuditSink())
        .open();
  }
}
