package dev.enclave.aws.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.aws.internal.model.KmsKey;
import dev.enclave.aws.internal.model.KmsTags;
import dev.enclave.diagnosis.HealthReport.Finding;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.OriginType;

class KmsFindingsTest {

  private static KmsKey key(String id, KeyMetadata.Builder metadata) {
    return new KmsKey(metadata.keyId(id).arn("arn:aws:kms:key/" + id).build(), KmsTags.NONE);
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
    assertThat(findings.findings())
        .extracting(Finding::observed)
        .hasSize(23)
        .anySatisfy(told -> assertThat(told).contains("mrk-39 is a multi-Region key"))
        .anySatisfy(told -> assertThat(told).contains("xks lies in an external key store"))
        .anySatisfy(told -> assertThat(told).contains("hsm lies in custom key store cks-1"))
        .anySatisfy(told -> assertThat(told).startsWith("3 of the keys"));
  }
}
