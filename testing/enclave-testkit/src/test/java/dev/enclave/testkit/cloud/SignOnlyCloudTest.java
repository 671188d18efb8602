package dev.enclave.testkit.cloud;

import org.junit.jupiter.api.Tag;

@Tag("full")
class SignOnlyCloudTest implements CloudShapedBackends {

  @Override
  public CloudShapedProvider provider() {
    return new CloudShapedProvider(CloudVariant.SIGN_ONLY);
  }
}
