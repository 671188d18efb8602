package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.cloud.ErrorRule;
import dev.enclave.error.ErrorCode;
import dev.enclave.gcp.internal.access.GcpAccessPolicy;
import dev.enclave.gcp.internal.calls.GcpErrors;
import dev.enclave.spi.FailureCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/gcp.md says what the code does; rewritten by {@code -Ddocs.update=true}. */
final class GcpDocTest {

  @Test
  void quotesTheAccessPolicy_ofItsExample() throws Exception {
    String policy = GcpAccessPolicy.of(Openings.in(EnvironmentType.PRODUCTION).context()).text();
    requireGenerated("iam", "```\n" + policy + "\n```\n");
  }

  @Test
  void hasEveryStatusOfTheTable() throws Exception {
    String rows =
        GcpErrors.TABLE.rules().stream()
            .map(GcpDocTest::row)
            .collect(Collectors.joining("\n", "", "\n"));
    requireGenerated(
        "errors",
        "| gRPC status | class: reading, signing | class: changing | the caller sees | what to do"
            + " |\n"
            + "|---|---|---|---|---|\n"
            + rows);
  }

  private static String row(ErrorRule rule) {
    return "| "
        + names(rule)
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

  private static String names(ErrorRule rule) {
    if (rule.equals(GcpErrors.DAMAGED)) {
      return "`INVALID_ARGUMENT` of a checksum";
    }
    if (rule.equals(GcpErrors.MAKING_ARGUMENT)) {
      return "`INVALID_ARGUMENT` of `CreateCryptoKey`, `CreateCryptoKeyVersion`, `CreateImportJob`";
    }
    if (rule.equals(GcpErrors.IMPORT_ARGUMENT)) {
      return "`INVALID_ARGUMENT` of `ImportCryptoKeyVersion`";
    }
    if (rule.equals(GcpErrors.MAKING_THROTTLE)) {
      return "`RESOURCE_EXHAUSTED` of what makes or imports keys";
    }
    if (rule.equals(GcpErrors.IMPORT_STATE)) {
      return "`FAILED_PRECONDITION` of `ImportCryptoKeyVersion`";
    }
    return rule.equals(GcpErrors.API_OFF) || rule.equals(GcpErrors.NO_USER_PROJECT)
        ? quoted(GcpErrors.WITH_REASON.stream().map(Enum::name))
            + " with reason "
            + quoted(rule.names().stream().sorted())
        : quoted(rule.names().stream());
  }

  private static String quoted(Stream<String> names) {
    return names.map(name -> "`" + name + "`").collect(Collectors.joining(", "));
  }

  /** As the engine translates it. */
  private static ErrorCode seen(FailureCode code) {
    return switch (code) {
      case NOT_FOUND -> ErrorCode.KEY_NOT_FOUND;
      case ALREADY_EXISTS -> ErrorCode.KEY_ALREADY_EXISTS;
      case INVALID_STATE -> ErrorCode.KEY_NOT_ACTIVE;
      case UNSUPPORTED -> ErrorCode.UNSUPPORTED_OPERATION;
      case UNAVAILABLE -> ErrorCode.BACKEND_UNAVAILABLE;
      case TIMEOUT -> ErrorCode.DEADLINE_EXCEEDED;
      case MISCONFIGURED -> ErrorCode.CONFIGURATION_INVALID_VALUE;
      case REJECTED -> ErrorCode.PROVIDER_REJECTED;
      case CORRUPT -> ErrorCode.KEY_DATA_CORRUPT;
      default -> ErrorCode.valueOf(code.name());
    };
  }

  @Test
  void grantsNothingBeyondTheKeyRing() throws Exception {
    String policy = GcpAccessPolicy.of(Openings.in(EnvironmentType.STAGING).context()).text();
    assertThat(policy)
        .contains("keyRings/wallet", "--role=projects/wallet-prod/roles/enclaveSigner")
        .doesNotContain("roles/owner", "cloudkms.admin", "add-iam-policy-binding wallet-prod", "$");
    assertThat(policy).doesNotContain("setIamPolicy", "cryptoKeys.update");
  }

  private static void requireGenerated(String name, String expected) throws IOException {
    Path file = root().resolve("docs/gcp.md");
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
          .as("docs/gcp.md is out of date; add -Ddocs.update=true to rewrite it")
          .isEqualTo(renewed);
    }
  }

  /** Tests run in the module's directory. */
  private static Path root() {
    return Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("..").normalize();
  }
}
