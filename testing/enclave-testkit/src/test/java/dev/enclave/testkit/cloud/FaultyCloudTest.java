package dev.enclave.testkit.cloud;

import java.time.Duration;
import org.junit.jupiter.api.Tag;

/**
 * The first calls of every operation go wrong, and every seventh; the contract holds all the same.
 */
@Tag("full")
class FaultyCloudTest implements CloudShapedBackends {

  @Override
  public CloudShapedProvider provider() {
    return faulty(CloudVariant.WRAPPING);
  }

  static CloudShapedProvider faulty(CloudVariant variant) {
    CloudShapedProvider provider = new CloudShapedProvider(variant);
    for (CloudOperation operation : CloudOperation.values()) {
      provider
          .faults()
          .latency(operation, Duration.ofMillis(120))
          .on(operation, 1, Fault.Lost.ANSWER)
          .on(operation, 2, Fault.unavailable())
          .on(operation, 3, Fault.throttled(Duration.ofSeconds(2)))
          .on(operation, 5, Fault.Lost.REQUEST)
          .every(operation, 7, Fault.Lost.ANSWER);
    }
    return provider;
  }
}
