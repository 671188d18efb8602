package dev.enclave.aws.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.EnclaveException;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.emulators.wire.JournalEntry;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A start on a bad day ends with a working Enclave or with an error of the right class. */
class StartTest {

  @Test
  void opensOrSaysWhatHappened_whateverGoesWrong() {
    try (Kms kms = new Kms()) {
      kms.open().close();
      Map<String, Integer> requests = new TreeMap<>();
      for (JournalEntry entry : kms.journal()) {
        requests.merge(entry.operation(), 1, Integer::sum);
      }
      Map<String, Integer> outcomes = new TreeMap<>();
      for (BadDay day : BadDay.all(requests)) {
        outcomes.merge(start(kms, day), 1, Integer::sum);
      }
      System.out.println("starts with a fault in " + requests + ": " + outcomes);
      assertThat(outcomes).isNotEmpty();
    }
  }

  private static String start(Kms kms, BadDay day) {
    kms.faults.follow(day.plan());
    try (Enclave enclave = kms.open()) {
      kms.faults.follow(FaultPlan.NONE);
      assertThat(enclave.health().healthy()).as(day.toString()).isTrue();
      return "opened";
    } catch (EnclaveException e) {
      assertThat(e.code()).as(day + ": " + e.getMessage()).isIn(day.codes());
      return e.code().name();
    } finally {
      kms.faults.follow(FaultPlan.NONE);
    }
  }
}
