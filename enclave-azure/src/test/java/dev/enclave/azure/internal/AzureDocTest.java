package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.azure.internal.access.AzureAccessPolicy;
import dev.enclave.azure.internal.calls.AzureErrors;
import dev.enclave.cloud.ErrorRule;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.FailureCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/azure.md says what the code does; rewritten by {@code -Ddocs.update=true}. */
final class AzureDocTest {

  @Test
  void quotesTheAccessPolicy_ofItsExample() throws Exception {
    String policy = AzureAccessPolicy.of(Openings.in(EnvironmentType.PRODUCTION).context()).text();
    requireGenerated("iam", "```text\n" + policy + "\n```\n");
  }

  @Test
  void hasEveryErrorCodeOfTheTable() throws Exception {
    String rows =
        AzureErrors.TABLE.rules().stream()
            .map(AzureDocTest::row)
            .collect(Collectors.joining("\n", "", "\n"));
    requireGenerated(
        "errors",
        "| Azure error | class: reading, signing | class: changing | the caller sees | what to do"
            + " |\n"
            + "|---|---|---|---|---|\n"
            + rows);
  }

  private static String row(ErrorRule rule) {
    return "| "
        + codes(rule)
        + " | "
        + rule.failureClass(false)
        + " | "
        + rule.failureClass(true)
        + " | `"
        + seen(rule.code())
        + "` | "
        + rule.advice()
        + " |";
  }

  private static String codes(ErrorRule rule) {
    String named = rule.names().stream().map(c -> "`" + c + "`").collect(Collectors.joining(", "));
    return named
        + Map.of(
                AzureErrors.THROTTLE,
                ", any other with HTTP 429",
                AzureErrors.SERVICE,
                ", any other with HTTP 5xx",
                AzureErrors.CLOCK,
                "`Unauthorized`, where the answer's `Date` is minutes off",
                AzureErrors.SIGNED_OUT,
                ", any other with HTTP 401",
                AzureErrors.DENIED,
                ", any other with HTTP 403",
                AzureErrors.NOT_FOUND,
                ", any other with HTTP 404",
                AzureErrors.CONFLICTING,
                ", any other with HTTP 409",
                AzureErrors.OTHER,
                "any other",
                AzureErrors.UNNAMED,
                "none")
            .getOrDefault(rule, "");
  }

  /** As the engine translates it. */
  private static ErrorCode seen(FailureCode code) {
    return switch (code) {
      case NOT_FOUND -> ErrorCode.KEY_NOT_FOUND;
      case ALREADY_EXISTS -> ErrorCode.KEY_ALREADY_EXISTS;
      case INVALID_STATE -> ErrorCode.KEY_NOT_ACTIVE;
      case UNSUPPORTED -> ErrorCode.UNSUPPORTED_OPERATION;
      case LIMIT_EXCEEDED -> ErrorCode.PROVIDER_LIMIT;
      case UNAVAILABLE -> ErrorCode.BACKEND_UNAVAILABLE;
      case CORRUPT -> ErrorCode.KEY_DATA_CORRUPT;
      case MISCONFIGURED -> ErrorCode.CONFIGURATION_INVALID_VALUE;
      case REJECTED -> ErrorCode.PROVIDER_REJECTED;
      default -> ErrorCode.valueOf(code.name());
    };
  }

  @Test
  void grantsNothingOnAllKeysOfTheSubscription() throws Exception {
    String policy = AzureAccessPolicy.of(Openings.in(EnvironmentType.STAGING).context()).text();
    assertThat(policy)
        .doesNotContain("/keys/*", "\"*\"", "keys/purge", "secrets")
        .contains("Microsoft.KeyVault/vaults/keys/sign/action", "vaults/wallets")
        .containsOnlyOnce("keys/import");
  }

  private static void requireGenerated(String name, String expected) throws IOException {
    Path file = root().resolve("docs/azure.md");
    String text = Files.readString(file);
    String begin = "<!-- generated: " + name + " -->\n";
    int start = text.indexOf(begin) + begin.length();
    int end = text.indexOf("<!-- end -->", start);
    assertThat(start).isGreaterThanOrEqualTo(begin.length());
    String renewed = text.substring(0, start) + expected + text.substring(end);
    if (Boolean.getBoolean("docs.update")) {
      Files.writeString(file, renewed);
    } else {
      assertThat(text)
          .as("docs/azure.md is out of date; add -Ddocs.update=true to rewrite it")
          .isEqualTo(renewed);
    }
  }

  /** Tests run in the module's directory. */
  private static Path root() {
    return Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("..").normalize();
  }
}
