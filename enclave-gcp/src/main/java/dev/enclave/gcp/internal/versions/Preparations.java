package dev.enclave.gcp.internal.versions;

import com.google.cloud.kms.v1.CryptoKey;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.kit.key.BoundedMap;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.keys.GcpActivations;
import dev.enclave.gcp.internal.keys.GcpDirectory;
import dev.enclave.gcp.internal.model.GcpKey;
import dev.enclave.gcp.internal.model.GcpLabels;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which version an operation made. Cloud KMS takes no token by which a repetition could be told,
 * and a version no label. So before its first attempt an operation leaves a record, an empty
 * CryptoKey, of how many versions there were: a repetition, by another process too, takes one that
 * came since. Thread-safe.
 */
final class Preparations {

  private static final int MOST = 1_000;

  private final GcpCalls calls;
  private final GcpActivations activations;

  // What this process made, so that no two of its operations take one version for theirs.
  private final Map<String, Integer> made = BoundedMap.of(MOST);

  Preparations(GcpCalls calls, GcpActivations activations) {
    this.calls = calls;
    this.activations = activations;
  }

  /** Notes the version that an operation made. */
  synchronized void made(GcpKey key, String operationId, int number) {
    made.put(key.name() + "/" + operationId, number);
  }

  private synchronized Optional<Integer> made(GcpKey key, String operationId) {
    return Optional.ofNullable(made.get(key.name() + "/" + operationId))
        .filter(key.versions()::containsKey);
  }

  private synchronized boolean anothers(GcpKey key, String operationId, int number) {
    String own = key.name() + "/" + operationId;
    return made.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(key.name() + "/"))
        .anyMatch(entry -> entry.getValue() == number && !entry.getKey().equals(own));
  }

  /**
   * The version of an operation that has begun: the one it activated, else one that came since it
   * began and was never active; none if it has not begun, or made none.
   */
  Optional<Integer> of(GcpKey key, String operationId, CallContext call) throws BackendFailure {
    Optional<Integer> known = made(key, operationId);
    if (known.isPresent()) {
      return known;
    }
    Optional<Integer> before = began(key.name(), operationId, call);
    if (before.isEmpty()) {
      return Optional.empty();
    }
    List<Integer> since = new ArrayList<>(key.versions().tailMap(before.get(), false).keySet());
    since.removeIf(number -> anothers(key, operationId, number));
    for (int number : since) {
      if (key.last().used().contains(number)
          && activations.recorded(key, number, operationId, call)) {
        return Optional.of(number);
      }
    }
    return since.stream().filter(number -> key.state(number) == KeyState.PENDING).findFirst();
  }

  /**
   * Records that an operation begins.
   *
   * @return whether it does; false if an earlier attempt of it has
   */
  boolean begin(GcpKey key, String operationId, CallContext call) throws BackendFailure {
    return made(key, operationId).isEmpty()
        && activations
            .makeRecord(
                GcpNames.operationId(key.name(), operationId),
                GcpLabels.beginning(key.name(), operationId, key.versions().lastKey()),
                call)
            .isPresent();
  }

  /** The highest version before the operation's first attempt; none if there was none. */
  private Optional<Integer> began(KeyName name, String operationId, CallContext call)
      throws BackendFailure {
    String resource =
        GcpNames.key(calls.session().keyRing(), GcpNames.operationId(name, operationId));
    Optional<CryptoKey> found = GcpDirectory.find(calls, resource, call);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Optional<Integer> before = new GcpLabels(found.get().getLabelsMap()).before(name, operationId);
    if (before.isEmpty()) {
      throw GcpRefusals.mangledRecord(resource);
    }
    return before;
  }
}
