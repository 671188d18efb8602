package dev.enclave.testkit.cloud;

import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.contract.BackendContract;
import java.security.SecureRandom;

/** Harnesses for the cloud-shaped backend. */
interface CloudShapedBackends extends BackendContract {

  CloudShapedProvider provider();

  @Override
  default BackendHarness harness() {
    return harness(provider());
  }

  static BackendHarness harness(CloudShapedProvider provider) {
    SecureRandom random = new SecureRandom();
    BackendHarness harness = BackendHarness.of(provider, random).expecting(provider.traits());
    return harness.adopting(
        algorithm -> provider.placeForeignKey(algorithm, harness.time().now(), random));
  }
}
