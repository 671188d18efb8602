package dev.enclave.testkit.cloud;

class EventuallyConsistentCloudTest implements CloudShapedBackends {

  @Override
  public CloudShapedProvider provider() {
    return new CloudShapedProvider(CloudVariant.EVENTUALLY_CONSISTENT);
  }
}
