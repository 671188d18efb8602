package dev.enclave.testkit.cloud;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.testkit.cloud.CloudKeyService.CloudKey;
import java.util.List;
import java.util.Optional;

/** Where the versions of a name, and the order in which they became active, are recorded. */
interface CloudDirectory {

  /**
   * What is recorded of one name.
   *
   * @param versions oldest first; empty when there is no such key
   * @param successions ids in the order in which they became active; the last is in force
   */
  record Chain(List<CloudKey> versions, List<String> successions) {

    public Chain {
      versions = List.copyOf(versions);
      successions = List.copyOf(successions);
    }

    Optional<CloudKey> version(String id) {
      return versions.stream().filter(key -> key.id().equals(id)).findFirst();
    }

    Optional<CloudKey> madeBy(String operationId) {
      return versions.stream()
          .filter(key -> key.tags().operationId().equals(operationId))
          .findFirst();
    }

    boolean headIs(String id) {
      return !successions.isEmpty() && successions.get(successions.size() - 1).equals(id);
    }
  }

  Chain read(KeyName name, CallContext call);

  List<KeyName> names(CallContext call);

  /** Enters {@code key} as first version; false when another key is. */
  boolean enterFirst(KeyName name, CloudKey key, CallContext call) throws BackendFailure;

  /** Enters {@code key} as a further version; the key entered, or an equal one made before. */
  CloudKey enterNext(KeyName name, CloudKey key, CallContext call) throws BackendFailure;

  /** Records that {@code key} takes over from {@code replaced}; false when another did. */
  boolean succeed(KeyName name, String replaced, CloudKey key, CallContext call)
      throws BackendFailure;
}
