package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.aws.internal.access.PrintedPolicies;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.diagnosis.Diagnosis.Grant;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AwsKmsServerBuilder;
import dev.enclave.emulators.Denial;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeyListEntry;

/** {@code doctor --probe} is ready where everything is granted, and nowhere else. */
class ProbeVerdictTest {

  /** A probe that asked for these would do them. */
  private static final List<String> NOT_ASKED =
      List.of("kms:EnableKey", "kms:DisableKey", "kms:ScheduleKeyDeletion");

  private static final List<String> POLICIES =
      Stream.of(PrintedPolicies.SIGNING, PrintedPolicies.CREATING)
          .map(heading -> PrintedPolicies.of(heading).replace("PRODUCTION", "DEVELOPMENT"))
          .toList();

  private AwsKmsServer server = AwsKmsServer.builder().start();
  private final Map<String, String> settings = new HashMap<>(settings(server));

  @AfterEach
  void stop() {
    server.close();
  }

  private static Map<String, String> settings(AwsKmsServer server) {
    return Openings.settings(server, server.credentials().secretAccessKey());
  }

  private void restarted(UnaryOperator<AwsKmsServerBuilder> change) {
    server.close();
    server = change.apply(AwsKmsServer.builder()).start();
    settings.putAll(settings(server));
  }

