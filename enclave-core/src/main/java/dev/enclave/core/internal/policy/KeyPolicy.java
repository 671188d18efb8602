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
import dev.enclave.core.internal.config.Adoption;
import dev.enclave.core.internal.config.Settings;
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
      throw new PolicyException(
          ErrorCode.BACKEND_NOT_ALLOWED,
          "The policy does not allow backend " + backend + ".",
          "Add it to enclave.backends, or use a key in another backend.");
    }
  }

  private void requireAlgorithm(KeyAlgorithm algorithm) {
    if (!policy.allows(algorithm)) {
      throw new PolicyException(
          ErrorCode.ALGORITHM_NOT_ALLOWED,
          "The policy does not allow " + algorithm + ".",
          "Add it to enclave.algorithms, or use one of "
              + KeyAlgorithm.all().stream().filter(policy::allows).toList()
              + ".");
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
      throw new PolicyException(
          ErrorCode.STAMP_MISSING,
          "Key "
              + key.name()
              + " carries no environment stamp, so it may have been made anywhere, and this is "
              + policy.environment()
              + ".",
          "Adopt it with enclave.keys.<name>="
              + ForeignText.name(key.providerUri())
              + " if it belongs here.");
    }
  }

  private boolean strict() {
    return policy.environment().isStrict();
  }

  private PolicyException unreadableStamp(
      KeyName key, StampReading.Unreadable stamp, boolean adopted) {
    return new PolicyException(
        ErrorCode.STAMP_UNREADABLE,
        "The environment stamp of key "
            + key
            + " cannot be read ("
            + ForeignText.of(stamp.reason())
            + "), so the key may have been made for another environment type, and this is "
            + policy.environment()
            + ".",
        ForeignText.of(stamp.remedy())
            + (adopted
                ? ", or set "
                    + Settings.acceptUnreadableStamp(key)
                    + "=true if the key belongs here."
                : "."));
  }

  private void requireAccepted(KeyName key, EnvironmentType stamp) {
    EnvironmentType here = policy.environment();
    if (!here.accepts(stamp)) {
      throw new PolicyException(
          ErrorCode.STAMP_MISMATCH,
          "Key " + key + " was made for " + stamp + " and this is " + here + ".",
          "Create a key here; keys do not change environments.");
    }
  }

  /**
   * Whether a version may produce.
   *
   * @throws PolicyException when not
   */
  public void requireVersion(BackendId backend, KeyName key, KeyVersion version) {
    if (!version.assurance().atLeast(policy.minimumAssurance())) {
      throw new PolicyException(
          ErrorCode.ASSURANCE_TOO_LOW,
          has(key, version, "assurance ")
              + version.assurance()
              + " and "
              + policy.environment()
              + " needs "
              + policy.minimumAssurance()
              + ".",
          "Create another key, in a backend that gives that.");
    }
    if (!acknowledged && needsAcknowledgement(backend, version)) {
      throw new PolicyException(
          ErrorCode.REDUCED_SECURITY_NOT_ACKNOWLEDGED,
          has(key, version, "assurance ")
              + version.assurance()
              + " in backend "
              + backend
              + ": the key lies there unencrypted. If that is meant, set"
              + " enclave.acknowledge-reduced-security=true.");
    }
    if (!policy.foreignOriginAllowed() && version.origin() != KeyOrigin.GENERATED) {
      throw new PolicyException(
          ErrorCode.ORIGIN_NOT_ALLOWED,
          has(key, version, "origin ")
              + version.origin()
              + " and "
              + policy.environment()
              + " needs keys generated where they live.",
          "Create another key.");
    }
  }

  private static String has(KeyName key, KeyVersion version, String what) {
    return "Version " + version.id() + " of key " + key + " has " + what;
  }

  /** A declared LOCAL acknowledges the key file of the software backend. */
  private boolean needsAcknowledgement(BackendId backend, KeyVersion version) {
    return !backend.equals(BackendId.SOFTWARE)
        && PolicyMatrix.standing(policy.environment(), true, version.assurance())
            == PolicyMatrix.Standing.ACKNOWLEDGED;
  }
}
