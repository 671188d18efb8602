package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.aws.internal.calls.KmsNames;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.KeySnapshot;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;

/** An administrator rotates as AWS describes for asymmetric keys: another key, and the alias. */
class RotatedByHandTest {

  private static final String ALIAS = KmsNames.hint(KmsBench.NAME);

  private final KmsBench bench = new KmsBench();

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void leavesTheAliasThatSomebodyMoved_saysSo_andTakesItAgainWhenItIsMovedBack()
      throws BackendFailure {
    KeySnapshot second = bench.rotate(bench.create(KmsBench.NAME));
    assertThat(target().arn()).isEqualTo(active(second).providerUri());
    KeyMetadata other =
        bench
            .console()
            .createKey(r -> r.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY))
            .keyMetadata();
    move(other.keyId());

    KeySnapshot third = bench.rotate(second);

    assertThat(target().arn()).isEqualTo(other.arn());
    assertThat(third.versions())
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.VERIFY_ONLY, KeyState.VERIFY_ONLY, KeyState.ACTIVE);
    assertThat(told()).anyMatch(text -> text.contains(ALIAS) && text.contains(other.arn()));

    move(active(third).id().value());
    KeySnapshot fourth = bench.rotate(third);

    assertThat(target().arn()).isEqualTo(active(fourth).providerUri());
    assertThat(told()).noneMatch(text -> text.contains(ALIAS));
  }

  private List<String> told() throws BackendFailure {
    return bench.backend.health(bench.call()).findings().stream().map(Finding::observed).toList();
  }

  private static KeyVersion active(KeySnapshot key) {
    return key.active().orElseThrow();
  }

  private KeyMetadata target() {
    return bench.console().describeKey(r -> r.keyId(ALIAS)).keyMetadata();
  }

  private void move(String keyId) {
    bench.console().updateAlias(r -> r.aliasName(ALIAS).targetKeyId(keyId));
  }
}
