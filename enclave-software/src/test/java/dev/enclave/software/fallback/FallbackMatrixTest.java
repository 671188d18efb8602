package dev.enclave.software.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.EnvironmentType;
import dev.enclave.Fallback;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.cloud.CloudOperation;
import dev.enclave.testkit.cloud.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every environment type, setting, kind of failure and kind of endorsement: whether a companion
 * signs. {@code docs/policy.md} shows what is found.
 */
@Tag("full")
class FallbackMatrixTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 5 to bob");
  private static final KeySpec<SigningKey> SPEC =
      KeySpec.named("payments").algorithm(SigningAlgorithm.ECDSA_P256_SHA256);

  /** What keeps the backend from signing, and what the caller is told without a companion. */
  @SuppressWarnings("ImmutableEnumChecker") // Its consumers have no state.
  private enum Failure {
    AWAY("does not answer", ErrorCode.BACKEND_UNAVAILABLE, s -> s.begin(Fault.unavailable())),
    HANGING(
        "answers after the deadline",
        ErrorCode.DEADLINE_EXCEEDED,
        scene -> {
          scene.hang(Duration.ofSeconds(10));
          scene.cloud.faults().every(CloudOperation.SIGN, 1, Fault.Lost.ANSWER);
        }),
    THROTTLING("asks to slow down", ErrorCode.THROTTLED, s -> s.begin(Fault.throttled())),
    REFUSING("refuses the identity", ErrorCode.ACCESS_DENIED, s -> s.begin(Fault.accessDenied())),
    DISABLED(
        "says the version is disabled",
        ErrorCode.KEY_NOT_ACTIVE,
        s ->
            s.cloud
                .faults()
                .every(CloudOperation.SIGN, 1, Fault.permanent(FailureCode.INVALID_STATE))),
    LYING(
        "answers with another key's signature",
        ErrorCode.SIGNATURE_UNVERIFIABLE,
        s -> s.cloud.faults().every(CloudOperation.SIGN, 1, Fault.Wrong.KEY));

    private final String words;
    private final ErrorCode told;
    private final Consumer<Scene> begins;

    Failure(String words, ErrorCode told, Consumer<Scene> begins) {
      this.words = words;
      this.told = told;
      this.begins = begins;
    }

    private boolean isOutage() {
      return this == AWAY || this == HANGING;
    }
  }

  private enum Endorsement {
    VALID,
    EXPIRED,
    MISSING,
    FORGED,
    OF_ANOTHER_DEPLOYMENT
  }

  private final Path directory;
  private int scenes;

  FallbackMatrixTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void aCompanionSigns_inAnOutage_withAValidEndorsement_whereItIsConfigured() throws IOException {
    int cells = 0;
    int bySoftware = 0;
    List<String> rows = new ArrayList<>();
    for (EnvironmentType environment : EnvironmentType.values()) {
      for (boolean on : new boolean[] {false, true}) {
        for (Endorsement endorsement : Endorsement.values()) {
          Set<Failure> found = signsBySoftware(environment, on, endorsement);
          for (Failure failure : Failure.values()) {
            boolean expected = on && endorsement == Endorsement.VALID && failure.isOutage();
            assertThat(found.contains(failure))
                .as(environment + ", fallback " + on + ", " + endorsement + ", " + failure)
                .isEqualTo(expected);
            cells++;
            bySoftware += found.contains(failure) ? 1 : 0;
          }
          rows.add(row(environment, on, endorsement, found));
        }
      }
    }
    assertThat(cells).isEqualTo(4 * 2 * 5 * 6);
    assertThat(bySoftware).isEqualTo(4 * 2);
    requireDocumented(table(rows));
  }

  private Set<Failure> signsBySoftware(
      EnvironmentType environment, boolean on, Endorsement endorsement) {
    Scene scene = new Scene(directory.resolve("scene-" + scenes++));
    Map<String, String> base =
        Map.of("enclave.environment", environment.name().toLowerCase(Locale.ROOT));
    Map<String, String> settings = new TreeMap<>(base);
    settings.putAll(Scene.fallback());
    if (!on) {
      // A companion that an earlier opening endorsed does not count either.
      try (Enclave earlier = scene.open(settings)) {
        endorse(scene, earlier, earlier.createKey(SPEC), endorsement);
      }
      settings = base;
    } else if (endorsement == Endorsement.OF_ANOTHER_DEPLOYMENT) {
      Map<String, String> elsewhere = new TreeMap<>(settings);
      elsewhere.put("enclave.fallback.deployment", "elsewhere");
      try (Enclave other = scene.open(elsewhere)) {
        Scene.awaitReady(other, other.createKey(SPEC));
      }
    }
    Set<Failure> found = EnumSet.noneOf(Failure.class);
    try (Enclave enclave = scene.open(settings)) {
      SigningKey key;
      if (on) {
        key = endorsed(scene, enclave, endorsement);
      } else {
        key = enclave.signingKeys().key("payments");
      }
      for (Failure failure : Failure.values()) {
        if (signs(scene, key, failure)) {
          found.add(failure);
        }
      }
    }
    return found;
  }

  private static SigningKey endorsed(Scene scene, Enclave enclave, Endorsement endorsement) {
    if (endorsement == Endorsement.MISSING || endorsement == Endorsement.OF_ANOTHER_DEPLOYMENT) {
      refuseEndorsement(scene, Fault.accessDenied());
    } else if (endorsement == Endorsement.FORGED) {
      refuseEndorsement(scene, Fault.Wrong.KEY);
    }
    SigningKey key = enclave.ensureKey(SPEC);
    endorse(scene, enclave, key, endorsement);
    return key;
  }

  private static void refuseEndorsement(Scene scene, Fault fault) {
    scene.cloud.faults().every(CloudOperation.SIGN, 1, fault);
  }

  private static void endorse(
      Scene scene, Enclave enclave, SigningKey key, Endorsement endorsement) {
    switch (endorsement) {
      case VALID -> Scene.awaitReady(enclave, key);
      case EXPIRED -> {
        Scene.awaitReady(enclave, key);
        scene.clock.advance(Duration.ofHours(25));
      }
      case MISSING, FORGED, OF_ANOTHER_DEPLOYMENT -> {
        if (enclave.fallback().status(key).ready()) {
          return; // Of the earlier opening, which is only there to leave a companion behind.
        }
        awaitEither(enclave, key);
        scene.end();
      }
    }
  }

  private static void awaitEither(Enclave enclave, SigningKey key) {
    Waiting.until(
        () ->
            enclave.fallback().status(key).ready()
                || enclave
                    .fallback()
                    .status(key)
                    .reason()
                    .startsWith("The companion could not be endorsed"));
  }

  private static boolean signs(Scene scene, SigningKey key, Failure failure) {
    failure.begins.accept(scene);
    try {
      SignatureValue signature = key.sign(MESSAGE);
      assertThat(Fallback.Endorsement.of(signature))
          .as("a signature of a backend that " + failure)
          .isPresent();
      assertThat(key.verify(MESSAGE, signature)).isFalse();
      return true;
    } catch (EnclaveException e) {
      assertThat(e.code()).as(e.getMessage()).isEqualTo(failure.told);
      return false;
    } finally {
      scene.end();
      // Longer than companions sign without a try, so that the next failure is met.
      scene.clock.advance(Duration.ofSeconds(11));
    }
  }

  private static String row(
      EnvironmentType environment, boolean on, Endorsement endorsement, Set<Failure> found) {
    StringBuilder row =
        new StringBuilder("| " + environment + " | `" + (on ? "software" : "disabled") + "` | ");
    row.append(endorsement.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    for (Failure failure : Failure.values()) {
      row.append(" | ")
          .append(found.contains(failure) ? "the companion signs" : "`" + failure.told + "`");
    }
    return row.append(" |").toString();
  }

  private static String table(List<String> rows) {
    StringBuilder table = new StringBuilder("| environment | `enclave.fallback` | endorsement");
    Arrays.stream(Failure.values()).forEach(f -> table.append(" | the backend ").append(f.words));
    table.append(" |\n|---|---|---");
    Arrays.stream(Failure.values()).forEach(f -> table.append("|---"));
    table.append("|\n");
    rows.forEach(row -> table.append(row).append('\n'));
    return table.toString();
  }

  private static void requireDocumented(String table) throws IOException {
    Path file = Path.of("..", "docs", "policy.md");
    String text = Files.readString(file, StandardCharsets.UTF_8);
    String begin = "<!-- generated: fallback-matrix -->\n";
    int from = text.indexOf(begin) + begin.length();
    int to = text.indexOf("<!-- end -->", from);
    String expected = text.substring(0, from) + table + text.substring(to);
    if (Boolean.getBoolean("docs.update")) {
      Files.writeString(file, expected, StandardCharsets.UTF_8);
    } else {
      assertThat(text)
          .as("docs/policy.md is out of date; -Ddocs.update=true rewrites it")
          .isEqualTo(expected);
    }
  }
}
