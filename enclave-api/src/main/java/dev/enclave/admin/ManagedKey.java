package dev.enclave.admin;

import dev.enclave.Bytes;
import dev.enclave.DeferrableResult;
import dev.enclave.EnclaveKey;
import dev.enclave.KeyInfo;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningKey;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
import dev.enclave.migration.ApprovalTerms;
import dev.enclave.migration.ReinstatementProposal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** A key of either purpose as its administrator sees it. Thread-safe. */
public interface ManagedKey extends EnclaveKey {

  /**
   * Replaces the active version, which signs no more. <b>Of a key that is an address</b>, on
   * secp256k1 or of interval {@link RotationInterval#NEVER}, this makes another address: what the
   * old one holds has to be moved first, by a signature of the old version. Nothing asks for that
   * here, as {@code enclave keys rotate} does.
   *
   * <p>Makes a new version and activates it at once; a version that is published already is taken.
   * What the old version signed still verifies, unless the reason is {@link
   * RotationReason#COMPROMISE}, for which the new version is always made anew.
   *
   * @throws UsageException {@link ErrorCode#ROTATION_CONFLICT} when another version than the
   *     request's is active; nothing has changed then
   */
  RotationResult rotate(RotationRequest request);

  /**
   * Rotates now if it can, as {@link #rotate}. If it cannot, and the failure may pass, the rotation
   * is kept and made later, once. A request without an expected version is kept for the version
   * that is active by the newest reading.
   *
   * @return the result; or the ticket, which is durable
   * @throws UsageException as {@link #rotate}; {@link ErrorCode#UNSUPPORTED_OPERATION} where {@link
   *     dev.enclave.Enclave#deferred} is empty; {@link ErrorCode#IDEMPOTENCY_CONFLICT} when the
   *     operation id was used for something else, or its ticket has ended without a result
   */
  DeferrableResult<RotationResult> rotateOrDefer(RotationRequest request);

  /**
   * Makes the version that the next rotation activates, and publishes it: {@link
   * SigningKey#publishedKeys()} has its public key, and it does not sign yet. The next {@link
   * #rotate} without an operation id, and the next rotation that is due, activate it; one for
   * {@link RotationReason#COMPROMISE} destroys it. Repeatable: a version that is published stays.
   * It counts as left over ({@link Orphans}) after {@code enclave.rotation.publish-ahead} and three
   * days, or after a quarter of an hour where that is not set.
   *
   * @return the key with a version in state PENDING
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_OPERATION} for a wrapping key, which has no
   *     public key, for an adopted key, and when the backend rotates no keys; {@link
   *     ErrorCode#ROTATION_CONFLICT} when somebody else rotated it at that moment
   */
  KeyInfo publishNext();

  /**
   * Changes how often the key is due for rotation; {@link KeyInfo#nextRotationAt()} follows. Of a
   * key that is an address any interval but {@link RotationInterval#NEVER} strands it in time, as
   * {@link #rotate} says. Rotates nothing by itself. Repeatable; of several changes the last one
   * holds.
   *
   * @param interval the new interval, counted from the last rotation, or from creation; a key whose
   *     time has passed by it is due at once
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_OPERATION} when the key is adopted, or the
   *     backend rotates no keys; {@link ErrorCode#KEY_NOT_ACTIVE} when every version is destroyed
   */
  KeyInfo changeRotation(RotationInterval interval);

  /**
   * Switches a version off: it neither produces nor verifies until {@link #enable}. A key whose
   * active version is switched off signs nothing and cannot be rotated. Where somebody else may
   * have the private key, rotate with {@link RotationReason#COMPROMISE}, which replaces the active
   * version and switches it off in one step.
   *
   * @throws UsageException {@link ErrorCode#VERSION_NOT_FOUND}, {@link ErrorCode#KEY_NOT_ACTIVE}
   *     when it is destroyed
   */
  KeyInfo disable(KeyVersionId version);

