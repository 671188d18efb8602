package dev.enclave.aws.internal.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * KMS keys whose operation failed after they were made. The next attempt of the same operation goes
 * on with it instead of making another: KMS may take seconds until a new key can get its alias.
 * What is forgotten here, with the process or because there is too much of it, is an orphan.
 * Thread-safe.
 */
public final class KmsUnfinishedKeys {

  private static final int MOST = 1_000;

  private final Map<String, KmsKey> made =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, KmsKey> eldest) {
          return size() > MOST;
        }
      };

  /** The key an earlier attempt made, for this attempt alone. */
  public synchronized Optional<KmsKey> take(String operationId) {
    return Optional.ofNullable(made.remove(operationId));
  }

  /** For the next attempt. */
  public synchronized void keep(String operationId, KmsKey key) {
    made.put(operationId, key);
  }
}
