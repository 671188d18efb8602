package dev.enclave.testkit.cloud;

import org.junit.jupiter.api.Tag;

@Tag("full")
class EventuallyConsistentCloudTest implements CloudShapedBackends {

  @Override
  public CloudShapedProvider provider() {
    return new CloudShapedProvider(CloudVariant.EVENTUALLY_CONSISTENT);
  }
}
