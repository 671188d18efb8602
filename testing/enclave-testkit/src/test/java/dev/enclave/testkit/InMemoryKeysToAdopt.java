package dev.enclave.testkit;

import dev.enclave.KeyAlgorithm;
import dev.enclave.spi.TimeSource;
import dev.enclave.testkit.BackendHarness.ForeignKeys;
import java.security.SecureRandom;

/** Makes keys past Enclave, and denies the permission to read their stamps. */
record InMemoryKeysToAdopt(InMemoryProvider provider, TimeSource time, SecureRandom random)
    implements ForeignKeys {

  @Override
  public String place(KeyAlgorithm algorithm) {
    return provider.placeForeignKey(algorithm, time.now(), random);
  }

  @Override
  public boolean withholdStamp(String uri) {
    provider.withholdStamps(true);
    return true;
  }
}
