package dev.enclave.gcp.internal.keys;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.GetPublicKeyRequest;
import com.google.cloud.kms.v1.PublicKey;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.kit.key.PublicKeyCache;
import dev.enclave.error.EnclaveException;
import dev.enclave.gcp.internal.calls.Checksums;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.model.GcpScheme;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.util.Optional;

/** Public keys of versions, asked for once each: they never change. Thread-safe. */
public final class GcpPublicKeys {

  private record Id(String version, KeyAlgorithm algorithm) {}

  private final GcpCalls calls;
  private final GcpLevels levels;
  private final PublicKeyCache<Id> cache = new PublicKeyCache<>("Google Cloud KMS");

  public GcpPublicKeys(GcpCalls calls, GcpLevels levels) {
    this.calls = calls;
    this.levels = levels;
  }

  /**
   * The public key; none for a symmetric key, or where KMS keeps it to itself: it tells those of
   * enabled versions alone.
   */
  public Optional<PublicKeyInfo> of(
      CryptoKeyVersion version, KeyAlgorithm algorithm, CallContext call) throws BackendFailure {
    if (!algorithm.asymmetric()) {
      return Optional.empty();
    }
    boolean enabled = version.getState() == CryptoKeyVersionState.ENABLED;
    return cache.get(
        new Id(version.getName(), algorithm),
        call,
        () -> enabled ? Optional.of(ask(version.getName(), algorithm, call)) : Optional.empty());
  }

  /** The public key of an enabled version. */
  public PublicKeyInfo of(String version, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    return cache
        .get(new Id(version, algorithm), call, () -> Optional.of(ask(version, algorithm, call)))
        .orElseThrow();
  }

  private PublicKeyInfo ask(String version, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    PublicKey answer;
    try {
      answer =
          calls.send(
              GcpOperation.GET_PUBLIC_KEY,
              version,
              GetPublicKeyRequest.newBuilder().setName(version).build(),
              call);
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
    return checked(version, algorithm, answer);
  }

  private PublicKeyInfo checked(String version, KeyAlgorithm algorithm, PublicKey answer)
      throws BackendFailure {
    if (!answer.getName().equals(version)) {
      throw GcpRefusals.wrongAnswer("another version's public key was sent for " + version)
          .naming(version);
    }
    Checksums.require(
        "the public key", answer.getPemBytes(), answer.hasPemCrc32C(), answer.getPemCrc32C());
    if (answer.getAlgorithm() != GcpScheme.of(algorithm).kms()) {
      throw GcpRefusals.wrongAnswer(
              "what was sent for " + version + " is a public key of another algorithm")
          .naming(version);
    }
    levels.require(version, answer.getProtectionLevel());
    try {
      return PublicKeyInfo.fromPem(answer.getPem(), algorithm);
    } catch (EnclaveException e) {
      throw GcpRefusals.wrongAnswer(
              "what was sent for " + version + " is no public key for " + algorithm)
          .naming(version);
    }
  }
}
