package dev.enclave.gcp.internal.keys;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.cloud.kms.v1.PublicKey;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.error.EnclaveException;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.kit.key.PublicKeyCache;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What never changes about versions: the public key, asked for once, and the protection level, of
 * which every answer that says what a version did must say the same one. Thread-safe.
 */
public final class GcpVersions {

  private record Id(String version, KeyAlgorithm algorithm) {}

  private final GcpCalls calls;
  private final Map<String, ProtectionLevel> levels = new ConcurrentHashMap<>();
  private final PublicKeyCache<Id> publicKeys = new PublicKeyCache<>("Google Cloud KMS");

  public GcpVersions(GcpCalls calls) {
    this.calls = calls;
  }

  /**
   * Checks what an answer says of a version that was described before. One that another process or
   * an earlier opening described is believed once, if it says a level at all.
   */
  void require(String version, ProtectionLevel answered) throws BackendFailure {
    boolean told =
        answered != ProtectionLevel.PROTECTION_LEVEL_UNSPECIFIED
            && answered != ProtectionLevel.UNRECOGNIZED;
    ProtectionLevel level =
        told ? levels.computeIfAbsent(version, name -> answered) : levels.get(version);
    if (level != answered) {
      throw GcpCalls.wrongAnswer(
          "it says that it is of protection level %s, and before it was %s"
              .formatted(answered, level == null ? "not described" : level),
          version);
    }
  }

  /**
   * The public key; none for a symmetric key, or where KMS keeps it to itself: it tells those of
   * enabled versions alone.
   */
  Optional<PublicKeyInfo> publicKey(
      CryptoKeyVersion version, KeyAlgorithm algorithm, CallContext call) throws BackendFailure {
    // As the version describes itself.
    levels.put(version.getName(), version.getProtectionLevel());
    if (!algorithm.asymmetric()) {
      return Optional.empty();
    }
    boolean enabled = version.getState() == CryptoKeyVersionState.ENABLED;
    return publicKeys.get(
        new Id(version.getName(), algorithm),
        call,
        () -> enabled ? Optional.of(ask(version.getName(), algorithm, call)) : Optional.empty());
  }

  /** The public key of an enabled version. */
  PublicKeyInfo publicKey(String version, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    Id id = new Id(version, algorithm);
    return publicKeys.get(id, call, () -> Optional.of(ask(version, algorithm, call))).orElseThrow();
  }

  private PublicKeyInfo ask(String version, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    PublicKey answer;
    try {
      answer = calls.send(GcpOperation.GET_PUBLIC_KEY, version, call);
    } catch (BackendFailure e) {
      if (e.code() == FailureCode.INVALID_STATE) {
        // Enabled when it was read: somebody took it out of use since.
        throw BackendFailure.transientFailure(
                FailureCode.INVALID_STATE,
                "The state of " + version + " changed while it was read. Read it again.")
            .naming(version);
      }
      throw e;
    }
    if (answer.getAlgorithm() != GcpScheme.of(algorithm).kms()) {
      throw GcpCalls.wrongAnswer("its public key is one of another algorithm", version);
    }
    require(version, answer.getProtectionLevel());
    try {
      return PublicKeyInfo.fromPem(answer.getPem(), algorithm);
    } catch (EnclaveException e) {
      throw GcpCalls.wrongAnswer("its public key is none for " + algorithm, version);
    }
  }
}