  private EnclaveFactory.Builder builder() {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new AwsKmsBackendProvider())
        .with(new RecordingAuditSink())
        .config(new ConfigSource("test", settings));
  }

  private void withKey() {
    try (Enclave enclave = builder().open()) {
      enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
    }
  }

  private KmsClient console() {
    return KmsClient.builder()
        .endpointOverride(URI.create(server.endpoint().toString()))
        .region(Region.of(server.region()))
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(
                    server.credentials().accessKeyId(), server.credentials().secretAccessKey())))
        .build();
  }

  private static List<String> granted(Diagnosis diagnosis, Grant grant) {
    return diagnosis.permissions().stream()
        .filter(permission -> permission.grant() == grant)
        .map(Permission::name)
        .toList();
  }

  private static void assertNotReady(Diagnosis diagnosis) {
    assertThat(diagnosis.health().healthy())
        .as("%s %s", diagnosis.permissions(), diagnosis.health())
        .isFalse();
    assertThat(diagnosis.refusal()).isPresent();
  }

  @Test
  void isReady_underExactlyThePrintedPolicies() {
    withKey();
    server.identityPolicies(POLICIES);
    Diagnosis diagnosis = builder().probe();
    assertThat(diagnosis.health().healthy()).as(diagnosis.health().toString()).isTrue();
    assertThat(diagnosis.refusal()).isEmpty();
    assertThat(diagnosis.permissions()).isNotEmpty().allMatch(Permission::granted);
  }

  @Test
  void changesNothing() {
    withKey();
    try (KmsClient kms = console()) {
      List<Object> before = everything(kms);
      builder().probe();
      assertThat(everything(kms)).isEqualTo(before).hasSize(3);
    }
  }

  /** Each key with its tags, and which key each alias names. */
  private static List<Object> everything(KmsClient kms) {
    List<Object> all = new ArrayList<>();
    kms.listKeys().keys().stream()
        .map(KeyListEntry::keyId)
        .forEach(
            id -> {
              all.add(kms.describeKey(r -> r.keyId(id)).keyMetadata());
              all.add(kms.listResourceTags(r -> r.keyId(id)).tags());
            });
    kms.listAliases().aliases().forEach(a -> all.add(List.of(a.aliasName(), a.targetKeyId())));
    return all;
  }

  static Stream<String> actions() {
    return POLICIES.stream()
        .flatMap(policy -> PrintedPolicies.allowed(policy).stream())
        .distinct()
        .filter(action -> !NOT_ASKED.contains(action));
  }

  @ParameterizedTest
  @MethodSource("actions")
  void isNotReady_withoutOneOfThePrintedActions(String action) {
    withKey();
    server.identityPolicies(
        POLICIES.stream().map(policy -> PrintedPolicies.without(action, policy)).toList());
    Diagnosis taken = builder().probe();
    assertNotReady(taken);
    assertThat(granted(taken, Grant.MISSING)).contains(action);

    server.identityPolicies(List.of());
    server.deny(Denial.of(action));
    Diagnosis denied = builder().probe();
    assertNotReady(denied);
    assertThat(granted(denied, Grant.MISSING)).contains(action);
  }

  @Test
  void isNotReady_whereNothingIsAllowed() {
    withKey();
    server.identityPolicies(List.of("{\"Version\":\"2012-10-17\",\"Statement\":[]}"));
    assertNotReady(builder().probe());
  }

  @Test
  void saysWhatCannotBeKnown_untilThereIsAKey() {
    server.identityPolicies(POLICIES);
    Diagnosis diagnosis = builder().probe();
    assertNotReady(diagnosis);
    assertThat(diagnosis.refusal()).contains(ErrorCode.PERMISSION_UNKNOWN);
    assertThat(granted(diagnosis, Grant.GRANTED))
        .contains("kms:CreateKey", "kms:TagResource", "kms:ListAliases");
    assertThat(granted(diagnosis, Grant.UNKNOWN)).contains("kms:Sign", "kms:CreateAlias");
    assertThat(diagnosis.health().findings())
        .filteredOn(finding -> finding.code() == ErrorCode.PERMISSION_UNKNOWN)
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.observed()).contains("kms:Sign").contains("no key");
              assertThat(finding.fix()).contains("Create a key");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"region", "secret-access-key", "access-key-id"})
  void isNotReady_whereRequestsAreSignedForAnother(String setting) {
    withKey();
    settings.put("enclave.aws-kms.account-id", server.account());
    settings.put(
        "enclave.aws-kms." + setting,
        setting.equals("region") ? "eu-central-1" : "AKIANOBODYATALL");
    assertNotReady(builder().probe());
    assertThat(builder().diagnose().health().healthy()).isFalse();
  }

  @Test
  void isNotReady_inARegionWithoutTheKeys() {
    withKey();
    restarted(server -> server.region("us-east-2"));
    assertNotReady(builder().probe());
  }

  @Test
  void isNotReady_whereAnotherAccountAnswers() {
    withKey();
    settings.put("enclave.aws-kms.account-id", "999988887777");
    // As where STS cannot be reached, and the operator's word counts.
    settings.put("enclave.aws-kms.sts-endpoint", "http://127.0.0.1:1");
    settings.put("enclave.aws-kms.allowed-endpoints", server.endpoint() + ",http://127.0.0.1:1");
    Diagnosis diagnosis = builder().probe();
    assertNotReady(diagnosis);
    assertThat(diagnosis.health().findings())
        .anySatisfy(finding -> assertThat(finding.observed()).contains(server.account()));
  }

  @Test
  void isNotReady_whereTheKeyIsDisabled() {
    withKey();
    try (KmsClient kms = console()) {
      String key = kms.listKeys().keys().get(0).keyId();
      kms.disableKey(r -> r.keyId(key));
    }
    assertNotReady(builder().probe());
  }

  @ParameterizedTest
  @ValueSource(strings = {"disabled", "gone", "another account's"})
  void isNotReady_whereAnAdoptedKeyCannotSign(String how) {
    withKey();
    try (KmsClient kms = console()) {
      String arn =
          kms.createKey(r -> r.keySpec("ECC_NIST_P256").keyUsage("SIGN_VERIFY"))
              .keyMetadata()
              .arn();
      settings.put("enclave.keys.treasury", arn);
      assertThat(builder().probe().health().healthy()).isTrue();
      switch (how) {
        case "disabled" -> kms.disableKey(r -> r.keyId(arn));
        case "gone" ->
            settings.put(
                "enclave.keys.treasury", arn.replaceFirst("[0-9a-f]{12}$", "0".repeat(12)));
        default ->
            settings.put("enclave.keys.treasury", arn.replace(server.account(), "999988887777"));
      }
    }
    assertNotReady(builder().probe());
  }
}
