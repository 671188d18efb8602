package dev.enclave.software.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.Fallback;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.testkit.CapturedOutput;
import dev.enclave.testkit.cloud.CloudOperation;
import dev.enclave.testkit.cloud.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A day on which the backend answers for ten seconds and does not for ten, a call a second. */
@Tag("full")
class FlappingDayTest {

  private static final Duration DAY =
      Duration.ofHours(Integer.getInteger("enclave.soak.hours", 24));
  private static final Duration HALF = Duration.ofSeconds(10);
  private static final Message MESSAGE = Message.ofUtf8("pay 5 to bob");

  private final Scene scene;

  FlappingDayTest(@TempDir Path directory) {
    this.scene = new Scene(directory);
  }

  @Test
  void everySignatureIsTheKeysOrEndorsed_withoutAStorm_andWarningsAreBounded() {
    int byKey = 0;
    int byCompanion = 0;
    int failed = 0;
    try (CapturedOutput said = new CapturedOutput();
        Enclave enclave = scene.open(Scene.fallback("enclave.fallback.valid-for", "PT2H"))) {
      SigningKey key =
          enclave.createKey(
              KeySpec.named("payments").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      Scene.awaitReady(enclave, key);
      Instant end = scene.clock.now().plus(DAY);
      Set<String> verified = new HashSet<>();
      Fallback.Verifier accepting = enclave.fallback().verifier(key, "production");
      int asked = scene.cloud.faults().calls(CloudOperation.SIGN);
      Instant turn = scene.clock.now().plus(HALF);
      boolean up = true;
      int sinceUp = 0;
      int longestWayBack = 0;
      while (scene.clock.now().isBefore(end)) {
        if (!scene.clock.now().isBefore(turn)) {
          turn = turn.plus(HALF);
          up = !up;
          sinceUp = 0;
          if (up) {
            scene.end();
          } else {
            scene.begin(Fault.unavailable());
          }
        }
        try {
          SignatureValue signature = key.sign(MESSAGE);
          if (Fallback.Endorsement.of(signature).isPresent()) {
            byCompanion++;
            sinceUp++;
            longestWayBack = up ? Math.max(longestWayBack, sinceUp) : longestWayBack;
            // Of each endorsement once: a verification takes longer than a signature.
            if (verified.add(Fallback.Endorsement.of(signature).get().toString())) {
              assertThat(accepting.verify(MESSAGE, signature, scene.clock.now())).isTrue();
            }
            assertThat(Fallback.Endorsement.of(signature).get().covers(scene.clock.now())).isTrue();
          } else {
            byKey++;
            letRenewalEnd(enclave, key, scene);
          }
        } catch (EnclaveException e) {
          failed++;
        }
        scene.clock.advance(Duration.ofSeconds(1));
      }
      long seconds = DAY.toSeconds();
      int requests = scene.cloud.faults().calls(CloudOperation.SIGN) - asked;
      assertThat(failed).as("by the key " + byKey + ", by companions " + byCompanion).isZero();
      assertThat(byKey).isPositive();
      assertThat(byCompanion).isPositive();
      assertThat(requests).as("requests to sign in a day").isLessThan(byKey + byKey / 2);
      assertThat(longestWayBack)
          .as("signatures, one a second, by companions in a row while the backend answered")
          .isLessThanOrEqualTo(11);
      // With the place for the backend's id, as the engine says it: the console may say it again.
      String log = said.text();
      assertThat(count(log, "FALLBACK BEGINS: backend ")).isEqualTo(1);
      assertThat(count(log, "FALLBACK ENDS: backend ")).isZero();
      assertThat(count(log, "FALLBACK GOES ON: backend ")).isBetween(1, (int) (seconds / 60 + 1));
      assertThat(verified.size()).isGreaterThan(1);
    }
  }

  /** The clock runs ahead of the thread that renews; a machine that is busy gets its time. */
  private static void letRenewalEnd(Enclave enclave, SigningKey key, Scene scene) {
    Instant soon = scene.clock.now().plus(Duration.ofMinutes(50));
    Instant until = enclave.fallback().status(key).endorsedUntil().orElse(soon);
    if (until.isBefore(soon)) {
      Waiting.upTo(
          Duration.ofSeconds(2),
          () -> enclave.fallback().status(key).endorsedUntil().filter(until::isBefore).isPresent());
    }
  }

  private static int count(String text, String part) {
    return text.split(java.util.regex.Pattern.quote(part), -1).length - 1;
  }
}
