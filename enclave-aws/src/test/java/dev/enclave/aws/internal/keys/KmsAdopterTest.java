package dev.enclave.aws.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.aws.internal.ForeignKmsKeys;
import dev.enclave.aws.internal.KmsBench;
import dev.enclave.aws.internal.Sessions;
import dev.enclave.aws.internal.calls.KmsNames;
import dev.enclave.emulators.Denial;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;

/** Keys made by Terraform or in the console. */
class KmsAdopterTest {

  private KmsBench bench;

  @BeforeEach
  void open() {
    bench = new KmsBench();
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private String place(KeySpec spec, KeyUsageType usage) {
    return bench.console().createKey(r -> r.keySpec(spec).keyUsage(usage)).keyMetadata().arn();
  }

  private KeySnapshot adopt(String uri) throws BackendFailure {
    return bench.backend.adopt(KmsBench.NAME, uri, bench.call());
  }

  @Test
  void needsNoMoreThanToDescribeToReadThePublicKeyAndToSign_whereNobodyAsksForTheStamp()
      throws BackendFailure {
    String arn = place(KeySpec.ECC_NIST_P256, KeyUsageType.SIGN_VERIFY);
    for (String action :
        List.of("Create*", "List*", "Tag*", "Untag*", "Update*", "Enable*", "Disable*", "Sched*")) {
      bench.server.deny(Denial.of("kms:" + action));
    }
    KeySnapshot key = adopt(arn);
    assertThat(key.versions().get(0).origin()).isEqualTo(KeyOrigin.GENERATED);
    bench.backend.sign(key.ref(key.versions().get(0)), Message.ofUtf8("pay"), bench.call());
  }

  @Test
  void takesAnAliasAKeyIdAndTheirArns() throws BackendFailure {
    String arn = place(KeySpec.ECC_NIST_P256, KeyUsageType.SIGN_VERIFY);
    String id = KmsNames.keyId(arn).orElseThrow();
    bench.console().createAlias(r -> r.aliasName("alias/treasury").targetKeyId(id));
    String aliasArn = arn.substring(0, arn.indexOf(":key/")) + ":alias/treasury";
    for (String uri : List.of(arn, id, "alias/treasury", aliasArn, arn + "#ECDSA_P256_SHA256")) {
      assertThat(adopt(uri).providerUri()).as(uri).isEqualTo(arn);
    }
  }

  @Test
  void asksWhichAlgorithm_whereTheKeyDoesNotSay() throws BackendFailure {
    String arn = place(KeySpec.ECC_SECG_P256_K1, KeyUsageType.SIGN_VERIFY);
    assertThatThrownBy(() -> adopt(arn))
        .hasMessageContaining("ECDSA_SECP256K1_SHA256, ECDSA_SECP256K1_KECCAK256");
    assertThat(adopt(arn + "#ECDSA_SECP256K1_KECCAK256").algorithm())
        .isEqualTo(SigningAlgorithm.ECDSA_SECP256K1_KECCAK256);
    assertThat(adopt(arn + "#ECDSA_SECP256K1_SHA256").algorithm())
        .isEqualTo(SigningAlgorithm.ECDSA_SECP256K1_SHA256);
  }

  @ParameterizedTest
  @ValueSource(strings = {"#RSA_PSS_2048_SHA256", "#ROT13"})
  void refusesAnAlgorithmTheKeyIsNotFor(String suffix) {
    String arn = place(KeySpec.ECC_NIST_P256, KeyUsageType.SIGN_VERIFY);
    assertThatThrownBy(() -> adopt(arn + suffix))
        .isInstanceOfSatisfying(
            BackendFailure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.UNSUPPORTED))
        .hasMessageContaining("ECDSA_P256_SHA256");
  }

  @Test
  void refusesKindsThatEnclaveHasNoAlgorithmFor() {
    String arn = place(KeySpec.HMAC_256, KeyUsageType.GENERATE_VERIFY_MAC);
    assertThatThrownBy(() -> adopt(arn)).hasMessageContaining("HMAC_256");
  }

  @Test
  void refusesAKeyOfAnotherRegion() {
    assertThatThrownBy(
            () ->
                adopt(
                    "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"))
        .hasMessageContaining("us-east-1")
        .hasMessageContaining("eu-west-1");
  }

  @ParameterizedTest
  @MethodSource("dev.enclave.KeyAlgorithm#all")
  void adoptsEveryAlgorithm(KeyAlgorithm algorithm) throws BackendFailure {
    String uri =
        new ForeignKmsKeys(() -> Sessions.with(bench.server, bench.clock)).place(algorithm);
    assertThat(adopt(uri).algorithm()).isEqualTo(algorithm);
  }

  @Test
  void signsNothing_onceAnAdministratorDisabledTheKey() throws BackendFailure {
    String arn = place(KeySpec.ECC_NIST_P256, KeyUsageType.SIGN_VERIFY);
    KeySnapshot key = adopt(arn);
    bench.console().disableKey(r -> r.keyId(arn));
    assertThatThrownBy(
            () ->
                bench.backend.sign(
                    key.ref(key.versions().get(0)), Message.ofUtf8("pay"), bench.call()))
        .isInstanceOfSatisfying(
            BackendFailure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.INVALID_STATE));
    assertThat(adopt(arn).versions().get(0).state()).isEqualTo(KeyState.DISABLED);
    bench.console().enableKey(r -> r.keyId(arn));
    bench.clock.advance(Duration.ofMinutes(2));
    bench.backend.sign(key.ref(key.versions().get(0)), Message.ofUtf8("pay"), bench.call());
  }

  /** Its ARN does not tell, and its callers would state what only Enclave may. */
  @Test
  void refusesAStatementKey() throws BackendFailure {
    KeySnapshot key = bench.create(KeyName.of("enclave-statements-production"));
    String arn = key.versions().get(0).providerUri();

    assertThatThrownBy(() -> adopt(arn))
        .isInstanceOfSatisfying(
            BackendFailure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.UNSUPPORTED))
        .hasMessageContaining("signs what Enclave itself states");
  }

  @Test
  void knowsStampAndRetirement_ofAVersionThatIsEnclavesOwn() throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    bench.rotate(key);
    KeySnapshot adopted = adopt(key.versions().get(0).providerUri());
    assertThat(adopted.stamp()).isEqualTo(StampReading.of(EnvironmentType.PRODUCTION));
    assertThat(adopted.versions().get(0).state()).isEqualTo(KeyState.VERIFY_ONLY);
  }
}
