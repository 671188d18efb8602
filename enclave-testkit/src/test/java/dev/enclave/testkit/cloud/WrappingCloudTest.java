package dev.enclave.testkit.cloud;

class WrappingCloudTest implements CloudShapedBackends {

  @Override
  public CloudShapedProvider provider() {
    return new CloudShapedProvider(CloudVariant.WRAPPING);
  }
}
