package dev.enclave.testkit.cloud;

class NoCompareAndSetCloudTest implements CloudShapedBackends {

  @Override
  public CloudShapedProvider provider() {
    return new CloudShapedProvider(CloudVariant.NO_COMPARE_AND_SET);
  }
}
