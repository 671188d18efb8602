package dev.enclave.aws.internal.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.aws.internal.KmsBench;
import dev.enclave.diagnosis.Diagnosis.Grant;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.emulators.Denial;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.KeySnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;

/** What the backend says of itself, without changing anything. */
class KmsHealthTest {

  private KmsBench bench;

  @BeforeEach
  void open() {
    bench = new KmsBench();
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void isHealthy_whereNoKeyIsYet_byOneRequest() throws BackendFailure {
    assertThat(bench.backend.health(bench.call()).healthy()).isTrue();
    assertThat(bench.requests()).containsExactly("DescribeKey");
  }

  @Test
  void triesASignatureThatIsNeverMade() throws BackendFailure {
    bench.create(KmsBench.NAME);
    bench.server.journal().clear();
    assertThat(bench.backend.health(bench.call())).isEqualTo(HealthReport.HEALTHY);
    assertThat(bench.server.journal().of("Sign"))
        .hasSize(1)
        .allMatch(entry -> entry.error().orElse("").startsWith("DryRunOperation"));
  }

  @Test
  void isNotHealthy_whenSigningIsDenied() throws BackendFailure {
    bench.create(KmsBench.NAME);
    bench.server.deny(Denial.of("kms:Sign"));
    HealthReport report = bench.backend.health(bench.call());
    assertThat(report.healthy()).isFalse();
    assertThat(report.findings().get(0).fix()).contains("kms:Sign");
  }

  @Test
  void isHealthy_thoughOneKeyIsDisabled() throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    bench.console().disableKey(r -> r.keyId(key.versions().get(0).id().value()));
    assertThat(bench.backend.health(bench.call()).healthy()).isTrue();
  }

  @Test
  void warnsOfAMultiRegionKey() throws BackendFailure {
    String arn =
        bench
            .console()
            .createKey(
                r ->
                    r.keySpec(KeySpec.ECC_NIST_P256)
                        .keyUsage(KeyUsageType.SIGN_VERIFY)
                        .multiRegion(true))
            .keyMetadata()
            .arn();
    bench.backend.adopt(KmsBench.NAME, arn, bench.call());
    HealthReport report = bench.backend.health(bench.call());
    assertThat(report.healthy()).isTrue();
    assertThat(report.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.severity()).isEqualTo(Severity.WARNING);
              assertThat(finding.observed()).contains(arn).contains("multi-Region");
            });
  }

  @Test
  void tellsThatNoKeyCanBeMade() throws BackendFailure {
    bench.server.deny(Denial.of("kms:CreateKey"));
    // Tags are given to new keys alone, so the one cannot be told without the other.
    assertThat(bench.backend.permissions(bench.call()))
        .filteredOn(permission -> permission.grant() == Grant.MISSING)
        .extracting(Permission::name)
        .containsExactly("kms:CreateKey", "kms:TagResource");
  }
}
