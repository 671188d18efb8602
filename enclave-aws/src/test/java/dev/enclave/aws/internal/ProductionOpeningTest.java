package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Opening where everything is checked: over TLS, in a process that trusts the test's server. */
@Tag("full")
final class ProductionOpeningTest {

  private static final String[] LAMBDA = {
    "AWS_ACCESS_KEY_ID=ASIALAMBDA",
    "AWS_SECRET_ACCESS_KEY=" + FakeAws.SECRET,
    "AWS_SESSION_TOKEN=" + FakeAws.TOKEN
  };

  private final FakeAws aws = new FakeAws();
  private TlsFront tls;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    tls = new TlsFront(directory, aws.url());
  }

  @AfterEach
  void stop() throws Exception {
    tls.close();
    aws.close();
  }

  @Test
  void takesSessionCredentialsInVariables_onceStsSaysTheyAreARoles() throws Exception {
    assertThat(open(LAMBDA)).contains("OPENED AwsSession[aws:eu-west-1:123456789012] hsm=true");
    assertThat(aws.server().asked())
        .allSatisfy(
            asked -> assertThat(asked.header("X-Amz-Security-Token")).isEqualTo(FakeAws.TOKEN));
  }

  @ParameterizedTest
  @ValueSource(strings = {"user/somebody", "federated-user/somebody", "root"})
  void refusesSessionCredentials_thatStsSaysAreNoRoles(String identity) throws Exception {
    aws.identity(identity);
    assertThat(open(LAMBDA))
        .contains("PERMANENT REFUSED", "no role's", "PRODUCTION")
        .doesNotContain(FakeAws.SECRET, FakeAws.TOKEN);
  }

  @Test
  void refusesAUsersCredentials_fromAContainersAgentToo() throws Exception {
    aws.identity("user/somebody");
    assertThat(open("AWS_CONTAINER_CREDENTIALS_FULL_URI=" + aws.url()))
        .contains("PERMANENT REFUSED", "the container's credential endpoint");
  }

  @Test
  void takesNoWordButStsOwn_forCredentialsInVariables() throws Exception {
    aws.answering("GetCallerIdentity", asked -> LoopbackServer.Reply.RESET);
    assertThat(open(with(LAMBDA, "setting:account-id=123456789012")))
        .contains("TRANSIENT UNAVAILABLE", "only once STS says");
  }

  @Test
  void takesTheOperatorsWord_forAContainersRole_whereOnlyKmsCanBeReached() throws Exception {
    aws.answering("GetCallerIdentity", asked -> LoopbackServer.Reply.RESET);
    assertThat(
            open(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI=" + aws.url(),
                "setting:account-id=123456789012"))
        .contains("OPENED");
  }

  @Test
  void prefersTheRefreshedRole_toVariablesThatWillExpire() throws Exception {
    assertThat(open(with(LAMBDA, "AWS_CONTAINER_CREDENTIALS_FULL_URI=" + aws.url())))
        .contains("OPENED");
    assertThat(aws.server().asked())
        .filteredOn(asked -> asked.operation().equals("ListKeys"))
        .singleElement()
        .satisfies(asked -> assertThat(asked.header("Authorization")).contains("ASIAAGENT"));
  }

  @Test
  void refusesACertificateThatNobodyVouchesFor() throws Exception {
    assertThat(run(new ChildJvm(), LAMBDA)).contains("TRANSIENT UNAVAILABLE", "TLS");
  }

  private String open(String... arguments) throws Exception {
    return run(tls.trusting(), arguments);
  }

  private String run(ChildJvm child, String... arguments) throws Exception {
    return child.run(
        with(
            arguments,
            "PRODUCTION",
            "setting:endpoint=" + tls.url(),
            "setting:sts-endpoint=" + tls.url(),
            "setting:allowed-endpoints=" + tls.url()));
  }

  private static String[] with(String[] last, String... first) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(last));
    return all.toArray(String[]::new);
  }
}
