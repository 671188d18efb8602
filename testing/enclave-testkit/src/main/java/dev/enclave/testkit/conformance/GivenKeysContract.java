package dev.enclave.testkit.conformance;

import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.contract.KeysContract;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contracts against the backend of the run. */
@ExtendWith(HarnessParameter.class)
final class GivenKeysContract implements KeysContract {

  private final BackendHarness harness;

  GivenKeysContract(BackendHarness harness) {
    this.harness = harness;
  }

  @Override
  public BackendHarness harness() {
    return harness;
  }
}
