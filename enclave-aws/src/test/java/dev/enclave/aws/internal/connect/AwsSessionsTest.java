package dev.enclave.aws.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.enclave.Assurance;
import dev.enclave.EnvironmentType;
import dev.enclave.aws.internal.FakeAws;
import dev.enclave.aws.internal.LoopbackServer.Reply;
import dev.enclave.aws.internal.Openings;
import dev.enclave.aws.internal.backend.AwsKmsBackend;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.emulators.internal.listening.HeldPort;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.FakeEnvironment;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AwsSessionsTest {

  private final FakeAws aws = new FakeAws();

  @AfterEach
  void stop() {
    aws.close();
  }

  @Test
  void learnsTheAccountFromSts_andReachesKms() throws Exception {
    try (AwsSession session = Openings.at(aws).open()) {
      session.kms().listKeys();
      assertThat(session.region()).isEqualTo("eu-west-1");
      assertThat(session.account()).isEqualTo(FakeAws.ACCOUNT);
      assertThat(session.partition()).isEqualTo("aws");
      assertThat(session).hasToString("AwsSession[aws:eu-west-1:123456789012]");
    }
    assertThat(aws.server().operations()).containsExactly("GetCallerIdentity", "ListKeys");
    assertThat(aws.server().asked())
        .allSatisfy(
            asked ->
                assertThat(asked.header("Authorization"))
                    .contains("Credential=AKIASETTINGS/")
                    .contains("/eu-west-1/"));
  }

  @Test
  void asksStsWhereKmsIs_ifThatIsNotAws_soThatNoTestKeyGoesToAmazon() throws Exception {
    try (AwsSession session = Openings.at(aws).without("sts-endpoint").open()) {
      assertThat(session.account()).isEqualTo(FakeAws.ACCOUNT);
    }
    assertThat(aws.server().operations()).containsExactly("GetCallerIdentity");
  }

  @Test
  void takesTheSettingsWordForTheAccount_whereAnImitationHasNoSts() throws Exception {
    aws.answering("GetCallerIdentity", asked -> FakeAws.refusal(400, "UnknownOperationException"));
    Openings imitation = Openings.at(aws).without("sts-endpoint");
    assertThat(imitation.failure()).hasMessageContaining("enclave.aws-kms.account-id");
    try (AwsSession session = imitation.with("account-id", "000000000000").open()) {
      assertThat(session.account()).isEqualTo("000000000000");
    }
  }

  @Test
  void knowsAnotherPartition() throws Exception {
    try (AwsSession session = Openings.at(aws).with("region", "cn-north-1").open()) {
      assertThat(session.partition()).isEqualTo("aws-cn");
    }
  }

  @Test
  void makesOneAttemptAtEachRequest_whateverIsAnswered() throws Exception {
    aws.answering("ListKeys", asked -> FakeAws.refusal(500, "KMSInternalException"));
    try (AwsSession session = Openings.at(aws).open()) {
      assertThatThrownBy(() -> session.kms().listKeys()).isNotNull();
    }
    assertThat(aws.server().operations()).containsExactly("GetCallerIdentity", "ListKeys");
  }

  @Test
  void fetchesNewCredentials_onceAwsSaysThatTheOldOnesHaveExpired() throws Exception {
    aws.answering("ListKeys", asked -> FakeAws.refusal(400, "ExpiredTokenException"));
    Openings openings =
        Openings.at(aws)
            .without("access-key-id")
            .without("secret-access-key")
            .on(
                FakeEnvironment.empty()
                    .withVariable("AWS_CONTAINER_CREDENTIALS_FULL_URI", aws.url()));
    try (AwsSession session = openings.open()) {
      openings.clock.advance(Duration.ofMinutes(1));
      KmsCalls calls = new KmsCalls(session);
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(
                () -> calls.send(KmsOperation.LIST_KEYS, "keys", openings.call(), r -> {}))
            .hasMessageContaining("have expired");
      }
    }
    assertThat(aws.server().asked())
        .extracting(asked -> asked.method() + asked.operation())
        .containsExactly(
            "GET", "POSTGetCallerIdentity", "POSTListKeys", "GET", "POSTListKeys", "POSTListKeys");
  }

  @Test
  void believesNoHsm_atAnEndpointThatIsNeitherAwsNorAllowed() throws Exception {
    assertThat(promised(Openings.at(aws))).isEqualTo(Assurance.SOFTWARE);
  }

  @Test
  void believesAnHsm_atAnEndpointThatTheOperatorAllows() throws Exception {
    assertThat(
            promised(
                Openings.at(aws).with("allowed-endpoints", "https://kms.example, " + aws.url())))
        .isEqualTo(Assurance.HSM);
  }

  private static Assurance promised(Openings openings) throws Exception {
    try (SigningBackend backend = AwsKmsBackend.over(openings.open(), openings.context())) {
      return backend.describe().assuranceCeiling().orElseThrow();
    }
  }

  @Test
  void refusesCredentialsOfAnotherAccount() {
    assertThat(Openings.at(aws).with("account-id", "999999999999").failure())
        .returns(FailureCode.MISCONFIGURED, f -> f.code())
        .hasMessageContainingAll("enclave.aws-kms.account-id", "999999999999", FakeAws.ACCOUNT);
  }

  @Test
  void asksAgain_beforeItTakesTheOperatorsWord_whenStsFailsForAMoment() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    FakeAws answering = new FakeAws();
    try (answering) {
      var identity = FakeAws.identityOf("assumed-role/wallet/session");
      answering.answering(
          "GetCallerIdentity", request -> asked.incrementAndGet() < 3 ? Reply.RESET : identity);
      try (AwsSession session = Openings.at(answering).with("account-id", FakeAws.ACCOUNT).open()) {
        assertThat(session.account()).isEqualTo(FakeAws.ACCOUNT);
      }
    }
    assertThat(asked).hasValue(3);
  }

  /** Opening again is the engine's. */
  @Test
  void asksOnce_whenNobodyGaveTheAccount() {
    AtomicInteger asked = new AtomicInteger();
    try (FakeAws answering = new FakeAws()) {
      answering.answering(
          "GetCallerIdentity",
          request -> {
            asked.incrementAndGet();
            return Reply.RESET;
          });
      assertThat(Openings.at(answering).failure().failureClass()).isEqualTo(FailureClass.TRANSIENT);
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void takesTheOperatorsWordForTheAccount_whereStsCannotBeReached() throws Exception {
    try (HeldPort nobody = HeldPort.free("127.0.0.1");
        AwsSession session =
            Openings.at(aws)
                .with("sts-endpoint", url(nobody))
                .with("account-id", "210987654321")
                .open()) {
      assertThat(session.account()).isEqualTo("210987654321");
    }
  }

  @Test
  void namesTheSetting_whereStsCannotBeReachedAndNobodyNamedTheAccount() throws Exception {
    try (HeldPort nobody = HeldPort.free("127.0.0.1")) {
      assertThat(Openings.at(aws).with("sts-endpoint", url(nobody)).failure())
          .returns(FailureClass.TRANSIENT, f -> f.failureClass())
          .returns(FailureCode.UNAVAILABLE, f -> f.code())
          .hasMessageContainingAll("sts:GetCallerIdentity", "enclave.aws-kms.account-id");
    }
  }

  @Test
  void leavesNothingOpen_whenOpeningFails() {
    aws.answering("GetCallerIdentity", asked -> FakeAws.stsRefusal(403, "InvalidClientTokenId"));
    assertThat(Openings.at(aws).failure())
        .returns(FailureCode.ACCESS_DENIED, f -> f.code())
        .hasMessageContainingAll("sts:GetCallerIdentity", "InvalidClientTokenId");
    assertThat(reapers()).allSatisfy(AwsSessionsTest::ends);
  }

  @Test
  void endsItsThreads_whenClosed() throws Exception {
    AwsSession session = Openings.at(aws).open();
    session.kms().listKeys();
    List<Thread> reapers = reapers();
    assertThat(reapers).isNotEmpty();
    session.close();
    session.close();
    assertThat(reapers).allSatisfy(AwsSessionsTest::ends);
  }

  /** The SDK has one for all its clients, and ends it with the last of them. */
  private static List<Thread> reapers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().contains("idle-connection-reaper"))
        .toList();
  }

  private static void ends(Thread thread) throws InterruptedException {
    thread.join(60_000);
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void showsNoSecret_inAnythingItSays() {
    aws.answering("GetCallerIdentity", asked -> FakeAws.stsRefusal(403, "SignatureDoesNotMatch"));
    assertThat(Openings.at(aws).failure())
        .hasNoCause()
        .extracting(Throwable::getMessage, STRING)
        .contains("SignatureDoesNotMatch")
        .doesNotContain(FakeAws.SECRET);
  }

  @Test
  void listsWhatItLookedFor_whenThereAreNoCredentials() {
    assertThat(
            Openings.at(aws)
                .without("access-key-id")
                .without("secret-access-key")
                .on(FakeEnvironment.empty().withVariable("AWS_EC2_METADATA_DISABLED", "true"))
                .failure())
        .returns(FailureCode.MISCONFIGURED, f -> f.code())
        .hasMessageContainingAll(
            "enclave.aws-kms.access-key-id",
            "AWS_ACCESS_KEY_ID",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_EC2_METADATA_DISABLED is true");
  }

  @Test
  void namesTheOtherHalf_whenHalfOfTheCredentialsIsSet() {
    assertThat(Openings.at(aws).without("secret-access-key").failure())
        .returns(FailureCode.MISCONFIGURED, f -> f.code())
        .hasMessageContaining("enclave.aws-kms.secret-access-key is not set");
  }

  @Test
  void refusesAWindowThatAwsDoesNotTake() {
    assertThat(Openings.in(EnvironmentType.PRODUCTION).with("pending-window-days", "3").failure())
        .returns(FailureCode.MISCONFIGURED, f -> f.code())
        .hasMessageContainingAll("enclave.aws-kms.pending-window-days", "7 to 30");
  }

  private static String url(HeldPort nobody) throws IOException {
    return "http://127.0.0.1:" + nobody.number();
  }
}
