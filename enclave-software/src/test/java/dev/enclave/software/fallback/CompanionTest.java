package dev.enclave.software.fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.Fallback;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.testkit.CapturedOutput;
import dev.enclave.testkit.cloud.CloudOperation;
import dev.enclave.testkit.cloud.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In PRODUCTION, with a cloud that goes away and comes back. */
@Tag("full")
class CompanionTest {

  private static final KeySpec<SigningKey> SPEC =
      KeySpec.named("payments").algorithm(SigningAlgorithm.ECDSA_P256_SHA256);
  private static final Message MESSAGE = Message.ofUtf8("pay 5 to bob");

  private final Scene scene;

  CompanionTest(@TempDir Path directory) {
    this.scene = new Scene(directory);
  }

  private static SigningKey ready(Enclave enclave) {
    SigningKey key = enclave.ensureKey(SPEC);
    Scene.awaitReady(enclave, key);
    return key;
  }

  @Test
  void aCompanionSigns_andOnlyWhoAcceptsItSaysSo() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isEmpty();
      scene.begin(Fault.unavailable());
      SignatureValue signature = key.sign(MESSAGE, SignOptions.by("user:7"));
      Fallback.Endorsement word = Fallback.Endorsement.of(signature).orElseThrow();
      assertThat(word.key()).isEqualTo(key.handle());
      assertThat(signature.key()).isEqualTo(word.companion()).isNotEqualTo(key.handle());
      assertThat(signature.keyId()).startsWith("enclave-fallback-");
      assertThat(word.signature().key())
          .isEqualTo(enclave.admin().statementKey().fingerprint())
          .isNotEqualTo(key.publicKey().fingerprint());

      Fallback.Verifier accepting = enclave.fallback().verifier(key, "production");
      assertThat(accepting.verify(MESSAGE, signature, scene.clock.now())).isTrue();
      assertThat(accepting.verify(Message.ofUtf8("more"), signature, scene.clock.now())).isFalse();
      assertThat(
              enclave
                  .fallback()
                  .verifier(key, "staging")
                  .verify(MESSAGE, signature, scene.clock.now()))
          .isFalse();
      assertThat(accepting.verify(MESSAGE, signature, word.until())).isFalse();
      Instant tooEarly = word.from().minus(Fallback.Verifier.CLOCKS_APART).minusSeconds(1);
      assertThat(accepting.verify(MESSAGE, signature, tooEarly.plusSeconds(1))).isTrue();
      assertThat(accepting.verify(MESSAGE, signature, tooEarly)).isFalse();

