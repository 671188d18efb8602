package dev.enclave.gcp.internal.keys;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.ProtectionLevel;
import dev.enclave.KeyState;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.KeyVersionRef;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

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

  /**
   * Refuses a reference whose version may not be used for this, by the state it was read in. A name
   * that Cloud KMS used itself needs no parsing, once for every signature.
   */
  public void requireUsable(KeyVersionRef ref, Predicate<KeyState> allowed) throws BackendFailure {
    boolean named =
        known.containsKey(ref.providerUri())
            ? GcpNames.endsWith(ref.providerUri(), ref.version())
            : GcpNames.names(ref.providerUri(), ref.version());
    GcpRefusals.COMMON.requireUsable(ref, named, allowed);
  }

  /**
   * Checks what an answer says of a version that was described before. One that another process or
   * an earlier opening described is believed once, if it says a level at all.
   */
  public void require(String version, ProtectionLevel answered) throws BackendFailure {
    boolean told =
        answered != ProtectionLevel.PROTECTION_LEVEL_UNSPECIFIED
            && answered != ProtectionLevel.UNRECOGNIZED;
    ProtectionLevel level =
        told ? known.computeIfAbsent(version, name -> answered) : known.get(version);
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
