package dev.enclave.testkit.cloud;

import org.junit.jupiter.api.Tag;

@Tag("exhaustive")
class CompareAndSetCloudTest implements CloudShapedBackends {

  @Override
  public CloudShapedProvider provider() {
    return new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
  }
}
