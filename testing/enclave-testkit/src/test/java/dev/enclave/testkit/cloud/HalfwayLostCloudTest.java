package dev.enclave.testkit.cloud;

import org.junit.jupiter.api.Tag;

/** The first attempt of every change is lost between two of its writes. */
@Tag("full")
class HalfwayLostCloudTest implements CloudShapedBackends {

  @Override
  public CloudShapedProvider provider() {
    CloudShapedProvider provider = new CloudShapedProvider(CloudVariant.EVENTUALLY_CONSISTENT);
    for (CloudOperation operation : CloudOperation.values()) {
      provider
          .faults()
          .every(operation, 2, Fault.Lost.HALFWAY)
          .on(operation, 1, Fault.Lost.HALFWAY);
    }
    return provider;
  }
}