      assertThat(key.verify(MESSAGE, signature)).isFalse();
      assertThat(key.verify(MESSAGE, signature.toByteArray(), signature.encoding())).isFalse();
      assertThat(key.publicKeys().verify(MESSAGE, signature.toByteArray(), signature.encoding()))
          .isFalse();
      assertThat(SignatureVerifier.of(key.publicKey()).verify(MESSAGE, signature)).isFalse();
      assertThat(key.publishedKeys().toString()).doesNotContain("enclave-fallback");
    }
  }

  @Test
  void theTextFormCarriesTheEndorsement() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      scene.begin(Fault.unavailable());
      SignatureValue signature = key.sign(MESSAGE);
      SignatureValue read = SignatureValue.parse(signature.toString());
      assertThat(read).isEqualTo(signature).hasToString(signature.toString());
      assertThat(Fallback.Endorsement.of(read)).isEqualTo(Fallback.Endorsement.of(signature));
      assertThat(
              enclave
                  .fallback()
                  .verifier(key, "production")
                  .verify(MESSAGE, read, scene.clock.now()))
          .isTrue();
      String text = signature.toString();
      for (int at = 0; at < text.length(); at += 7) {
        char changed = text.charAt(at) == '0' ? '1' : '0';
        String forged = text.substring(0, at) + changed + text.substring(at + 1);
        assertThat(accepts(enclave, key, signature, forged))
            .as("changed at " + at + ": " + forged)
            .isFalse();
      }
    }
  }

  /** A trace id is signed by nobody, and no part of a signature's identity. */
  private boolean accepts(Enclave enclave, SigningKey key, SignatureValue genuine, String text) {
    SignatureValue value;
    try {
      value = SignatureValue.parse(text);
    } catch (UsageException e) {
      return false;
    }
    return !value.equals(genuine)
        && enclave.fallback().verifier(key, "production").verify(MESSAGE, value, scene.clock.now());
  }

  @Test
  void isAuditedWithBothKeys_toldAndShownInTheHealth() {
    try (CapturedOutput said = new CapturedOutput();
        Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      scene.begin(Fault.unavailable());
      for (int second = 0; second < 150; second++) {
        assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isPresent();
        scene.clock.advance(Duration.ofSeconds(1));
      }
      assertThat(enclave.health().healthy()).isTrue();
      assertThat(enclave.health().findings())
          .anySatisfy(
              finding -> {
                assertThat(finding.code()).isEqualTo(ErrorCode.FALLBACK_IN_USE);
                assertThat(finding.severity()).isEqualTo(HealthReport.Severity.WARNING);
                assertThat(finding.observed()).contains("150 signatures");
              });
      List<AuditEvent> byCompanion =
          scene.events().stream()
              .filter(event -> event.details().containsKey("fallbackFor"))
              .toList();
      assertThat(byCompanion)
          .hasSize(150)
          .allSatisfy(
              event -> {
                assertThat(event.operation()).isEqualTo(Operation.SIGN);
                assertThat(event.key().orElseThrow().value()).startsWith("enclave-fallback-");
                assertThat(event.details()).containsEntry("fallbackFor", key.handle().toString());
              });
      assertThat(said.text().split("FALLBACK GOES ON: backend ", -1)).hasSize(3);
      scene.end();
      int more = scene.awaitKey(key);
      assertThat(enclave.health().findings()).anyMatch(f -> f.code() == ErrorCode.FALLBACK_IN_USE);
      scene.clock.advance(Duration.ofMinutes(2));
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isEmpty();
      assertThat(enclave.health().findings()).noneMatch(f -> f.code() == ErrorCode.FALLBACK_IN_USE);
      // With the place for the backend's id, as the engine says it: the console may say it again.
      String log = said.text();
      assertThat(log)
          .containsOnlyOnce("FALLBACK BEGINS: backend ")
          .containsOnlyOnce("FALLBACK ENDS: backend ");
      assertThat(log).contains("companions made " + (150 + more) + " signatures");
    }
  }

  @Test
  void withoutAnythingConfigured_nothingSignsInAnOutage() {
    try (Enclave enclave = scene.open(Map.of())) {
      SigningKey key = enclave.createKey(SPEC);
      assertThat(enclave.fallback().status(key).ready()).isFalse();
      assertThat(enclave.fallback().status(key).reason()).contains("enclave.fallback=software");
      scene.begin(Fault.unavailable());
      assertThatThrownBy(() -> key.sign(MESSAGE)).isInstanceOf(ConnectivityException.class);
    }
  }

  @Test
  void needsASecondLine_whereThePolicyTakesNoSoftware() {
    for (String environment : List.of("production", "staging")) {
      EnclaveException refusal =
          catchThrowableOfType(
              EnclaveException.class,
              () ->
                  scene
                      .open(
                          Map.of(
                              "enclave.environment", environment, "enclave.fallback", "software"))
                      .close());
      assertThat(refusal.code()).isEqualTo(ErrorCode.REDUCED_SECURITY_NOT_ACKNOWLEDGED);
      assertThat(refusal).hasMessageContaining("enclave.fallback.minimum-assurance=software");
    }
  }

  @Test
  void aStartWithoutAPlaceForCompanions_isRefused_andRecordedAsThat() throws IOException {
    Files.writeString(scene.store(), "no directory");
    EnclaveException refusal =
        catchThrowableOfType(EnclaveException.class, () -> scene.open(Scene.fallback()).close());
    assertThat(refusal).hasMessageContaining(scene.store().toString());
    assertThat(scene.events())
        .filteredOn(event -> event.operation() == Operation.START)
        .singleElement()
        .satisfies(event -> assertThat(event.errorCode()).contains(refusal.code()));
  }

  @Test
  void keysForAddressesHaveNoCompanion_andSayWhy() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key =
          enclave.createKey(
              KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_SECP256K1_SHA256));
      assertThat(enclave.fallback().status(key).ready()).isFalse();
      assertThat(enclave.fallback().status(key).reason()).contains("addresses");
      scene.begin(Fault.unavailable());
      assertThatThrownBy(() -> key.sign(MESSAGE)).isInstanceOf(ConnectivityException.class);
    }
  }

  @Test
  void aVersionSignerHasNone_sinceItNamesItsVersionAhead() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      var signer = key.signer();
      scene.begin(Fault.unavailable());
      assertThatThrownBy(() -> signer.sign(MESSAGE)).isInstanceOf(ConnectivityException.class);
    }
  }

  @Test
  void aRotationMakesAnotherCompanion_andDestroysTheOldOne() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      scene.begin(Fault.unavailable());
      SignatureValue before = key.sign(MESSAGE);
      scene.end();
      scene.clock.advance(Duration.ofSeconds(11));
      enclave.admin().key(KeyName.of("payments")).rotate(RotationRequest.now());
      key.sign(MESSAGE);
      Scene.awaitReady(enclave, key);
      awaitDestroyed(1);
      scene.begin(Fault.unavailable());
      SignatureValue after = key.sign(MESSAGE);
      assertThat(after.key()).isNotEqualTo(before.key());
      assertThat(Fallback.Endorsement.of(after).orElseThrow().version())
          .isNotEqualTo(Fallback.Endorsement.of(before).orElseThrow().version());
      Fallback.Verifier accepting = enclave.fallback().verifier(key, "production");
      assertThat(accepting.verify(MESSAGE, before, scene.clock.now())).isTrue();
      assertThat(accepting.verify(MESSAGE, after, scene.clock.now())).isTrue();
    }
  }

  @Test
  void aCompanionOfAVersionThatWasReplacedMeanwhileIsDestroyed() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      ready(enclave);
    }
    try (Enclave elsewhere = scene.openElsewhere()) {
      elsewhere.admin().key(KeyName.of("payments")).rotate(RotationRequest.now());
    }
    try (Enclave enclave = scene.open(Scene.fallback())) {
      ready(enclave);
      awaitDestroyed(1);
    }
  }

  @Test
  void aCompanionOfAKeyThatWasDestroyedMeanwhileIsDestroyed() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      ready(enclave);
    }
    try (Enclave elsewhere = scene.openElsewhere()) {
      ManagedKey managed = elsewhere.admin().key(KeyName.of("payments"));
      KeyVersionId version = managed.info().versions().get(0).id();
      managed.disable(version);
      managed.destroy(version);
    }
    try (Enclave enclave = scene.open(Scene.fallback())) {
      enclave.signingKeys().key("payments");
      awaitDestroyed(1);
    }
  }

  /** Counted, as the plain JCA, a public key in PEM and every verifier of the API see them. */
  @Test
  void ofFiveHundredSignaturesNoneVerifiesWhereFallbackIsNotAskedFor() throws Exception {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      SignatureVerifier byPem =
          SignatureVerifier.of(PublicKeyInfo.fromPem(key.publicKey().toPem(), SPEC.algorithm()));
      PublicKey byJca = key.publicKey().toPublicKey();
      Fallback.Verifier asking = enclave.fallback().verifier(key, "production");
      scene.begin(Fault.unavailable());
      int accepted = 0;
      int asked = 0;
      for (int number = 0; number < 500; number++) {
        Message message = Message.ofUtf8("pay " + number);
        SignatureValue signature = key.sign(message);
        byte[] raw = signature.toByteArray();
        Signature jca = Signature.getInstance("SHA256withECDSA");
        jca.initVerify(byJca);
        jca.update(("pay " + number).getBytes(StandardCharsets.UTF_8));
        for (boolean yes :
            new boolean[] {
              key.verify(message, signature),
              key.verify(message, raw, signature.encoding()),
              key.publicKeys().verify(message, raw, signature.encoding()),
              byPem.verify(message, signature),
              jca.verify(raw)
            }) {
          accepted += yes ? 1 : 0;
        }
        asked += asking.verify(message, signature, scene.clock.now()) ? 1 : 0;
      }
      assertThat(accepted).isZero();
      assertThat(asked).isEqualTo(500);
    }
  }

  @Test
  void aDestroyedKeysCompanionIsDestroyed() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      ManagedKey managed = enclave.admin().key(KeyName.of("payments"));
      managed.disable(key.activeVersion().id());
      managed.destroy(managed.info().versions().get(0).id());
      scene.begin(Fault.unavailable());
      EnclaveException refused =
          catchThrowableOfType(EnclaveException.class, () -> key.sign(MESSAGE));
      assertThat(refused.code()).isEqualTo(ErrorCode.KEY_NOT_ACTIVE);
      scene.tasks.runAll();
      awaitDestroyed(1);
    }
  }

  @Test
  void switchedOff_companionsAreDestroyedWhileTheEnclaveIsOpen_andItSaysSo() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      ready(enclave);
    }
    try (CapturedOutput said = new CapturedOutput()) {
      scene.work(Map.of());
      assertThat(said.text())
          .contains("enclave.fallback is disabled: destroyed 1 companions of this deployment");
    }
    assertThat(destroyedVersions()).isEqualTo(1);
    try (CapturedOutput said = new CapturedOutput()) {
      scene.work(Map.of());
      assertThat(said.text()).doesNotContain("companions");
    }
    try (Enclave again = scene.open(Scene.fallback())) {
      ready(again);
    }
  }

  /** So that a command, which looks at keys and ends, takes no companion from a service. */
  @Test
  void aStartDestroysNone() {
    try (Enclave service = scene.open(Scene.fallback())) {
      SigningKey key = ready(service);
      scene.open(Map.of()).close();
      assertThat(destroyedVersions()).isZero();
      scene.begin(Fault.unavailable());
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isPresent();
    }
  }

  @Test
  void switchedOff_thoseOfOtherDeploymentsInTheSameDirectoryStay() {
    try (Enclave service = scene.open(Scene.fallback("enclave.fallback.deployment", "payments"))) {
      SigningKey key = ready(service);
      scene.work(Map.of("enclave.fallback.deployment", "invoices"));
      assertThat(destroyedVersions()).isZero();
      scene.begin(Fault.unavailable());
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isPresent();
      scene.end();
    }
    scene.work(Map.of("enclave.fallback.deployment", "payments"));
    assertThat(destroyedVersions()).isEqualTo(1);
  }

  /** In LOCAL, where keys may be PLAINTEXT, so may companions, unless the setting says more. */
  @Test
  void aCompanionBesideItsKeyFile_isForLocalAlone_andForNoMinimumOfSoftware() {
    try (CapturedOutput said = new CapturedOutput();
        Enclave enclave = scene.openWithKeyFile(Map.of())) {
      ready(enclave);
      assertThat(said.text())
          .contains("Backend software: CONFIGURATION_MISSING: The keys have PLAINTEXT assurance");
    }
    try (Enclave enclave =
        scene.openWithKeyFile(Map.of("enclave.fallback.minimum-assurance", "software"))) {
      SigningKey key = enclave.ensureKey(SPEC);
      Scene.awaitFailure(enclave, key);
      assertThat(enclave.fallback().status(key).reason()).contains("PLAINTEXT", "SOFTWARE");
    }
  }

  @Test
  void aRestartFindsItsCompanionAgain() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      ready(enclave);
    }
    try (Enclave enclave = scene.open(Scene.fallback())) {
      ready(enclave);
      assertThat(
              scene.events().stream()
                  .filter(event -> event.operation() == Operation.CREATE)
                  .filter(event -> event.key().orElseThrow().value().startsWith("enclave-fallback"))
                  .filter(event -> event.result() == AuditEvent.Result.SUCCESS))
          .hasSize(1);
    }
  }

  @Test
  void anEndorsementIsRenewedBeforeItEnds() {
    try (Enclave enclave = scene.open(Scene.fallback("enclave.fallback.valid-for", "PT2H"))) {
      SigningKey key = ready(enclave);
      var first = enclave.fallback().status(key).endorsedUntil().orElseThrow();
      scene.clock.advance(Duration.ofMinutes(59));
      key.sign(MESSAGE);
      assertThat(enclave.fallback().status(key).endorsedUntil()).contains(first);
      scene.clock.advance(Duration.ofMinutes(2));
      int before = scene.cloud.faults().calls(CloudOperation.SIGN);
      key.sign(MESSAGE);
      Waiting.until(
          () -> !enclave.fallback().status(key).endorsedUntil().orElse(first).equals(first));
      assertThat(scene.cloud.faults().calls(CloudOperation.SIGN)).isEqualTo(before + 3);
    }
  }

  @Test
  void applicationsMayNotUseACompanion() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      scene.begin(Fault.unavailable());
      SignatureValue signature = key.sign(MESSAGE);
      scene.end();
      EnclaveException byName =
          catchThrowableOfType(
              EnclaveException.class, () -> enclave.signingKeys().key(signature.key().name()));
      EnclaveException byHandle =
          catchThrowableOfType(
              EnclaveException.class, () -> enclave.signingKeys().key(signature.key()));
      assertThat(List.of(byName.code(), byHandle.code())).containsOnly(ErrorCode.KEY_NAME_RESERVED);
    }
  }

  private void awaitDestroyed(int versions) {
    Waiting.until(() -> destroyedVersions() == versions);
  }

  private long destroyedVersions() {
    return scene.events().stream()
        .filter(event -> event.operation() == Operation.CHANGE_STATE)
        .filter(event -> event.result() == AuditEvent.Result.SUCCESS)
        .filter(event -> "DESTROYED".equals(event.details().get("to")))
        .filter(event -> event.caller().equals("fallback"))
        .count();
  }
}
