package dev.enclave.testkit.cloud;

import org.junit.jupiter.api.Tag;

@Tag("full")
class NoCompareAndSetCloudTest implements CloudShapedBackends {

  @Override
  public CloudShapedProvider provider() {
    return new CloudShapedProvider(CloudVariant.NO_COMPARE_AND_SET);
  }
}