  /** As {@link #disable(KeyVersionId)}: a version of {@link KeyInfo#versions()}, as it is now. */
  default KeyInfo disable(KeyVersion version) {
    return disable(Objects.requireNonNull(version, "version").id());
  }

  /**
   * Switches a disabled version on again: active if no other version is and it is the newest that
   * is not destroyed, else verify-only. A version that verifies already stays as it is and does not
   * sign; look at the state in the answer.
   */
  KeyInfo enable(KeyVersionId version);

  /** As {@link #enable(KeyVersionId)}: a version of {@link KeyInfo#versions()}, as it is now. */
  default KeyInfo enable(KeyVersion version) {
    return enable(Objects.requireNonNull(version, "version").id());
  }

  /**
   * Plans that a version which only verifies signs again, in place of the active one: of a key that
   * is an address and was rotated by mistake. Reads the key and changes nothing. People sign the
   * plan by {@link dev.enclave.migration.Migrations#sign}, and {@link #reinstate} carries it out.
   *
   * @param version one in state VERIFY_ONLY; {@link #enable} one that is disabled before
   * @return the plan, which nobody has signed; it holds for {@code enclave.migration.validity}
   * @throws UsageException {@link ErrorCode#VERSION_NOT_FOUND}; {@link ErrorCode#KEY_NOT_ACTIVE}
   *     when the version is in another state, or no version is active; {@link
   *     ErrorCode#WRONG_PURPOSE} for a wrapping key, which opens with every version; {@link
   *     ErrorCode#UNSUPPORTED_OPERATION} for an adopted key, and for one that is rotated by time,
   *     whose interval has to be {@link RotationInterval#NEVER} before
   * @throws PolicyException {@link ErrorCode#APPROVAL_USED} when the version is active
   */
  ReinstatementProposal planReinstatement(KeyVersionId version);

  /**
   * Carries out what {@link #planReinstatement} planned: the version signs again, and the one that
   * was active only verifies. One decision, which loses or wins as a rotation does. A plan is
   * carried out once.
   *
   * @param proposal the plan; in PRODUCTION and STAGING with the approvals that {@code
   *     enclave.migration.approvers} and {@code enclave.migration.quorum} ask for
   * @return the key afterwards
   * @throws PolicyException as {@link ApprovalTerms#require}; {@link ErrorCode#APPROVAL_EXPIRED}
   *     outside the time of the plan; as {@link #planReinstatement}
   * @throws IntegrityException as {@link ApprovalTerms#require}; {@link
   *     ErrorCode#MIGRATION_PLAN_CHANGED} when the version has another public key
   * @throws UsageException {@link ErrorCode#MIGRATION_PLAN_OUTDATED} when the plan is on another
   *     key, or another version became active since; {@link ErrorCode#ROTATION_CONFLICT} when one
   *     did at that moment; {@link ErrorCode#UNSUPPORTED_OPERATION} when the backend cannot; as
   *     {@link #planReinstatement}
   */
  KeyInfo reinstate(ReinstatementProposal proposal);

  /**
   * Destroys the private key of a version. Final, at once or after the provider's waiting time. The
   * public key stays, so that what the version signed can be verified: where the backend does not
   * keep it, the audit log has it before the provider is asked ({@code AuditLog.publicKeys}). A
   * version that never was active has signed nothing, and is destroyed without that.
   *
   * @throws UsageException {@link ErrorCode#VERSION_ACTIVE} when it is the active one: {@link
   *     #disable} it first; {@link ErrorCode#VERSION_NOT_FOUND}
   * @throws PolicyException {@link ErrorCode#MIGRATION_NOT_APPROVED} in PRODUCTION and STAGING for
   *     the version that a migration left behind; {@link ErrorCode#PUBLIC_KEY_NOT_KEPT} when
   *     neither the backend nor the audit log would keep the public key; {@link
   *     ErrorCode#AUDIT_UNAVAILABLE} when the audit log is to keep it and cannot be written;
   *     nothing was destroyed then
   */
  KeyInfo destroy(KeyVersionId version);

