package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.ErrorCode;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeySpec;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.CloudOperation;
import dev.enclave.testkit.CloudShapedProvider;
import dev.enclave.testkit.CloudVariant;
import dev.enclave.testkit.Fault;
import org.junit.jupiter.api.Test;

/** What a list of keys says when not all of them can be read. */
class InventoryTest {

  private final CloudShapedProvider cloud = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
  private final Bench bench = Bench.in("production").with(cloud);

  @Test
  void isNoEmptyList_whenNoKeyCanBeReadForTheMoment() {
    create();
    try (Enclave enclave = bench.open()) {
      cloud.faults().every(CloudOperation.LOAD, 1, Fault.unavailable());
      refused(ErrorCode.BACKEND_UNAVAILABLE, enclave::keys);
      assertThat(enclave.unreadableKeys()).isNotEmpty();
    }
  }

  @Test
  void leavesOutWhatIsDamaged() {
    create();
    try (Enclave enclave = bench.open()) {
      cloud.faults().every(CloudOperation.LOAD, 1, Fault.permanent(FailureCode.CORRUPT));
      assertThat(enclave.keys()).isEmpty();
      assertThat(enclave.unreadableKeys()).hasSize(1);
    }
  }

  private void create() {
    try (Enclave enclave = bench.open()) {
      enclave.createKey(KeySpec.named("wallet-42").algorithm(KeyAlgorithm.ECDSA_P256_SHA256));
    }
  }
}
