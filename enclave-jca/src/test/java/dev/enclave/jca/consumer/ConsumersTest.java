package dev.enclave.jca.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.jca.CertificateSubject;
import dev.enclave.jca.Certificates;
import dev.enclave.jca.EnclavePrivateKey;
import dev.enclave.jca.EnclaveProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every library with every kind of key in every place; what came of it is the table of {@code
 * docs/jca.md}.
 */
class ConsumersTest {

  private static final Path GUIDE = Path.of("../docs/jca.md");
  private static final String BEGIN = "<!-- generated: consumers -->\n";
  private static final String END = "<!-- end -->";

  private static final List<SigningAlgorithm> ALGORITHMS =
      List.of(
          SigningAlgorithm.ED25519,
          SigningAlgorithm.ECDSA_P256_SHA256,
          SigningAlgorithm.ECDSA_P384_SHA384,
          SigningAlgorithm.RSA_PSS_2048_SHA256,
          SigningAlgorithm.RSA_PKCS1_2048_SHA256);

  private static final List<Consumer> CONSUMERS =
      List.of(
          Servers.jsse13(),
          Servers.jsse12(),
          Servers.jetty(),
          Servers.netty(),
          Tokens.nimbus(),
          Tokens.jjwt(),
          Documents.cms(),
          Documents.tsp(),
          Documents.xml(),
          Documents.jar());

  @BeforeAll
  static void register() {
    Security.addProvider(new EnclaveProvider());
  }

  @AfterAll
  static void remove() {
    Security.removeProvider(EnclaveProvider.NAME);
  }

  @Test
  void eachTakesTheKeysThatItHasANameFor(@TempDir Path folder) throws Exception {
    Map<String, Integer> uses = new TreeMap<>();
    List<String> failures = new ArrayList<>();
    for (Places place : Places.values()) {
      try (Places.Place opened = place.open(folder)) {
        for (SigningAlgorithm algorithm : ALGORITHMS) {
          Optional<Certified> key = key(opened, algorithm);
          for (Consumer consumer : CONSUMERS) {
            if (key.isPresent() && consumer.takes().contains(algorithm)) {
              use(place, consumer, key.get(), uses, failures);
            }
          }
        }
      }
    }

    assertThat(failures).isEmpty();
    requireInGuide(table(uses));
  }

  private static void use(
      Places place,
      Consumer consumer,
      Certified key,
      Map<String, Integer> uses,
      List<String> failures) {
    try {
      consumer.use().of(key);
      uses.merge(consumer.name() + key.algorithm(), 1, Integer::sum);
    } catch (Exception | AssertionError e) {
      failures.add(place + ", " + consumer.name() + ", " + key.algorithm() + ": " + e);
    }
  }

  /** None where the place does not have the algorithm. */
  private static Optional<Certified> key(Places.Place place, SigningAlgorithm algorithm) {
    try {
      String name = algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-');
      SigningKey key = place.enclave().ensureKey(KeySpec.named(name).algorithm(algorithm));
      EnclavePrivateKey version = EnclavePrivateKey.of(key);
      return Optional.of(
          new Certified(
              key,
              version,
              Certificates.selfSigned(
                  version,
                  CertificateSubject.named("CN=" + name),
                  Instant.parse("2026-01-01T00:00:00Z"),
                  Duration.ofDays(3650))));
    } catch (EnclaveException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_ALGORITHM);
      return Optional.empty();
    }
  }

  private static String table(Map<String, Integer> uses) {
    StringBuilder table = new StringBuilder("| library |");
    ALGORITHMS.forEach(a -> table.append(" `").append(a).append("` |"));
    table.append("\n|---|").append("---|".repeat(ALGORITHMS.size())).append('\n');
    int all = 0;
    for (Consumer consumer : CONSUMERS) {
      table.append("| ").append(consumer.name()).append(" |");
      for (SigningAlgorithm algorithm : ALGORITHMS) {
        int count = uses.getOrDefault(consumer.name() + algorithm, 0);
        all += count;
        table.append(' ').append(count == 0 ? "–" : count).append(" |");
      }
      table.append('\n');
    }
    return table
        .append("\n")
        .append(all)
        .append(" uses in ")
        .append(Places.values().length)
        .append(" places.\n")
        .toString();
  }

  private static void requireInGuide(String table) throws Exception {
    String guide = Files.readString(GUIDE);
    int begin = guide.indexOf(BEGIN) + BEGIN.length();
    int end = guide.indexOf(END, begin);
    if (Boolean.getBoolean("docs.update")) {
      Files.writeString(GUIDE, guide.substring(0, begin) + table + guide.substring(end));
    } else {
      assertThat(guide.substring(begin, end)).isEqualTo(table);
    }
  }
}
