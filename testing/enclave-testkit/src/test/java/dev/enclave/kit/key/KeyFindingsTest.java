package dev.enclave.kit.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import org.junit.jupiter.api.Test;

class KeyFindingsTest {

  private final KeyFindings findings = new KeyFindings();

  private boolean warn(String kind, String about) {
    return findings.warn(kind, about, ErrorCode.KEY_NOT_ACTIVE, kind + " of " + about, "mend it");
  }

  @Test
  void manyOfOneKindHideNoOther_andTheLatestOfEachAreKept() {
    warn("rare", "first");
    for (int i = 0; i < 1000; i++) {
      warn("frequent", "key-" + i);
    }
    warn("late", "last");
    assertThat(findings.all())
        .extracting(Finding::observed)
        .hasSize(22)
        .startsWith("rare of first", "frequent of key-980")
        .endsWith("frequent of key-999", "late of last");
  }

  @Test
  void oneStandsInThePlaceOfAnEarlierAboutTheSame_andIsForgottenByItsKind() {
    assertThat(warn("a", "key")).isTrue();
    assertThat(warn("b", "key")).isTrue();
    assertThat(warn("a", "key")).isFalse();
    findings.forget("a", "key");
    assertThat(findings.all()).extracting(Finding::observed).containsExactly("b of key");
    findings.forget("none", "key");
  }
}
