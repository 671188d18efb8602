package dev.enclave.testkit.firstday;

import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.contract.BackendContract;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A backend that only signs is held to every contract: what it cannot do is asserted. */
class PocketTokenContractTest implements BackendContract {

  @Override
  public BackendHarness harness() {
    Map<String, LocalKey> slots = new ConcurrentHashMap<>();
    SecureRandom random = new SecureRandom();
    return BackendHarness.of(new PocketToken.Provider(slots), random)
        .expecting(BackendTrait.SIGNS, BackendTrait.ADOPTS, BackendTrait.PERSISTENT)
        .adopting(
            algorithm -> {
              String uri = "token:" + (slots.size() + 1);
              slots.put(uri, LocalKey.generate(algorithm, random));
              return uri;
            });
  }
}
