package dev.enclave.spi.backend;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import java.util.Optional;

/**
 * Makes further versions of keys. In two steps, so that the old version can sign a statement on its
 * successor in between: {@link #prepare}, then {@link #activate}.
 */
public non-sealed interface KeyRotator extends Capability {

  /**
   * Which version to replace.
   *
   * @param name the key
   * @param expectedActive the version that must be active
   * @param operationId makes both steps repeatable
   * @param retiredState VERIFY_ONLY or DISABLED: what becomes of the old version
   */
  record RotateRequest(
      KeyName name, KeyVersionId expectedActive, String operationId, KeyState retiredState) {
    /** A request to rotate. */
    public static RotateRequest of(
        KeyName name, KeyVersionId expectedActive, String operationId, KeyState retiredState) {
      return new RotateRequest(name, expectedActive, operationId, retiredState);
    }
  }

  /**
   * Whether this process's account may list and rotate keys, as far as the provider tells that
   * without being asked for a key. A process that is answered no rotates none by itself, and asks
   * again some hours later.
   */
  default boolean mayRotate(CallContext call) throws BackendFailure {
    return true;
  }

  /**
   * Makes a new version in state PENDING, public key included. Repeatable: a second call with the
   * same operation id makes no second version. It stays PENDING for as long as nobody activates or
   * destroys it, months if need be: it may be published long before it is activated. Another
   * operation that prepares a version may destroy one that has been PENDING for an hour.
   *
   * @return the new version, or the one an earlier call of this operation made
   * @throws BackendFailure {@link FailureCode#CONFLICT} when another version is active
   */
  KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure;

  /**
   * The version that {@link #prepare} made for this operation before, in this process or another
   * one, whatever its state is now. Makes and changes nothing.
   *
   * @return nothing if no call of this operation has made a version
   * @throws BackendFailure {@link FailureCode#NOT_FOUND} when there is no such key
   */
  Optional<KeyVersion> prepared(RotateRequest request, CallContext call) throws BackendFailure;

  /**
   * Makes the prepared version active and the old one {@link RotateRequest#retiredState()}. Both
   * are one decision: whoever finds the new version active finds the old one in that state, also if
   * this process dies before it has switched it off. Repeatable: once done, a second call with the
   * same operation id returns the key as it is. {@link KeyVersion#activatedAt()} of the new version
   * tells from then on when that was, to some seconds and never too early: what is disabled a while
   * after it was replaced goes by it.
   *
   * <p>With {@link BackendTrait#COMPARE_AND_SET} exactly one of several racing calls succeeds.
   * Without, the backend settles the race by a pure rule over what all racers can read back, and
   * the losers fail with CONFLICT once they see that they lost.
   *
   * @param next the version {@link #prepare} made
   * @throws BackendFailure {@link FailureCode#CONFLICT} when another version is active; the
   *     prepared version stays PENDING then
   */
  KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
      throws BackendFailure;

  /**
   * Makes a version active again that verifies only, in place of the one that is active: for keys
   * whose public key is an address. Repeatable: a version that is active stays so. {@link
   * RotateRequest#expectedActive()} becomes {@link RotateRequest#retiredState()}.
   *
   * @param version one in state VERIFY_ONLY
   * @throws BackendFailure {@link FailureCode#CONFLICT} when another version is active than was
   *     expected; {@link FailureCode#INVALID_STATE} when {@code version} is in another state;
   *     {@link FailureCode#UNSUPPORTED} where the backend cannot, as by default
   */
  default KeySnapshot reinstate(RotateRequest request, KeyVersionId version, CallContext call)
      throws BackendFailure {
    throw BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        Texts.NOT_REINSTATED.observed(request.name()),
        Texts.NOT_REINSTATED.advice(request.name()));
  }

  /**
   * Stores how often the key is due for rotation, in place of the interval it was created with.
   * Repeatable: a key that has the interval keeps it. Nothing else about the key changes, whatever
   * other changes are under way; of several changes of the interval the last one holds. Versions
   * that are made later do not change it.
   *
   * @return the key with {@code interval}
   * @throws BackendFailure {@link FailureCode#NOT_FOUND}; {@link FailureCode#INVALID_STATE} when
   *     every version is destroyed and the provider takes no change of such a key
   */
  KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure;
}
