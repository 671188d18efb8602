package dev.enclave.aws.internal.calls;

import dev.enclave.aws.internal.model.KmsArns;
import dev.enclave.kit.key.BoundedMap;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The KMS keys that this process made just now. AWS may take five minutes until policies see the
 * tags and aliases of a key ("ABAC for AWS KMS"); until then a permission that depends on them is
 * denied, and nobody can tell that from one that is missing. Thread-safe.
 */
final class FreshKeys {

  /** Five minutes, and one for an answer that was late. */
  private static final Duration UNSEEN = Duration.ofMinutes(6);

  private final Map<String, Long> made = BoundedMap.of(1_000);

  /** That a key was made now. */
  void note(String keyId, CallContext call) {
    made.put(keyId, call.time().nanoTime());
  }

  /**
   * The failure, which passes if it is a denial that new tags explain.
   *
   * @param key id or ARN of the key that it is about
   */
  BackendFailure unlessFresh(BackendFailure failure, String key, CallContext call) {
    if (failure.code() != FailureCode.ACCESS_DENIED
        || failure.failureClass() != FailureClass.PERMANENT) {
      return failure;
    }
    Long at = made.get(KmsArns.keyId(key).orElse(key));
    if (at == null || call.time().nanoTime() - at > UNSEEN.toNanos()) {
      return failure;
    }
    BackendFailure passing =
        BackendFailure.transientFailure(
                FailureCode.ACCESS_DENIED,
                failure.observed()
                    + " KMS key "
                    + KmsArns.keyId(key).orElse(key)
                    + " was made less than six minutes ago: AWS may take five minutes until"
                    + " policies see its tags and aliases.",
                "Repeat the operation by the same id then.")
            .naming(List.of(KmsArns.keyId(key).orElse(key)))
            .naming(failure.names());
    return failure.providerRequestId().map(passing::withProviderRequestId).orElse(passing);
  }
}
