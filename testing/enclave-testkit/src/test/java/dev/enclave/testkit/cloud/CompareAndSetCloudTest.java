package dev.enclave.testkit.cloud;

class CompareAndSetCloudTest implements CloudShapedBackends {

  @Override
  public CloudShapedProvider provider() {
    return new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
  }
}
