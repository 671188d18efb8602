package dev.enclave.testkit;

class WrappingCloudTest implements CloudShapedBackends {

  @Override
  public CloudShapedProvider provider() {
    return new CloudShapedProvider(CloudVariant.WRAPPING);
  }
}
