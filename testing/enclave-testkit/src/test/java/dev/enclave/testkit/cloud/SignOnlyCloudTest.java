package dev.enclave.testkit.cloud;

import org.junit.jupiter.api.Tag;

@Tag("exhaustive")
class SignOnlyCloudTest implements CloudShapedBackends {

  @Override
  public CloudShapedProvider provider() {
    return new CloudShapedProvider(CloudVariant.SIGN_ONLY);
  }
}
