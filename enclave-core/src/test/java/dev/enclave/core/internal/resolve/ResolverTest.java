package dev.enclave.core.internal.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.core.internal.resolve.Resolver.Candidate;
import dev.enclave.core.internal.resolve.Resolver.Question;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.detection.Detection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ResolverTest {

  private static final BackendId ACME = BackendId.of("acme");
  private static final Detection HERE = Detection.present("seen");
  private static final Candidate AWS = new Candidate(BackendId.AWS_KMS, Assurance.HSM, HERE, false);
  private static final Candidate OS = new Candidate(BackendId.OS, Assurance.OS_SEALED, HERE, false);
  private static final Candidate SOFTWARE =
      new Candidate(BackendId.SOFTWARE, Assurance.SOFTWARE, HERE, false);
  private static final Candidate OWN = new Candidate(ACME, Assurance.HSM, HERE, false);
  private static final SecurityPolicy PRODUCTION =
      SecurityPolicy.defaultsFor(EnvironmentType.PRODUCTION);
  private static final SecurityPolicy DEVELOPMENT =
      SecurityPolicy.defaultsFor(EnvironmentType.DEVELOPMENT);

  @Test
  void defaultPrecedencePutsTheCloudFirst_andAnOwnBackendBeforeSoftware() {
    Resolution resolution = chosen(Resolver.resolve(ask(DEVELOPMENT, SOFTWARE, OWN, OS, AWS)));

    assertThat(resolution.chosen()).isEqualTo(BackendId.AWS_KMS);
    assertThat(resolution.rejected())
        .extracting(Resolution.Rejection::backend)
        .containsExactly(BackendId.OS, ACME, BackendId.SOFTWARE);
  }

  @Test
  void ofTwoCloudsTheConfiguredOneComesFirst_andNothingElseIsMovedByIt() {
    Candidate azure = new Candidate(BackendId.AZURE_KEYVAULT, Assurance.HSM, HERE, true);
    Candidate configuredAws = new Candidate(BackendId.AWS_KMS, Assurance.HSM, HERE, true);
    Candidate os = new Candidate(BackendId.OS, Assurance.OS_SEALED, HERE, true);
    Candidate software = new Candidate(BackendId.SOFTWARE, Assurance.SOFTWARE, HERE, true);

    assertThat(chosen(Resolver.resolve(ask(PRODUCTION, AWS, azure))).chosen())
        .isEqualTo(BackendId.AZURE_KEYVAULT);
    assertThat(chosen(Resolver.resolve(ask(PRODUCTION, configuredAws, azure))).chosen())
        .isEqualTo(BackendId.AWS_KMS);
    assertThat(chosen(Resolver.resolve(ask(DEVELOPMENT, AWS, OS, software))).rejected())
        .extracting(Resolution.Rejection::backend)
        .containsExactly(BackendId.OS, BackendId.SOFTWARE);
    assertThat(chosen(Resolver.resolve(ask(DEVELOPMENT, AWS, os, software))).chosen())
        .isEqualTo(BackendId.AWS_KMS);
  }

  @Test
  void theOrderOfTheClassPathDoesNotMatter() {
    assertThat(Resolver.resolve(ask(DEVELOPMENT, SOFTWARE, OS, AWS)))
        .isEqualTo(Resolver.resolve(ask(DEVELOPMENT, AWS, OS, SOFTWARE)));
    assertThat(Resolver.resolve(explicit(DEVELOPMENT, BackendId.OS, SOFTWARE, OS, AWS)))
        .isEqualTo(Resolver.resolve(explicit(DEVELOPMENT, BackendId.OS, AWS, OS, SOFTWARE)));
  }

  @Test
  void configuredPrecedenceIsTheWholeList() {
    Resolution resolution =
        chosen(
            Resolver.resolve(
                precedence(
                    DEVELOPMENT, List.of(BackendId.SOFTWARE, BackendId.OS), AWS, OS, SOFTWARE)));

    assertThat(resolution.chosen()).isEqualTo(BackendId.SOFTWARE);
    assertThat(resolution.rejected())
        .containsExactly(
            new Resolution.Rejection(BackendId.OS, "software comes before it"),
            new Resolution.Rejection(BackendId.AWS_KMS, "enclave.precedence omits it"));
  }

  @Test
  void aBackendNamedTwiceIsConsideredOnce() {
    Resolution resolution =
        chosen(
            Resolver.resolve(
                precedence(DEVELOPMENT, List.of(BackendId.OS, BackendId.OS), OS, SOFTWARE)));

    assertThat(resolution.chosen()).isEqualTo(BackendId.OS);
    assertThat(resolution.rejected())
        .containsExactly(
            new Resolution.Rejection(BackendId.SOFTWARE, "enclave.precedence omits it"));
  }

  @Test
  void namesWhatPrecedenceOmits_whenNothingItNamesMayBeUsed() {
    Answer.Refused refused =
        refused(Resolver.resolve(precedence(PRODUCTION, List.of(BackendId.OS), AWS, OS, SOFTWARE)));

    assertThat(refused.findings())
        .extracting(Finding::observed)
        .containsExactly(
            "os gives OS_SEALED at most and PRODUCTION needs HSM",
            "aws-kms may be used here and enclave.precedence omits it");
  }

  @Test
  void tooWeakCountsBeforeNotAllowed_sinceAllowingItWouldNotHelp() {
    SecurityPolicy policy = PRODUCTION.withBackends(Set.of(BackendId.OS));

    Answer.Refused refused =
        refused(Resolver.resolve(explicit(policy, BackendId.SOFTWARE, OS, SOFTWARE)));

    assertThat(only(refused).code()).isEqualTo(ErrorCode.ASSURANCE_TOO_LOW);
  }

  @Test
  void precedenceGoesOn_whenOneOfItsBackendsIsNotOnTheClassPath() {
    Resolution resolution =
        chosen(
            Resolver.resolve(
                precedence(DEVELOPMENT, List.of(BackendId.AWS_KMS, BackendId.OS), OS)));

    assertThat(resolution.chosen()).isEqualTo(BackendId.OS);
    assertThat(resolution.rejected().get(0).reason())
        .isEqualTo("no provider of backend aws-kms is on the class path");
  }

  @Test
  void anExplicitChoiceIsFinal_whenItsProviderIsMissing() {
    Answer.Refused refused =
        refused(Resolver.resolve(explicit(DEVELOPMENT, BackendId.GCP_KMS, AWS, SOFTWARE)));

    assertThat(only(refused).code()).isEqualTo(ErrorCode.BACKEND_NOT_FOUND);
    assertThat(only(refused).fix()).contains("[aws-kms, software]");
  }

  @Test
  void anExplicitChoiceIsFinal_whenThePolicyForbidsIt() {
    SecurityPolicy policy = DEVELOPMENT.withBackends(Set.of(BackendId.OS));

    Answer.Refused refused =
        refused(Resolver.resolve(explicit(policy, BackendId.SOFTWARE, OS, SOFTWARE)));

    assertThat(only(refused).code()).isEqualTo(ErrorCode.BACKEND_NOT_ALLOWED);
  }

  @Test
  void refusesSoftware_whenPolicyRequiresHsm() {
    Answer.Refused refused =
        refused(Resolver.resolve(explicit(PRODUCTION, BackendId.SOFTWARE, AWS, SOFTWARE)));

    assertThat(only(refused).code()).isEqualTo(ErrorCode.ASSURANCE_TOO_LOW);
    assertThat(only(refused).observed())
        .isEqualTo("software gives SOFTWARE at most and PRODUCTION needs HSM");
    assertThat(only(refused).fix()).contains("set enclave.backend to one of [aws-kms]");
  }

  @Test
  void saysToAcceptLess_onlyWhereTheEnvironmentEverDoes() {
    Candidate wrapped = new Candidate(BackendId.KUBERNETES, Assurance.HSM_WRAPPED, HERE, false);

    assertThat(
            only(refused(Resolver.resolve(explicit(PRODUCTION, BackendId.KUBERNETES, wrapped))))
                .fix())
        .contains("add its artifact", "or accept less by enclave.minimum-assurance=hsm-wrapped");
    assertThat(
            only(refused(Resolver.resolve(explicit(PRODUCTION, BackendId.SOFTWARE, SOFTWARE))))
                .fix())
        .contains("add its artifact")
        .doesNotContain("accept less");
  }

  @Test
  void anExplicitChoiceOverrulesItsOwnDetection() {
    Candidate unseen = new Candidate(BackendId.OS, Assurance.OS_SEALED, absent(), false);

    assertThat(chosen(Resolver.resolve(explicit(DEVELOPMENT, BackendId.OS, unseen))).chosen())
        .isEqualTo(BackendId.OS);
  }

  @Test
  void softwareNeedsADeclaredEnvironment_evenWhenItIsNamedExplicitly() {
    Question question =
        new Question(
            List.of(SOFTWARE),
            Optional.of(BackendId.SOFTWARE),
            Optional.empty(),
            DEVELOPMENT,
            false,
            false);

    Finding finding = only(refused(Resolver.resolve(question)));

    assertThat(finding.code()).isEqualTo(ErrorCode.ENVIRONMENT_UNDECLARED);
    assertThat(finding.fix()).contains("enclave.environment=development");
  }

  @Test
  void theOsStoreNeedsNoDeclaredEnvironment() {
    Question question =
        new Question(
            List.of(SOFTWARE, OS), Optional.empty(), Optional.empty(), DEVELOPMENT, false, false);

    assertThat(chosen(Resolver.resolve(question)).chosen()).isEqualTo(BackendId.OS);
  }

  @Test
  void absentAndInconclusiveBackendsArePassedOver_withTheirReasons() {
    Candidate absent = new Candidate(BackendId.AWS_KMS, Assurance.HSM, absent(), false);
    Candidate unclear =
        new Candidate(
            BackendId.GCP_KMS, Assurance.HSM, new Detection.Inconclusive("timeout"), false);

    Resolution resolution = chosen(Resolver.resolve(ask(DEVELOPMENT, absent, unclear, OS)));

    assertThat(resolution.chosen()).isEqualTo(BackendId.OS);
    assertThat(resolution.rejected())
        .extracting(Resolution.Rejection::reason)
        .containsExactly(
            "aws-kms is not usable here (no region)",
            "gcp-kms is not usable here (inconclusive, timeout)");
  }

  @Test
  void productionWithoutItsHsmIsRefused_withEveryReason() {
    Candidate absent = new Candidate(BackendId.AWS_KMS, Assurance.HSM, absent(), false);

    Answer.Refused refused = refused(Resolver.resolve(ask(PRODUCTION, absent, OS, SOFTWARE)));

    assertThat(refused.findings())
        .extracting(Finding::code)
        .containsExactly(
            ErrorCode.NO_BACKEND, ErrorCode.ASSURANCE_TOO_LOW, ErrorCode.ASSURANCE_TOO_LOW);
    assertThat(refused.rejections()).hasSize(3);
  }

  @Test
  void withoutAnyProviderTheFixIsToAddOne() {
    for (Optional<BackendId> named :
        List.of(Optional.<BackendId>empty(), Optional.of(BackendId.AWS_KMS))) {
      Answer.Refused refused =
          refused(
              Resolver.resolve(
                  new Question(List.of(), named, Optional.empty(), DEVELOPMENT, true, false)));

      assertThat(only(refused).code()).isEqualTo(ErrorCode.NO_BACKEND);
      assertThat(only(refused).fix()).contains("dev.enclave:enclave-software");
    }
  }

  private static Detection absent() {
    return new Detection.Absent("no region");
  }

  private static Question ask(SecurityPolicy policy, Candidate... candidates) {
    return new Question(
        List.of(candidates), Optional.empty(), Optional.empty(), policy, true, false);
  }

  private static Question explicit(SecurityPolicy policy, BackendId id, Candidate... candidates) {
    return new Question(
        List.of(candidates), Optional.of(id), Optional.empty(), policy, true, false);
  }

  private static Question precedence(
      SecurityPolicy policy, List<BackendId> order, Candidate... candidates) {
    return new Question(
        List.of(candidates), Optional.empty(), Optional.of(order), policy, true, false);
  }

  private static Resolution chosen(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Chosen.class);
    return ((Answer.Chosen) answer).resolution();
  }

  private static Answer.Refused refused(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Refused.class);
    return (Answer.Refused) answer;
  }

  private static Finding only(Answer.Refused refused) {
    assertThat(refused.findings()).hasSize(1);
    return refused.findings().get(0);
  }
}
