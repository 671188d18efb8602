package dev.enclave.gcp.internal.keys;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.ProtectionLevel;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.spi.BackendFailure;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The protection level of each version, which never changes: every answer that says what a version
 * did must say the same one. Thread-safe.
 */
public final class GcpLevels {

  private final Map<String, ProtectionLevel> known = new ConcurrentHashMap<>();

  /** As a version describes itself. */
  void note(CryptoKeyVersion version) {
    known.put(version.getName(), version.getProtectionLevel());
  }

  /** Whether a version of exactly this name was described. */
  public boolean described(String version) {
    return known.containsKey(version);
  }

  /** Checks what an answer says of a version that was described before. */
  public void require(String version, ProtectionLevel answered) throws BackendFailure {
    ProtectionLevel level = known.get(version);
    if (level != answered) {
      throw GcpRefusals.wrongAnswer(
              "it says that "
                  + version
                  + " is of protection level "
                  + answered
                  + ", and before it was "
                  + (level == null ? "not described" : level))
          .naming(version);
    }
  }
}
