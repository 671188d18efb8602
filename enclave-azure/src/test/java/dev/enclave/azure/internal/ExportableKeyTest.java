package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.util.BinaryData;
import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.KeyCurveName;
import com.azure.security.keyvault.keys.models.KeyReleasePolicy;
import dev.enclave.Assurance;
import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.campaign.StrictEnclave;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A key that its vault may release is no key that never leaves an HSM. */
class ExportableKeyTest {

  private final AzureBench bench = new AzureBench();

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void countsAsSoftware_andIsWarnedOf() throws BackendFailure {
    KeySnapshot adopted = bench.backend.adopt(KeyName.of("treasury"), make(true), bench.call());
    assertThat(adopted.versions().get(0).assurance()).isEqualTo(Assurance.SOFTWARE);
    assertThat(bench.backend.health(bench.call()).findings())
        .filteredOn(finding -> finding.observed().contains("is exportable"))
        .singleElement()
        .returns(ErrorCode.ASSURANCE_TOO_LOW, Finding::code);
  }

  @Test
  void isRefusedInProduction_whereItsTwinThatStaysIsUsed() {
    try (Enclave enclave = open(make(false))) {
      assertThat(enclave.signingKeys().key("treasury").info().versions()).hasSize(1);
    }
    try (Enclave enclave = open(make(true))) {
      assertThatThrownBy(() -> enclave.signingKeys().key("treasury"))
          .isInstanceOfSatisfying(
              EnclaveException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.ASSURANCE_TOO_LOW));
    }
  }

  private String make(boolean exportable) {
    CreateEcKeyOptions options =
        new CreateEcKeyOptions(exportable ? "leaves" : "stays")
            .setHardwareProtected(true)
            .setCurveName(KeyCurveName.P_256)
            .setTags(Map.of("enclave-environment", "PRODUCTION", AzureKeys.ORIGIN, "generated"));
    if (exportable) {
      options
          .setExportable(true)
          .setReleasePolicy(new KeyReleasePolicy(BinaryData.fromString("{\"version\":\"1.0.0\"}")));
    }
    return bench
        .session
        .http()
        .during(bench.call(), attempt -> bench.session.keys().createEcKey(options))
        .getId();
  }

  private Enclave open(String uri) {
    return StrictEnclave.adopting(uri, Map.of(), context -> bench.another())
        .with(bench.clock)
        .with(new RecordingAuditSink())
        .open();
  }
}
