package dev.enclave.scenarios;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.SecurityPolicy;
import dev.enclave.SigningAlgorithm;
import dev.enclave.admin.KeyBackup;
import dev.enclave.campaign.docs.Guide;
import dev.enclave.cli.OpenSsl;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationWay;
import dev.enclave.spi.backend.BackendProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The matrix of {@code docs/migration.md} is what plans say: one of every pair for every algorithm
 * in LOCAL, and what policy leaves of them in PRODUCTION.
 */
@Tag("needs-keyring")
@Tag("needs-kube-apiserver")
@Tag("needs-openssl")
@Tag("full")
class MigrationMatrixDocTest {

  private static final String PASSWORD = "correct-horse-battery";

  private record Pair(BackendId source, BackendId target) {}

  @Test
  void isWhatPlansSay(@TempDir Path folder) throws IOException {
    Guide.named("migration.md").requireGenerated("migration-matrix", table(planned(folder)));
  }

  private static Map<SigningAlgorithm, Map<Pair, String>> planned(Path folder) throws IOException {
    Map<SigningAlgorithm, Map<Pair, String>> ways = new EnumMap<>(SigningAlgorithm.class);
    try (SixPlaces places = new SixPlaces(folder, Set.copyOf(SixPlaces.ALL))) {
      for (BackendId source : SixPlaces.ALL) {
        places.warmImports(source);
        try (Enclave enclave = places.open(source)) {
          for (SigningAlgorithm algorithm : SigningAlgorithm.values()) {
            Optional<KeyHandle> key = key(enclave, algorithm, folder);
            for (BackendId target : SixPlaces.ALL) {
              if (!target.equals(source)) {
                ways.computeIfAbsent(algorithm, any -> new HashMap<>())
                    .put(
                        new Pair(source, target),
                        key.map(handle -> way(enclave, handle, target)).orElse("–"));
              }
            }
          }
        }
      }
    }
    return ways;
  }

  /** RSA keys are made by OpenSSL and taken in, once for each length: that is quick. */
  private static Optional<KeyHandle> key(Enclave enclave, SigningAlgorithm algorithm, Path folder)
      throws IOException {
    String name = "key-" + algorithm.name().replace('_', '-').toLowerCase(Locale.ROOT);
    try {
      if (algorithm.curve().isPresent()) {
        return Optional.of(enclave.createKey(KeySpec.named(name).algorithm(algorithm)).handle());
      }
      Path pem = folder.resolve("rsa-" + algorithm.keyBits() + ".pem");
      if (!Files.exists(pem)) {
        OpenSsl.make(
            folder,
            "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:"
                + algorithm.keyBits()
                + " -aes-256-cbc -pass pass:"
                + PASSWORD
                + " -out "
                + pem);
      }
      return Optional.of(
          enclave
              .admin()
              .restore(
                  name,
                  KeyBackup.parse(Files.readString(pem)).algorithm(algorithm),
                  PASSWORD.toCharArray())
              .handle());
    } catch (EnclaveException e) {
      assertThat(e.code()).as("%s", e).isEqualTo(ErrorCode.UNSUPPORTED_ALGORITHM);
      return Optional.empty();
    }
  }

  private static String way(Enclave enclave, KeyHandle key, BackendId target) {
    MigrationPlan plan = enclave.admin().migrations().plan(key, target);
    boolean succession = !plan.obstacles().containsKey(MigrationWay.SUCCESSION);
    boolean imported = !plan.obstacles().containsKey(MigrationWay.IMPORT);
    if (succession) {
      return imported ? "succession, import" : "succession";
    }
    return imported ? "import" : "–";
  }

  /** Algorithms for which every pair has the same ways share a column. */
  private static String table(Map<SigningAlgorithm, Map<Pair, String>> ways) {
    Map<Map<Pair, String>, List<SigningAlgorithm>> columns = new LinkedHashMap<>();
    ways.forEach(
        (algorithm, column) ->
            columns.computeIfAbsent(column, any -> new ArrayList<>()).add(algorithm));
    StringBuilder table = new StringBuilder("| source | target |");
    for (List<SigningAlgorithm> algorithms : columns.values()) {
      table.append(algorithms.stream().map(Enum::name).collect(joining("<br>", " ", " |")));
    }
    table.append(" in PRODUCTION |\n").append("|---".repeat(columns.size() + 3)).append("|\n");
    Map<BackendId, Assurance> ceilings = new HashMap<>();
    for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
      ceilings.put(provider.id(), provider.assuranceCeiling());
    }
    for (BackendId source : SixPlaces.ALL) {
      for (BackendId target : SixPlaces.ALL) {
        if (!target.equals(source)) {
          table.append("| `").append(source).append("` | `").append(target).append("` |");
          columns
              .keySet()
              .forEach(
                  column ->
                      table.append(" ").append(column.get(new Pair(source, target))).append(" |"));
          table.append(" ").append(inProduction(source, target, ceilings)).append(" |\n");
        }
      }
    }
    return table.toString();
  }

  /** PRODUCTION takes no imported key, so it is succession that remains, where both are allowed. */
  private static String inProduction(
      BackendId source, BackendId target, Map<BackendId, Assurance> ceilings) {
    SecurityPolicy policy = SecurityPolicy.defaultsFor(EnvironmentType.PRODUCTION);
    assertThat(policy.foreignOriginAllowed()).isFalse();
    Assurance lowest = SecurityPolicy.lowestAssurance(EnvironmentType.PRODUCTION);
    String answer = "succession";
    for (BackendId backend : List.of(source, target)) {
      Assurance ceiling = Objects.requireNonNull(ceilings.get(backend));
      if (!policy.allows(backend)) {
        return "none: policy does not allow `" + backend + "`";
      }
      if (!ceiling.atLeast(lowest)) {
        return "none: `" + backend + "` gives " + ceiling + " at most";
      }
      if (!ceiling.atLeast(policy.minimumAssurance())) {
        answer = "succession, with `enclave.minimum-assurance=" + ceiling + "`";
      }
    }
    return answer;
  }
}
