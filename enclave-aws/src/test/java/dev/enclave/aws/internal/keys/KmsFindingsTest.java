package dev.enclave.aws.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.diagnosis.HealthReport.Finding;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.OriginType;

class KmsFindingsTest {

  private static KeyMetadata key(String id, KeyMetadata.Builder metadata) {
    return metadata.keyId(id).arn("arn:aws:kms:key/" + id).build();
  }

  @Test
  void everyKindIsTold_howeverManyThereAreOfAnother() {
    KmsFindings findings = new KmsFindings();
    for (int i = 0; i < 40; i++) {
      findings.note(key("mrk-" + i, KeyMetadata.builder().multiRegion(true)));
    }
    findings.note(key("xks", KeyMetadata.builder().origin(OriginType.EXTERNAL_KEY_STORE)));
    findings.note(key("hsm", KeyMetadata.builder().customKeyStoreId("cks-1")));
    findings.notePassedOver(3, true);
    assertThat(findings.all())
        .extracting(Finding::observed)
        .hasSize(23)
        .anySatisfy(told -> assertThat(told).contains("mrk-39 is a multi-Region key"))
        .anySatisfy(told -> assertThat(told).contains("xks lies in an external key store"))
        .anySatisfy(told -> assertThat(told).contains("hsm lies in custom key store cks-1"))
        .anySatisfy(told -> assertThat(told).startsWith("3 of the keys"));
  }
}
