package dev.enclave.core.internal.policy;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.config.Configuration.Adoption;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.KeySnapshot;
import java.util.Optional;

/**
 * What the policy says of one key. A pure function of policy and snapshot.
 *
 * @param acknowledged whether configuration acknowledges reduced security
 */
public record KeyPolicy(SecurityPolicy policy, boolean acknowledged) {

  /**
   * Whether a key may be created.
   *
   * @throws PolicyException when not
   */
  public void requireCreatable(BackendId backend, KeyAlgorithm algorithm) {
    requireBackend(backend);
    requireAlgorithm(algorithm);
  }

  /**
   * Whether a key, with every version that still counts, may be used.
   *
   * @param adoption what configuration says of the key if it names it, which stands in for a
   *     missing stamp, and for an unreadable one only if it says so
   * @throws PolicyException when not
   */
  public void requireUsable(BackendId backend, KeySnapshot key, Optional<Adoption> adoption) {
    requireBackend(backend);
    requireAlgorithm(key.algorithm());
    requireStamp(key, adoption);
    for (KeyVersion version : key.versions()) {
      if (version.state() == KeyState.ACTIVE || version.state() == KeyState.PENDING) {
        requireVersion(backend, key.name(), version);
      }
    }
  }

  private void requireBackend(BackendId backend) {
    if (!policy.allows(backend)) {
      throw Texts.BACKEND_NOT_ALLOWED_FOR_KEY.as(ErrorCode.BACKEND_NOT_ALLOWED, backend);
    }
  }

  private void requireAlgorithm(KeyAlgorithm algorithm) {
    if (!policy.allows(algorithm)) {
      throw Texts.ALGORITHM_NOT_ALLOWED.as(
          ErrorCode.ALGORITHM_NOT_ALLOWED,
          algorithm,
          KeyAlgorithm.all().stream().filter(policy::allows).toList());
    }
  }

  private void requireStamp(KeySnapshot key, Optional<Adoption> adoption) {
    if (key.stamp() instanceof StampReading.Unreadable unreadable) {
      // In every environment type: none accepts all stamps, and this may be any.
      if (!adoption.map(Adoption::acceptsUnreadableStamp).orElse(false)) {
        throw unreadableStamp(key.name(), unreadable, adoption.isPresent());
      }
    } else if (key.stamp() instanceof StampReading.Stamped stamped) {
      requireAccepted(key.name(), stamped.environment());
    } else if (strict() && adoption.isEmpty()) {
      throw Texts.STAMP_MISSING.as(
          ErrorCode.STAMP_MISSING,
          key.name(),
          policy.environment(),
          ForeignText.name(key.providerUri()));
    }
  }

  private boolean strict() {
    return policy.environment().isStrict();
  }

  private EnclaveException unreadableStamp(
      KeyName key, StampReading.Unreadable stamp, boolean adopted) {
    ErrorCode code = ErrorCode.STAMP_UNREADABLE;
    String observed = ForeignText.of(stamp.reason());
    String remedy = ForeignText.of(stamp.remedy());
    EnvironmentType here = policy.environment();
    return adopted
        ? Texts.STAMP_UNREADABLE_OF_ADOPTED.as(
            code, key, observed, here, remedy, Settings.acceptUnreadableStamp(key))
        : Texts.STAMP_UNREADABLE.as(code, key, observed, here, remedy);
  }

  private void requireAccepted(KeyName key, EnvironmentType stamp) {
    EnvironmentType here = policy.environment();
    if (!here.accepts(stamp)) {
      throw Texts.STAMP_OF_ANOTHER.as(ErrorCode.STAMP_MISMATCH, key, stamp, here);
    }
  }

  /**
   * Whether a version may produce.
   *
   * @throws PolicyException when not
   */
  public void requireVersion(BackendId backend, KeyName key, KeyVersion version) {
    if (!version.assurance().atLeast(policy.minimumAssurance())) {
      throw Texts.VERSION_TOO_WEAK.as(
          ErrorCode.ASSURANCE_TOO_LOW,
          version.id(),
          key,
          version.assurance(),
          policy.environment(),
          policy.minimumAssurance());
    }
    if (!acknowledged && needsAcknowledgement(backend, version)) {
      throw Texts.VERSION_NOT_ACKNOWLEDGED.as(
          ErrorCode.REDUCED_SECURITY_NOT_ACKNOWLEDGED,
          version.id(),
          key,
          version.assurance(),
          backend);
    }
    if (!policy.foreignOriginAllowed() && version.origin() != KeyOrigin.GENERATED) {
      throw Texts.VERSION_OF_FOREIGN_ORIGIN.as(
          ErrorCode.ORIGIN_NOT_ALLOWED, version.id(), key, version.origin(), policy.environment());
    }
  }

  /** A declared LOCAL acknowledges the key file of the software backend. */
  private boolean needsAcknowledgement(BackendId backend, KeyVersion version) {
    return !backend.equals(BackendId.SOFTWARE)
        && PolicyMatrix.standing(policy.environment(), true, version.assurance())
            == PolicyMatrix.Standing.ACKNOWLEDGED;
  }
}
