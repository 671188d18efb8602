package dev.enclave.testkit.cloud;

class SignOnlyCloudTest implements CloudShapedBackends {

  @Override
  public CloudShapedProvider provider() {
    return new CloudShapedProvider(CloudVariant.SIGN_ONLY);
  }
}
