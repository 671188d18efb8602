package dev.enclave.testkit.cloud;

import org.junit.jupiter.api.Tag;

/** As {@link FaultyCloudTest}, where races are settled by a rule alone. */
@Tag("full")
class FaultyNoCompareAndSetCloudTest implements CloudShapedBackends {

  @Override
  public CloudShapedProvider provider() {
    return FaultyCloudTest.faulty(CloudVariant.NO_COMPARE_AND_SET);
  }
}
