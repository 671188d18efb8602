package dev.enclave.testkit;

import java.time.Duration;

/** Every operation goes wrong again and again, and the contract holds all the same. */
class FaultyCloudTest implements CloudShapedBackends {

  @Override
  public CloudShapedProvider provider() {
    CloudShapedProvider provider = new CloudShapedProvider(CloudVariant.WRAPPING);
    FaultScript faults = provider.faults();
    for (CloudOperation operation : CloudOperation.values()) {
      faults
          .latency(operation, Duration.ofMillis(120))
          .every(operation, 7, Fault.throttled(Duration.ofSeconds(2)))
          .every(operation, 5, Fault.Lost.REQUEST)
          .every(operation, 3, Fault.unavailable())
          .every(operation, 2, Fault.Lost.ANSWER);
    }
    return provider;
  }
}
