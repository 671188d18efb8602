package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.bench.SkippingTime;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A service that answers no reading, and signs. */
public abstract class OutageOfReadsCampaign {

  private static final Duration STEP = Duration.ofMinutes(1);

  /** A renewal that fails skips a few seconds too, so these steps are nine minutes at most. */
  private static final int STEPS = 8;

  private final CloudUnderTest cloud;

  /** Against this cloud. */
  protected OutageOfReadsCampaign(CloudUnderTest cloud) {
    this.cloud = cloud;
  }

  @Test
  void aKeySignsForMinutesByItsLastReading_andThenNoMore() {
    try (Bench bench = new Bench(cloud)) {
      SkippingTime time = bench.time();
      try (Enclave enclave = bench.open(time, bench.audit())) {
        SigningKey key =
            enclave.createKey(KeySpec.named("read").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
        key.sign(Claims.MESSAGE);
        bench.faults.follow(noReads());
        for (int step = 1; step <= STEPS; step++) {
          time.skip(STEP);
          assertThat(key.verify(Claims.MESSAGE, key.sign(Claims.MESSAGE))).as("%s", step).isTrue();
        }
        time.skip(STEP.multipliedBy(3));
        assertThatExceptionOfType(ConnectivityException.class)
            .isThrownBy(() -> key.sign(Claims.MESSAGE))
            .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE));
        bench.faults.follow(FaultPlan.NONE);
        time.skip(STEP);
        assertThat(key.verify(Claims.MESSAGE, key.sign(Claims.MESSAGE))).isTrue();
      }
    }
  }

  private FaultPlan noReads() {
    FaultPlan plan = FaultPlan.NONE;
    for (String operation : cloud.requests().reads()) {
      plan = plan.every(operation, 1, Fault.refused(Fault.Refused.Reason.UNAVAILABLE));
    }
    return plan;
  }
}
