package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.KeyListing;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.testkit.cloud.CloudCall;
import dev.enclave.testkit.cloud.CloudOperation;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import dev.enclave.testkit.cloud.Fault;
import java.util.List;
import java.util.Optional;
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
      refused(ErrorCode.BACKEND_UNAVAILABLE, enclave.admin()::listKeys);
    }
  }

  @Test
  void namesWhatIsDamaged_besideWhatCanBeRead() {
    create();
    try (Enclave enclave = bench.open()) {
      cloud.faults().every(CloudOperation.LOAD, 1, Fault.permanent(FailureCode.CORRUPT));
      KeyListing listing = enclave.admin().listKeys();
      assertThat(listing.keys()).isEmpty();
      assertThat(listing.complete()).isFalse();
      assertThat(listing.unreadable()).hasSize(1);
    }
  }

  @Test
  void namesEveryKey_andReadsNone() {
    try (Enclave enclave = bench.open()) {
      for (String name : List.of("zebra", "adder", "lynx")) {
        enclave.createKey(key(name));
      }
    }
    try (Enclave enclave = bench.open()) {
      cloud.faults().every(CloudOperation.LOAD, 1, Fault.permanent(FailureCode.CORRUPT));
      int before = cloud.journal().size();
      assertThat(enclave.admin().keyNames())
          .extracting(KeyName::value)
          .containsExactly("adder", "lynx", "zebra");
      assertThat(cloud.journal().subList(before, cloud.journal().size()))
          .extracting(CloudCall::operation)
          .containsExactly(CloudOperation.LIST);
    }
  }

  @Test
  void givesNoNames_whenTheListCannotBeHad() {
    create();
    try (Enclave enclave = bench.open()) {
      cloud.faults().every(CloudOperation.LIST, 1, Fault.unavailable());
      refused(ErrorCode.BACKEND_UNAVAILABLE, enclave.admin()::keyNames);
    }
  }

  @Test
  void refusesNamesInTheWordsItRefusesKeysIn_whereTheBackendCannotList_andRecordsIt() {
    Bench other = Bench.in("development").with(new CloudShapedProvider(CloudVariant.SIGN_ONLY));
    try (Enclave enclave = other.open()) {
      String keys = refused(ErrorCode.UNSUPPORTED_OPERATION, enclave.admin()::listKeys);
      assertThat(refused(ErrorCode.UNSUPPORTED_OPERATION, enclave.admin()::keyNames))
          .isEqualTo(keys);
      assertThat(other.audit.events(AuditEvent.Operation.LIST))
          .extracting(AuditEvent::errorCode)
          .containsExactly(
              Optional.of(ErrorCode.UNSUPPORTED_OPERATION),
              Optional.of(ErrorCode.UNSUPPORTED_OPERATION));
    }
  }

  private void create() {
    try (Enclave enclave = bench.open()) {
      enclave.createKey(key("wallet-42"));
    }
  }

  private static KeySpec<SigningKey> key(String name) {
    return KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_P256_SHA256);
  }
}
