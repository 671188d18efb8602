package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.campaign.docs.ErrorRow;
import dev.enclave.campaign.docs.Guide;
import dev.enclave.kit.ErrorRule;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/azure.md says what the code does; rewritten by {@code -Ddocs.update=true}. */
final class AzureDocTest {

  private static final Guide GUIDE = Guide.named("azure.md");

  @Test
  void quotesTheAccessPolicy_ofItsExample() throws Exception {
    String policy = AzureAccessPolicy.of(Openings.in(EnvironmentType.PRODUCTION).context()).text();
    GUIDE.requireGenerated("iam", "```text\n" + policy + "\n```\n");
  }

  @Test
  void hasEveryErrorCodeOfTheTable() throws Exception {
    GUIDE.requireGenerated(
        "errors",
        ErrorRow.table(
            "Azure error", AzureErrors.TABLE.rules().stream().map(AzureDocTest::row).toList()));
  }

  private static ErrorRow row(ErrorRule rule) {
    return new ErrorRow(
        codes(rule), rule.failureClass(false), rule.failureClass(true), rule.code(), rule.advice());
  }

  private static String codes(ErrorRule rule) {
    String named =
        rule.names().stream()
            .filter(c -> !c.matches("[45].*|other|none"))
            .map(c -> "`" + c + "`")
            .collect(Collectors.joining(", "));
    return named
        + Map.of(
                AzureErrors.TABLE.rule("THROTTLE"),
                ", any other with HTTP 429",
                AzureErrors.TABLE.rule("SERVICE"),
                ", any other with HTTP 5xx",
                AzureErrors.TABLE.rule("CLOCK"),
                "`Unauthorized`, where the answer's `Date` is minutes off",
                AzureErrors.TABLE.rule("SIGNED_OUT"),
                ", any other with HTTP 401",
                AzureErrors.TABLE.rule("DENIED"),
                ", any other with HTTP 403",
                AzureErrors.TABLE.rule("NOT_FOUND"),
                ", any other with HTTP 404",
                AzureErrors.TABLE.rule("CONFLICTING"),
                ", any other with HTTP 409",
                AzureErrors.TABLE.rule("OTHER"),
                "any other",
                AzureErrors.TABLE.rule("UNNAMED"),
                "none")
            .getOrDefault(rule, "");
  }

  @Test
  void grantsNothingOnAllKeysOfTheSubscription() throws Exception {
    String policy = AzureAccessPolicy.of(Openings.in(EnvironmentType.STAGING).context()).text();
    assertThat(policy)
        .doesNotContain("/keys/*", "\"*\"", "keys/purge", "secrets")
        .contains("Microsoft.KeyVault/vaults/keys/sign/action", "vaults/wallets")
        .containsOnlyOnce("keys/import");
  }
}
