package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Assurance;
import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyVersion;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.model.CreateKeyRequest;
import software.amazon.awssdk.services.kms.model.OriginType;

/** What is said of adopted keys that lie elsewhere than keys of KMS usually do. */
class KeyPlacesTest {

  private static final String HSM = "cks-1234567890abcdef0";
  private static final String EXTERNAL = "cks-9876543210fedcba9";
  private static final KeyName KEK = KeyName.of("kek");

  private final KmsBench bench =
      new KmsBench(server -> server.cloudHsmKeyStore(HSM).externalKeyStore(EXTERNAL));

  @AfterEach
  void close() {
    bench.close();
  }

  private KeySnapshot adopted(Consumer<CreateKeyRequest.Builder> place) throws BackendFailure {
    String arn = bench.console().createKey(place).keyMetadata().arn();
    return bench.backend.adopt(KEK, arn, bench.call());
  }

  private KeySnapshot inCloudHsm() throws BackendFailure {
    return adopted(r -> r.origin(OriginType.AWS_CLOUDHSM).customKeyStoreId(HSM));
  }

  private static KeyVersion only(KeySnapshot key) {
    return key.versions().get(0);
  }

  private List<Finding> findings() throws BackendFailure {
    HealthReport report = bench.backend.health(bench.call());
    assertThat(report.healthy()).isTrue();
    return report.findings();
  }

  @Test
  void countsAKeyInACloudHsmAsHsm_andWarnsThatTheClusterIsTheCustomers() throws BackendFailure {
    KeySnapshot key = inCloudHsm();

    assertThat(key.algorithm()).isEqualTo(WrappingAlgorithm.AES_256_GCM);
    assertThat(only(key).assurance()).isEqualTo(Assurance.HSM);
    assertThat(only(key).origin()).isEqualTo(KeyOrigin.GENERATED);
    assertThat(findings())
        .singleElement()
        .returns(Severity.WARNING, Finding::severity)
        .returns(ErrorCode.BACKEND_UNAVAILABLE, Finding::code)
        .satisfies(f -> assertThat(f.observed()).contains(only(key).id().value(), HSM));
  }

  @Test
  void countsAKeyOutsideAwsAsSoftware_sinceNobodyVouchesForIt() throws BackendFailure {
    KeySnapshot key =
        adopted(
            r ->
                r.origin(OriginType.EXTERNAL_KEY_STORE)
                    .customKeyStoreId(EXTERNAL)
                    .xksKeyId("bb8562717f809024"));

    assertThat(only(key).assurance()).isEqualTo(Assurance.SOFTWARE);
    assertThat(only(key).origin()).isEqualTo(KeyOrigin.UNKNOWN);
    assertThat(findings())
        .singleElement()
        .returns(ErrorCode.ASSURANCE_TOO_LOW, Finding::code)
        .satisfies(f -> assertThat(f.observed()).contains("external key store"));
  }

  @Test
  void warnsOfAMultiRegionKey() throws BackendFailure {
    KeySnapshot key = adopted(r -> r.multiRegion(true));

    assertThat(only(key).id().value()).startsWith("mrk-");
    assertThat(only(key).assurance()).isEqualTo(Assurance.HSM);
    assertThat(findings())
        .singleElement()
        .returns(ErrorCode.ASSURANCE_TOO_LOW, Finding::code)
        .satisfies(f -> assertThat(f.observed()).contains("multi-Region key"));
  }

  @Test
  void saysNothingOfAKeyOfKmsItself() throws BackendFailure {
    KeySnapshot key = adopted(r -> {});

    assertThat(only(key).assurance()).isEqualTo(Assurance.HSM);
    assertThat(findings()).isEmpty();
  }

  @Test
  void wrapsInACloudHsm_andNotWhileItIsDisconnected() throws BackendFailure {
    KeySnapshot key = inCloudHsm();
    KeyVersionRef ref = key.ref(only(key));
    try (SecretBytes dataKey = SecretBytes.takeOver(new byte[32])) {
      Bytes wrapped = bench.backend.wrap(ref, dataKey, bench.call());
      bench.server.disconnectKeyStore(HSM);
      BackendFailure refusal =
          catchThrowableOfType(
              BackendFailure.class, () -> bench.backend.unwrap(ref, wrapped, bench.call()));

      assertThat(refusal.code()).isEqualTo(FailureCode.INVALID_STATE);

      bench.server.connectKeyStore(HSM);
      try (SecretBytes opened = bench.backend.unwrap(ref, wrapped, bench.call())) {
        assertThat(opened.size()).isEqualTo(32);
      }
    }
  }
}
