package dev.enclave.testkit.contract;

import dev.enclave.testkit.BackendHarness;

/** What every contract asks its author for. */
public interface BackendUnderTest {

  /**
   * The backend under test and what is expected of it. Called once for every test; a fresh provider
   * and store each time where that is cheap.
   */
  BackendHarness harness();
}
