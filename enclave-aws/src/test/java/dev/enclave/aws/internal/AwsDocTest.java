package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.aws.internal.access.AwsAccessPolicy;
import dev.enclave.aws.internal.calls.AwsErrors;
import dev.enclave.cloud.ErrorRule;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.FailureCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/aws.md says what the code does; rewritten by {@code -Ddocs.update=true}. */
final class AwsDocTest {

  @Test
  void quotesTheAccessPolicy_ofItsExample() throws Exception {
    String policy =
        AwsAccessPolicy.of(
                Openings.in(EnvironmentType.PRODUCTION)
                    .with("account-id", "123456789012")
                    .context())
            .text();
    requireGenerated("iam", "```\n" + policy + "\n```\n");
  }

  @Test
  void hasEveryErrorCodeOfTheTable() throws Exception {
    String rows =
        AwsErrors.TABLE.rules().stream()
            .map(AwsDocTest::row)
            .collect(Collectors.joining("\n", "", "\n"));
    requireGenerated(
        "errors",
        "| AWS error | class: reading, signing | class: changing | the caller sees | what to do |\n"
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
                AwsErrors.THROTTLE,
                ", any other with HTTP 429",
                AwsErrors.SERVICE,
                ", any other with HTTP 5xx",
                AwsErrors.CLOCK,
                ", and those of the next row where the answer's `Date` is minutes off",
                AwsErrors.OTHER,
                "any other",
                AwsErrors.UNNAMED,
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
  void grantsNothingOnEverything_butListingAndMaking() throws Exception {
    String policy = AwsAccessPolicy.of(Openings.in(EnvironmentType.STAGING).context()).text();
    List<String> lines = policy.lines().toList();
    assertThat(lines).filteredOn(line -> line.contains("\"Resource\": \"*\"")).hasSize(4);
    assertThat(policy)
        .doesNotContain("kms:*", "\"Action\": \"*\"", "kms:PutKeyPolicy", "PRODUCTION")
        .contains("arn:aws:kms:eu-west-1:*:key/*", "\"STAGING\"");
  }

  private static void requireGenerated(String name, String expected) throws IOException {
    Path file = root().resolve("docs/aws.md");
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
          .as("docs/aws.md is out of date; add -Ddocs.update=true to rewrite it")
          .isEqualTo(renewed);
    }
  }

  /** Tests run in the module's directory. */
  private static Path root() {
    return Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("..").normalize();
  }
}