  /** As {@link #destroy(KeyVersionId)}: a version of {@link KeyInfo#versions()}, as it is now. */
  default KeyInfo destroy(KeyVersion version) {
    return destroy(Objects.requireNonNull(version, "version").id());
  }

  /**
   * As {@link #backup(char[], KeyBackup.Derivation)} by scrypt.
   *
   * @param password 12 to 256 characters without control characters, taken as UTF-8; not kept, and
   *     the caller overwrites it
   */
  default KeyBackup backup(char[] password) {
    return backup(password, KeyBackup.Derivation.SCRYPT);
  }

  /**
   * An encrypted backup of all versions that are not destroyed, for {@link Administration#restore}.
   * Takes some tenths of a second: the password is made expensive to guess.
   *
   * @param password 12 to 256 characters without control characters, taken as UTF-8; not kept, and
   *     the caller overwrites it
   * @param derivation how; {@link KeyBackup.Derivation#PBKDF2} for a reader that knows no scrypt
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_OPERATION} when private keys cannot leave
   *     the backend, or the key is adopted; {@link ErrorCode#INVALID_ARGUMENT} for a password that
   *     is too short or cannot be typed; {@link ErrorCode#KEY_NOT_ACTIVE} when every version is
   *     destroyed
   */
  KeyBackup backup(char[] password, KeyBackup.Derivation derivation);

  /**
   * What the hardware that holds a version says of it, signed, and how far it can be believed. Asks
   * the backend.
   *
   * @param roots certificates (X.509, DER) of those whose word is wanted, such as the maker of the
   *     hardware, got from elsewhere than the provider; none to look at the statement alone
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_OPERATION} when there is no statement on
   *     this version; {@link ErrorCode#VERSION_NOT_FOUND}; {@link ErrorCode#INVALID_ARGUMENT} for a
   *     root that is no certificate
   * @throws IntegrityException when the statement is damaged, or on another version or key
   */
  Attestation attestation(KeyVersionId version, List<Bytes> roots);

  /**
   * The hardware's statement on a version, with what was checked of it.
   *
   * @param version the version
   * @param format the provider's name of the format
   * @param statement the statement itself, as the provider gave it
   * @param chains the certificates of those who vouch for the hardware
   * @param facts what the statement says, in words; as good as the statement is
   * @param checks what holds
   * @param doubts what is missing for a proof, in words
   */
  record Attestation(
      KeyVersionId version,
      String format,
      Bytes statement,
      List<Chain> chains,
      Map<String, String> facts,
      Set<Check> checks,
      List<String> doubts) {

    public Attestation {
      chains = List.copyOf(chains);
      facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
      checks = Set.copyOf(checks);
      doubts = List.copyOf(doubts);
    }

    /**
     * Whether each of the roots vouches for hardware that signed this statement on this very key.
     * What the statement says is in {@link #facts()}.
     */
    public boolean proven() {
      return doubts.isEmpty();
    }
  }

  /** What can be checked of a statement. One that fails is no statement at all. */
  enum Check {
    /** The key of the first certificate signed the statement. */
    SIGNATURE,
    /** It names this version. */
    VERSION,
    /** It is on the private half of the version's public key. */
    PUBLIC_KEY
  }

  /**
   * Certificates that vouch for the hardware.
   *
   * @param of whose they are, such as {@code manufacturer}
   * @param certificates X.509, DER, the hardware's first; the root is not among them
   * @param root the subject of the given root at which the chain ends (RFC 5280 §6, at the time of
   *     the question, without revocation; the root has to be valid too); none if it ends at none
   * @param finding the same in words
   */
  record Chain(String of, List<Bytes> certificates, Optional<String> root, String finding) {

    public Chain {
      certificates = List.copyOf(certificates);
    }
  }
}
