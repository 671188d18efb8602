package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.Message;
import dev.enclave.SigningKey;
import dev.enclave.aws.internal.backend.AwsKmsBackend;
import dev.enclave.aws.internal.calls.KmsNames;
import dev.enclave.campaign.StrictEnclave;
import dev.enclave.emulators.Denial;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.ServiceResponse;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.kit.key.ForeignKeys;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** PRODUCTION uses no adopted key whose environment stamp it could not read. */
class AdoptedStampTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final Denial DENIED = Denial.of("kms:ListResourceTags");
  private static final String ACCEPT = "enclave.keys.treasury.accept-unreadable-stamp";

  private static final String OTHER_ACCOUNT = "999988887777";

  private KmsBench bench = new KmsBench();

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void refusesADevelopmentKey_whoseTagsMayNotBeRead() {
    String arn = place("DEVELOPMENT");
    bench.server.deny(DENIED);
    try (Enclave enclave = open(arn, Map.of())) {
      assertRefused(ErrorCode.STAMP_UNREADABLE, enclave, "Allow kms:ListResourceTags", ACCEPT);
    }
  }

  @Test
  void refusesADevelopmentKey_whoseTagsMayBeRead() {
    try (Enclave enclave = open(place("DEVELOPMENT"), Map.of())) {
      assertRefused(ErrorCode.STAMP_MISMATCH, enclave, "DEVELOPMENT");
    }
  }

  @Test
  void refusesAKey_whoseStampNamesNoEnvironmentType() {
    try (Enclave enclave = open(place("prod"), Map.of())) {
      assertRefused(ErrorCode.STAMP_UNREADABLE, enclave, "tag enclave:environment");
    }
  }

  @Test
  void usesAKeyWhoseTagsMayNotBeRead_ifASettingForThatKeySaysSo() {
    String arn = place("PRODUCTION");
    bench.server.deny(DENIED);
    try (Enclave enclave = open(arn, Map.of(ACCEPT, "true"))) {
      SigningKey key = enclave.signingKeys().key("treasury");
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    }
  }

  @Test
  void asksAgainSomeMinutesAfterARefusal_notAtEveryReading() {
    String arn = place("PRODUCTION");
    bench.server.deny(DENIED);
    try (Enclave enclave = open(arn, Map.of())) {
      assertRefused(ErrorCode.STAMP_UNREADABLE, enclave);
      bench.server.clearDenials();
      bench.clock.advance(ForeignKeys.KEPT.minusSeconds(1));
      assertRefused(ErrorCode.STAMP_UNREADABLE, enclave);
      assertThat(bench.server.journal().of("ListResourceTags")).hasSize(1);
      bench.clock.advance(Duration.ofMinutes(10));
      SigningKey key = enclave.signingKeys().key("treasury");
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    }
  }

  @Test
  void findsTheStampOnALaterPageOfTags() throws BackendFailure {
    bench.close();
    bench = new KmsBench(server -> server.mostItemsPerPage(1));
    String arn =
        bench
            .console()
            .createKey(
                r ->
                    r.keySpec("ECC_NIST_P256")
                        .keyUsage("SIGN_VERIFY")
                        .tags(
                            KmsNames.tag("aaa", "of somebody"),
                            KmsNames.tag(KmsNames.STAMP, "DEVELOPMENT")))
            .keyMetadata()
            .arn();
    assertThat(bench.backend.adopt(KmsBench.NAME, arn, bench.call()).stamp())
        .hasToString("DEVELOPMENT");
  }

  @Test
  void saysThatTagsOfAnotherAccountsKeysCannotBeRead() throws BackendFailure {
    String own = bench.server.account();
    bench.close();
    bench =
        new KmsBench(
            server ->
                server
                    .deny(DENIED)
                    .interceptor(
                        (request, service) -> {
                          ServiceResponse answer =
                              service.handle(
                                  request.withBody(renamed(request.body(), OTHER_ACCOUNT, own)));
                          return Delivery.answer(
                              answer.withBody(renamed(answer.body(), own, OTHER_ACCOUNT)));
                        }));
    String id = KmsNames.keyId(place("DEVELOPMENT")).orElseThrow();
    assertThat(bench.backend.adopt(KmsBench.NAME, id, bench.call()).stamp())
        .isInstanceOfSatisfying(
            StampReading.Unreadable.class,
            unreadable -> {
              assertThat(unreadable.reason()).contains("the key is in account " + OTHER_ACCOUNT);
              assertThat(unreadable.remedy()).isEqualTo("Use a key of account " + own);
            });
  }

  private static byte[] renamed(byte[] body, String from, String to) {
    return new String(body, StandardCharsets.UTF_8)
        .replace(":" + from + ":", ":" + to + ":")
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void wrapsNothing_thatWouldNotOpenOnceTheStampCanBeRead() throws BackendFailure {
    String arn =
        bench
            .console()
            .createKey(
                r ->
                    r.keySpec("SYMMETRIC_DEFAULT")
                        .keyUsage("ENCRYPT_DECRYPT")
                        .tags(KmsNames.tag(KmsNames.STAMP, "PRODUCTION")))
            .keyMetadata()
            .arn();
    bench.server.deny(DENIED);
    KeySnapshot kek = bench.backend.adopt(KeyName.of("kek"), arn, bench.call());
    bench.server.journal().clear();
    try (SecretBytes dataKey = SecretBytes.takeOver(new byte[32])) {
      BackendFailure refusal =
          catchThrowableOfType(
              BackendFailure.class,
              () -> bench.backend.wrap(kek.ref(kek.versions().get(0)), dataKey, bench.call()));
      assertThat(refusal.code()).isEqualTo(FailureCode.STAMP_UNREADABLE);
      assertThat(refusal).hasMessageContaining("kms:ListResourceTags");
    }
    assertThat(bench.requests()).isEmpty();
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

  private String place(String stamp) {
    return bench
        .console()
        .createKey(
            r ->
                r.keySpec("ECC_NIST_P256")
                    .keyUsage("SIGN_VERIFY")
                    .tags(KmsNames.tag(KmsNames.STAMP, stamp)))
        .keyMetadata()
        .arn();
  }

  private Enclave open(String arn, Map<String, String> more) {
    return StrictEnclave.adopting(
            arn,
            more,
            context -> AwsKmsBackend.over(Sessions.with(bench.server, bench.clock), context))
        .with(bench.clock)
        .with(new RecordingAuditSink())
        .open();
  }
}
