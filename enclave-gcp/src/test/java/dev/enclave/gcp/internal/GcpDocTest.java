package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.campaign.docs.ErrorRow;
import dev.enclave.campaign.docs.Guide;
import dev.enclave.kit.ErrorRule;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/gcp.md says what the code does; rewritten by {@code -Ddocs.update=true}. */
final class GcpDocTest {

  private static final Guide GUIDE = Guide.named("gcp.md");

  @Test
  void quotesTheAccessPolicy_ofItsExample() throws Exception {
    String policy = GcpAccess.policy(Openings.in(EnvironmentType.PRODUCTION).context()).text();
    GUIDE.requireGenerated("iam", "```\n" + policy + "\n```\n");
  }

  @Test
  void hasEveryStatusOfTheTable() throws Exception {
    GUIDE.requireGenerated(
        "errors",
        ErrorRow.table(
            "gRPC status", GcpFailures.TABLE.rules().stream().map(GcpDocTest::row).toList()));
  }

  private static ErrorRow row(ErrorRule rule) {
    return new ErrorRow(
        names(rule), rule.failureClass(false), rule.failureClass(true), rule.code(), rule.advice());
  }

  private static String names(ErrorRule rule) {
    if (rule.equals(GcpFailures.TABLE.rule("DAMAGED"))) {
      return "`INVALID_ARGUMENT` of a checksum";
    }
    if (rule.equals(GcpFailures.TABLE.rule("MAKING_ARGUMENT"))) {
      return "`INVALID_ARGUMENT` of `CreateCryptoKey`, `CreateCryptoKeyVersion`, `CreateImportJob`";
    }
    if (rule.equals(GcpFailures.TABLE.rule("IMPORT_ARGUMENT"))) {
      return "`INVALID_ARGUMENT` of `ImportCryptoKeyVersion`";
    }
    if (rule.equals(GcpFailures.TABLE.rule("MAKING_THROTTLE"))) {
      return "`RESOURCE_EXHAUSTED` of what makes or imports keys";
    }
    if (rule.equals(GcpFailures.TABLE.rule("IMPORT_STATE"))) {
      return "`FAILED_PRECONDITION` of `ImportCryptoKeyVersion`";
    }
    return rule.equals(GcpFailures.TABLE.rule("API_OFF"))
            || rule.equals(GcpFailures.TABLE.rule("NO_USER_PROJECT"))
        ? quoted(GcpFailures.WITH_REASON.stream().map(Enum::name))
            + " with reason "
            + quoted(rule.names().stream().sorted())
        : quoted(rule.names().stream());
  }

  private static String quoted(Stream<String> names) {
    return names.map(name -> "`" + name + "`").collect(Collectors.joining(", "));
  }

  @Test
  void grantsNothingBeyondTheKeyRing() throws Exception {
    String policy = GcpAccess.policy(Openings.in(EnvironmentType.STAGING).context()).text();
    assertThat(policy)
        .contains("keyRings/wallet", "--role=projects/wallet-prod/roles/enclaveSigner")
        .doesNotContain("roles/owner", "cloudkms.admin", "add-iam-policy-binding wallet-prod", "$");
    assertThat(policy).doesNotContain("setIamPolicy", "cryptoKeys.update");
  }
}
