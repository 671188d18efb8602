package dev.enclave.core.internal.policy;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.ErrorCode;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.PolicyException;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.redaction.ForeignText;
import dev.enclave.spi.KeySnapshot;

/** What the policy says of one key. A pure function of policy and snapshot. */
public final class KeyPolicy {

  private final SecurityPolicy policy;

  public KeyPolicy(SecurityPolicy policy) {
    this.policy = policy;
  }

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
   * @param adopted whether configuration names the key, which stands in for a missing stamp
   * @throws PolicyException when not
   */
  public void requireUsable(BackendId backend, KeySnapshot key, boolean adopted) {
    requireBackend(backend);
    requireAlgorithm(key.algorithm());
    requireStamp(key, adopted);
    for (KeyVersion version : key.versions()) {
      if (version.state() == KeyState.ACTIVE || version.state() == KeyState.PENDING) {
        requireVersion(key.name(), version);
      }
    }
  }

  private void requireBackend(BackendId backend) {
    if (!policy.allows(backend)) {
      throw new PolicyException(
          ErrorCode.BACKEND_NOT_ALLOWED,
          "The policy does not allow backend "
              + backend
              + ". Add it to enclave.backends, or use a key in another backend.");
    }
  }

  private void requireAlgorithm(KeyAlgorithm algorithm) {
    if (!policy.allows(algorithm)) {
      throw new PolicyException(
          ErrorCode.ALGORITHM_NOT_ALLOWED,
          "The policy does not allow "
              + algorithm
              + ". Add it to enclave.algorithms, or use one of "
              + policy.allowedAlgorithms().stream().sorted().toList()
              + ".");
    }
  }

  private void requireStamp(KeySnapshot key, boolean adopted) {
    EnvironmentType here = policy.environment();
    if (key.stamp().isEmpty()) {
      boolean strict = here == EnvironmentType.PRODUCTION || here == EnvironmentType.STAGING;
      if (strict && !adopted) {
        throw new PolicyException(
            ErrorCode.STAMP_MISSING,
            "Key "
                + key.name()
                + " carries no environment stamp, so it may have been made anywhere, and this is "
                + here
                + ". Adopt it with enclave.keys.<name>="
                + ForeignText.name(key.providerUri())
                + " if it belongs here.");
      }
    } else if (!here.accepts(key.stamp().get())) {
      throw new PolicyException(
          ErrorCode.STAMP_MISMATCH,
          "Key "
              + key.name()
              + " was made for "
              + key.stamp().get()
              + " and this is "
              + here
              + ". Create a key here; keys do not change environments.");
    }
  }

  /**
   * Whether a version may produce.
   *
   * @throws PolicyException when not
   */
  public void requireVersion(KeyName key, KeyVersion version) {
    if (!version.assurance().atLeast(policy.minimumAssurance())) {
      throw new PolicyException(
          ErrorCode.ASSURANCE_TOO_LOW,
          "Version "
              + version.id()
              + " of key "
              + key
              + " has assurance "
              + version.assurance()
              + " and "
              + policy.environment()
              + " needs "
              + policy.minimumAssurance()
              + ". Create another key, in a backend that gives that.");
    }
    if (!policy.foreignOriginAllowed() && version.origin() != KeyOrigin.GENERATED) {
      throw new PolicyException(
          ErrorCode.ORIGIN_NOT_ALLOWED,
          "Version "
              + version.id()
              + " of key "
              + key
              + " has origin "
              + version.origin()
              + " and "
              + policy.environment()
              + " needs keys generated where they live. Create another key.");
    }
  }
}
