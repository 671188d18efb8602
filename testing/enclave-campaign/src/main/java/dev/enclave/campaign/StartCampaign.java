package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.campaign.bench.BadDay;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.error.EnclaveException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A start on a bad day ends with a working Enclave or with an error of the right class. */
public abstract class StartCampaign {

  private final CloudUnderTest cloud;

  /** Against this cloud. */
  protected StartCampaign(CloudUnderTest cloud) {
    this.cloud = cloud;
  }

  @Test
  void opensOrSaysWhatHappened_whateverGoesWrong() {
    try (Bench bench = new Bench(cloud)) {
      bench.openCalm().close();
      int before = bench.journal().size();
      bench.open().close();
      Map<String, Integer> requests = Bench.count(bench.journalSince(before));
      Map<String, Integer> outcomes = new TreeMap<>();
      for (BadDay day : BadDay.all(cloud, requests)) {
        outcomes.merge(start(bench, day), 1, Integer::sum);
      }
      System.out.println("starts with a fault in " + requests + ": " + outcomes);
      assertThat(outcomes).isNotEmpty();
    }
  }

  private static String start(Bench bench, BadDay day) {
    bench.faults.follow(day.plan());
    try (Enclave enclave = bench.open()) {
      bench.faults.follow(FaultPlan.NONE);
      assertThat(enclave.health().healthy()).as(day.toString()).isTrue();
      return "opened";
    } catch (EnclaveException e) {
      assertThat(e.code()).as(day + ": " + e.getMessage()).isIn(day.codesOfAStart());
      return e.code().name();
    } finally {
      bench.faults.follow(FaultPlan.NONE);
    }
  }
}
