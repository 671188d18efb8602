package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.aws.internal.access.AwsAccessPolicy;
import dev.enclave.aws.internal.calls.AwsFailures;
import dev.enclave.campaign.docs.ErrorRow;
import dev.enclave.campaign.docs.Guide;
import dev.enclave.kit.ErrorRule;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/aws.md says what the code does; rewritten by {@code -Ddocs.update=true}. */
final class AwsDocTest {

  private static final Guide GUIDE = Guide.named("aws.md");

  @Test
  void quotesTheAccessPolicy_ofItsExample() throws Exception {
    String policy =
        AwsAccessPolicy.of(
                Openings.in(EnvironmentType.PRODUCTION)
                    .with("account-id", "123456789012")
                    .context())
            .text();
    GUIDE.requireGenerated("iam", "```\n" + policy + "\n```\n");
  }

  @Test
  void hasEveryErrorCodeOfTheTable() throws Exception {
    GUIDE.requireGenerated(
        "errors",
        ErrorRow.table(
            "AWS error", AwsFailures.TABLE.rules().stream().map(AwsDocTest::row).toList()));
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
                AwsFailures.TABLE.rule("THROTTLE"),
                ", any other with HTTP 429",
                AwsFailures.TABLE.rule("SERVICE"),
                ", any other with HTTP 5xx",
                AwsFailures.TABLE.rule("CLOCK"),
                ", and those of the next two rows where the answer's `Date` is minutes off",
                AwsFailures.TABLE.rule("OTHER"),
                "any other",
                AwsFailures.TABLE.rule("UNNAMED"),
                "none")
            .getOrDefault(rule, "");
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
}
