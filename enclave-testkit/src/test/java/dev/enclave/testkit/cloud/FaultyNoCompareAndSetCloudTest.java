package dev.enclave.testkit.cloud;

/** As {@link FaultyCloudTest}, where races are settled by a rule alone. */
class FaultyNoCompareAndSetCloudTest implements CloudShapedBackends {

  @Override
  public CloudShapedProvider provider() {
    return FaultyCloudTest.faulty(CloudVariant.NO_COMPARE_AND_SET);
  }
}
