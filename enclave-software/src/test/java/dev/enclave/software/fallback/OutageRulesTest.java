package dev.enclave.software.fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.Fallback;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier.StatementSignature;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.cloud.CloudOperation;
import dev.enclave.testkit.cloud.Fault;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an outage may not turn into a signature in software, and what it must not take away. */
@Tag("full")
class OutageRulesTest {

  private static final KeySpec<SigningKey> SPEC =
      KeySpec.named("payments").algorithm(SigningAlgorithm.ECDSA_P256_SHA256);
  private static final Message MESSAGE = Message.ofUtf8("pay 5 to bob");

  private final Scene scene;

  OutageRulesTest(@TempDir Path directory) {
    this.scene = new Scene(directory);
  }

  private static SigningKey ready(Enclave enclave) {
    SigningKey key = enclave.ensureKey(SPEC);
    Scene.awaitReady(enclave, key);
    return key;
  }

  private static ErrorCode refused(SigningKey key, SignOptions options) {
    return catchThrowableOfType(EnclaveException.class, () -> key.sign(MESSAGE, options)).code();
  }

  @Test
  void whoWasRefused_getsNothingInTheOutageThatFollows() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      scene.begin(Fault.accessDenied());
      assertThat(refused(key, SignOptions.defaults())).isEqualTo(ErrorCode.ACCESS_DENIED);
      scene.end();
      scene.begin(Fault.unavailable());
      assertThat(refused(key, SignOptions.defaults())).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE);
      scene.end();
      scene.clock.advance(Duration.ofSeconds(31));
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isEmpty();
      Scene.awaitReady(enclave, key);
    }
  }

  @Test
  void aClockThatIsSetBackMakesNoEndorsementValidAgain() {
    try (Enclave enclave = scene.open(Scene.fallback("enclave.fallback.valid-for", "PT1H"))) {
      SigningKey key = ready(enclave);
      scene.begin(Fault.unavailable());
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isPresent();
      scene.clock.advance(Duration.ofMinutes(61));
      scene.clock.setWallClock(scene.clock.now().minus(Duration.ofHours(1)));
      assertThat(enclave.fallback().status(key).ready()).isFalse();
      assertThat(refused(key, SignOptions.defaults())).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE);
    }
  }

  @Test
  void silenceForLessThanASecondIsNoOutage() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      scene.hang(Duration.ofMillis(300));
      scene.cloud.faults().every(CloudOperation.SIGN, 1, Fault.Lost.ANSWER);
      SignOptions hurried = SignOptions.defaults().deadline(Duration.ofMillis(200));
      assertThat(refused(key, hurried)).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    }
  }

  @Test
  void aBreakerThatCallersInAHurryOpenedIsNoOutage() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      scene.hang(Duration.ofMillis(300));
      scene.cloud.faults().every(CloudOperation.SIGN, 1, Fault.Lost.ANSWER);
      SignOptions hurried = SignOptions.defaults().deadline(Duration.ofMillis(200));
      ErrorCode last = ErrorCode.DEADLINE_EXCEEDED;
      for (int call = 0; call < 100 && last != ErrorCode.BREAKER_OPEN; call++) {
        last = refused(key, hurried);
      }
      assertThat(last).isEqualTo(ErrorCode.BREAKER_OPEN);
      assertThat(refused(key, SignOptions.defaults())).isEqualTo(ErrorCode.BREAKER_OPEN);
      assertThat(enclave.fallback().status(key).ready()).isTrue();
      // Who has time finds out that it is one.
      scene.clock.advance(Duration.ofSeconds(10));
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isPresent();
    }
  }

  @Test
  void anAdoptedKeyHasNoCompanion_andSaysWhy() {
    String uri =
        scene.cloud.placeForeignKey(
            SigningAlgorithm.ECDSA_P256_SHA256, scene.clock.now(), new SecureRandom());
    try (Enclave enclave = scene.open(Scene.fallback("enclave.keys.payments", "cloud:" + uri))) {
      SigningKey key = enclave.signingKeys().key("payments");
      key.sign(MESSAGE);
      assertThat(enclave.fallback().status(key).ready()).isFalse();
      assertThat(enclave.fallback().status(key).reason())
          .contains("adopted")
          .contains("Create a key");
      scene.begin(Fault.unavailable());
      assertThat(refused(key, SignOptions.defaults())).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE);
    }
  }

  @Test
  void ofManyCallersOneTriesWhetherTheBackendIsBack() throws Exception {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      scene.begin(Fault.unavailable());
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isPresent();
      scene.clock.advance(Duration.ofSeconds(11));
      int asked = scene.cloud.faults().calls(CloudOperation.SIGN);
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isPresent();
      int ofOne = scene.cloud.faults().calls(CloudOperation.SIGN) - asked;
      assertThat(ofOne).isPositive();
      ExecutorService callers = Executors.newFixedThreadPool(8);
      try {
        List<Callable<Boolean>> calls =
            Collections.nCopies(64, () -> Fallback.Endorsement.of(key.sign(MESSAGE)).isPresent());
        for (Future<Boolean> call : callers.invokeAll(calls)) {
          assertThat(call.get()).isTrue();
        }
      } finally {
        callers.shutdown();
      }
      assertThat(scene.cloud.faults().calls(CloudOperation.SIGN) - asked).isEqualTo(ofOne);
    }
  }

  @Test
  void aCallWithABadArgumentSaysNothingOfTheBackend() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      scene.begin(Fault.unavailable());
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isPresent();
      scene.clock.advance(Duration.ofSeconds(11));
      int asked = scene.cloud.faults().calls(CloudOperation.SIGN);
      SignOptions wrong = SignOptions.defaults().encoding(dev.enclave.SignatureEncoding.RAW);
      assertThat(refused(key, wrong)).isEqualTo(ErrorCode.INVALID_ENCODING);
      assertThat(scene.cloud.faults().calls(CloudOperation.SIGN)).isEqualTo(asked);
      // The next call is the trial, and after it the companion signs without another.
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isPresent();
      int tried = scene.cloud.faults().calls(CloudOperation.SIGN);
      assertThat(tried).isGreaterThan(asked);
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isPresent();
      assertThat(scene.cloud.faults().calls(CloudOperation.SIGN)).isEqualTo(tried);
    }
  }

  @Test
  void aLongOutageLetsKeysBeLookedUp_andTheirSignaturesVerified() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      SignatureValue own = key.sign(MESSAGE);
      scene.begin(Fault.unavailable());
      scene.clock.advance(Duration.ofMinutes(45));
      SigningKey found = enclave.signingKeys().key("payments");
      SignatureValue signature = found.sign(MESSAGE);
      assertThat(Fallback.Endorsement.of(signature)).isPresent();
      assertThat(found.verify(MESSAGE, own)).isTrue();
      assertThat(
              enclave
                  .fallback()
                  .verifier(found, "production")
                  .verify(MESSAGE, signature, scene.clock.now()))
          .isTrue();
      assertThat(Fallback.Endorsement.of(enclave.signingKeys().key(key.handle()).sign(MESSAGE)))
          .isPresent();
    }
  }

  @Test
  void aCompanionThatAnotherProcessDestroyedIsMissedOnce_andMadeAnew() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      scene.work(Map.of());
      scene.begin(Fault.unavailable());
      assertThat(refused(key, SignOptions.defaults())).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE);
      assertThat(enclave.fallback().status(key).ready()).isFalse();
      scene.end();
      scene.clock.advance(Duration.ofSeconds(31));
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isEmpty();
      Scene.awaitReady(enclave, key);
      scene.begin(Fault.unavailable());
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isPresent();
    }
  }

  @Test
  void whatIsForgedOfAnEndorsementIsNotAccepted() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      SigningKey other =
          enclave.createKey(KeySpec.named("other").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      Scene.awaitReady(enclave, other);
      scene.begin(Fault.unavailable());
      SignatureValue genuine = key.sign(MESSAGE);
      SignatureValue others = other.sign(MESSAGE);
      Fallback.Endorsement word = Fallback.Endorsement.of(genuine).orElseThrow();
      Fallback.Endorsement othersWord = Fallback.Endorsement.of(others).orElseThrow();
      assertThat(accepts(enclave, key, genuine)).isTrue();
      assertThat(accepts(enclave, other, genuine)).as("of another key").isFalse();
      assertThat(accepts(enclave, key, others)).as("another key's companion").isFalse();
      PublicKeyInfo swapped = othersWord.companionKey();
      assertThat(accepts(enclave, key, changed(othersWord, swapped, word.signature()).on(others)))
          .as("a foreign companion under the key's own word")
          .isFalse();
      assertThat(
              accepts(
                  enclave,
                  key,
                  new Fallback.Endorsement(
                          word.key(),
                          word.version(),
                          word.deployment(),
                          word.companion(),
                          word.companionVersion(),
                          word.companionKey(),
                          word.from(),
                          word.until().plusSeconds(1),
                          word.signature())
                      .on(genuine)))
          .as("a longer time")
          .isFalse();
      assertThat(
              accepts(
                  enclave,
                  key,
                  changed(word, word.companionKey(), othersWord.signature()).on(genuine)))
          .as("the word of another key")
          .isFalse();
    }
  }

  private boolean accepts(Enclave enclave, SigningKey key, SignatureValue signature) {
    return enclave
        .fallback()
        .verifier(key, "production")
        .verify(MESSAGE, signature, scene.clock.now());
  }

  private static Fallback.Endorsement changed(
      Fallback.Endorsement word, PublicKeyInfo companionKey, StatementSignature signature) {
    return new Fallback.Endorsement(
        word.key(),
        word.version(),
        word.deployment(),
        word.companion(),
        word.companionVersion(),
        companionKey,
        word.from(),
        word.until(),
        signature);
  }
}
