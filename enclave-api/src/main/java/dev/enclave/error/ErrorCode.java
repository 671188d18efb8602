package dev.enclave.error;

/**
 * The stable codes of every failure. Codes are never renamed or reused; {@code docs/errors.md} is
 * generated from this enumeration.
 */
public enum ErrorCode {
  INVALID_NAME(ErrorCategory.USAGE, "A key name, version id or backend id breaks its grammar."),
  INVALID_HANDLE(ErrorCategory.USAGE, "A text is not a key handle."),
  INVALID_SIGNATURE(ErrorCategory.USAGE, "A text is not the text form of a signature."),
  INVALID_ENDORSEMENT(ErrorCategory.USAGE, "A text is not the endorsement of a companion."),
  INVALID_ENCODING(ErrorCategory.USAGE, "Bytes or text are not in the encoding they must have."),
  INVALID_DIGEST(ErrorCategory.USAGE, "A digest has the wrong length or hash function."),
  INVALID_PUBLIC_KEY(ErrorCategory.USAGE, "A public key is malformed or of another algorithm."),
  AMBIGUOUS_KEY_ID(ErrorCategory.USAGE, "Several keys of a set have one key id."),
  INVALID_ARGUMENT(ErrorCategory.USAGE, "An argument is out of range."),
  UNKNOWN_ALGORITHM(ErrorCategory.USAGE, "No algorithm has this name."),
  UNSUPPORTED_ALGORITHM(ErrorCategory.USAGE, "The backend does not offer the algorithm."),
  UNSUPPORTED_INPUT(
      ErrorCategory.USAGE, "The backend or algorithm cannot sign this message or digest."),
  MESSAGE_RESERVED(ErrorCategory.USAGE, "A message begins as what Enclave itself signs does."),
  UNSUPPORTED_OPERATION(ErrorCategory.USAGE, "The backend does not have the capability."),
  WRONG_PURPOSE(ErrorCategory.USAGE, "A signing key was used to wrap, or the reverse."),
  KEY_NOT_FOUND(ErrorCategory.USAGE, "There is no key of this name."),
  KEY_ALREADY_EXISTS(ErrorCategory.USAGE, "A key of this name exists."),
  KEY_NAME_RESERVED(ErrorCategory.USAGE, "The engine uses this key name itself."),
  KEY_SPEC_MISMATCH(ErrorCategory.USAGE, "The existing key is not what was asked for."),
  VERSION_NOT_FOUND(ErrorCategory.USAGE, "The key has no such version."),
  KEY_NOT_ACTIVE(
      ErrorCategory.USAGE, "The key has no active version, or the version's state forbids this."),
  KEY_MIGRATED(ErrorCategory.USAGE, "The key was migrated, and another one signs in its place."),
  VERSION_ACTIVE(ErrorCategory.USAGE, "The active version was to be destroyed."),
  MIGRATION_PLAN_OUTDATED(ErrorCategory.USAGE, "A key is not as the plan says any more."),
  ROTATION_CONFLICT(ErrorCategory.USAGE, "Somebody else rotated the key first."),
  NOT_SEALED_BYTES(ErrorCategory.USAGE, "Bytes are not a sealed box."),
  INVALID_BACKUP(ErrorCategory.USAGE, "A text is not an encrypted key that can be restored."),
  INVALID_MIGRATION_FILE(
      ErrorCategory.USAGE, "A text is not a migration plan, proposal or record."),
  WRONG_PASSWORD(ErrorCategory.USAGE, "The password does not open the backup."),
  CLOSED(ErrorCategory.USAGE, "The Enclave has been closed."),
  IDEMPOTENCY_CONFLICT(
      ErrorCategory.USAGE, "An idempotency key was used before, for another operation."),
  FILE_UNREADABLE(ErrorCategory.USAGE, "A file cannot be read or written."),

  CONFIGURATION_UNKNOWN_KEY(ErrorCategory.CONFIGURATION, "A setting's name is unknown."),
  CONFIGURATION_INVALID_VALUE(ErrorCategory.CONFIGURATION, "A setting's value is not allowed."),
  CONFIGURATION_MISSING(ErrorCategory.CONFIGURATION, "A needed setting is not set."),
  CONFIGURATION_UNREADABLE(ErrorCategory.CONFIGURATION, "A configuration file cannot be read."),
  SETTING_IGNORED(
      ErrorCategory.CONFIGURATION,
      "As a warning: a value is ignored, since it would lower an earlier one."),
  ENGINE_NOT_FOUND(ErrorCategory.CONFIGURATION, "The engine is not on the class path."),
  LIBRARY_TOO_OLD(
      ErrorCategory.CONFIGURATION, "A library on the class path is older than Enclave needs."),
  SECRET_FILE_EXPOSED(
      ErrorCategory.CONFIGURATION, "Other users may read or replace a file that holds a secret."),
  DISK_FULL(ErrorCategory.CONFIGURATION, "There is no or little room where Enclave writes."),
  BACKEND_NOT_FOUND(
      ErrorCategory.CONFIGURATION, "No provider on the class path has this backend id."),
  BACKEND_DUPLICATE(ErrorCategory.CONFIGURATION, "Two providers have one backend id."),
  BACKEND_IMPOSTOR(ErrorCategory.CONFIGURATION, "A foreign provider claims a reserved backend id."),
  BACKEND_CONTRACT(ErrorCategory.CONFIGURATION, "A backend breaks the service-provider contract."),
  NO_BACKEND(ErrorCategory.CONFIGURATION, "No backend can be used here."),

  ENVIRONMENT_UNDECLARED(
      ErrorCategory.POLICY, "The environment type is not set and needs to be for this backend."),
  ENVIRONMENT_BELOW_MARKER(
      ErrorCategory.POLICY,
      "As a warning: the environment type is set to less than a workload marker means."),
  ASSURANCE_TOO_LOW(ErrorCategory.POLICY, "Keys would be protected less than the policy demands."),
  POLICY_NOT_MET(ErrorCategory.POLICY, "The environment's policy is not met at start-up."),
  BACKEND_NOT_ALLOWED(ErrorCategory.POLICY, "The policy does not allow the backend."),
  ALGORITHM_NOT_ALLOWED(ErrorCategory.POLICY, "The policy does not allow the algorithm."),
  KEY_LENT(
      ErrorCategory.POLICY,
      "A setting lends the wrapping key to a backend or the queue, and callers may not use it."),
  ORIGIN_NOT_ALLOWED(ErrorCategory.POLICY, "The policy does not allow the key's origin."),
  STAMP_MISMATCH(ErrorCategory.POLICY, "The key was made for another environment type."),
  STAMP_MISSING(ErrorCategory.POLICY, "The key carries no environment stamp and is not adopted."),
  STAMP_UNREADABLE(
      ErrorCategory.POLICY,
      "The key's environment stamp cannot be read, and no setting accepts that."),
  MIGRATION_NOT_APPROVED(
      ErrorCategory.POLICY, "A key may come into this environment only by an approved migration."),
  APPROVAL_BY_PROPOSER(ErrorCategory.POLICY, "A plan is approved by the key that proposes it."),
  APPROVAL_EXPIRED(ErrorCategory.POLICY, "A plan, or a signature on it, is outside its time."),
  APPROVAL_USED(ErrorCategory.POLICY, "A plan was carried out before."),
  CLOCK_DOUBTED(
      ErrorCategory.POLICY,
      "A step that cannot be undone is due by this machine's clock, and by nothing else."),
  DESTRUCTION_TOO_EARLY(
      ErrorCategory.POLICY, "The old key of a migration is kept until its waiting time is over."),
  REDUCED_SECURITY_NOT_ACKNOWLEDGED(
      ErrorCategory.POLICY, "A reduced mode needs an explicit acknowledgement."),
  PUBLIC_KEY_NOT_KEPT(
      ErrorCategory.POLICY, "A version would be destroyed whose public key nothing keeps."),
  AUDIT_UNAVAILABLE(
      ErrorCategory.POLICY, "The audit log cannot be written and the policy needs it."),

  BACKEND_UNAVAILABLE(ErrorCategory.CONNECTIVITY, "The backend does not answer."),
  DEADLINE_EXCEEDED(ErrorCategory.CONNECTIVITY, "The deadline passed before an answer came."),
  LOCAL_LOAD(
      ErrorCategory.CONNECTIVITY,
      "Calls waited for each other in this process; nothing is said of the backend."),
  THROTTLED(ErrorCategory.CONNECTIVITY, "The provider asks to slow down."),
  FALLBACK_IN_USE(
      ErrorCategory.CONNECTIVITY,
      "As a warning: companions in software sign, since the backend does not answer."),
  BREAKER_OPEN(ErrorCategory.CONNECTIVITY, "Calls are held back after many failures."),
  INTERRUPTED(ErrorCategory.CONNECTIVITY, "The calling thread was interrupted."),

  DEFERRED(
      ErrorCategory.CONNECTIVITY, "The backend does not answer; the operation is kept for later."),
  DEFERRAL_UNAVAILABLE(
      ErrorCategory.CONNECTIVITY, "The database of deferred operations cannot be used now."),

  ACCESS_DENIED(ErrorCategory.PROVIDER, "The identity lacks a permission."),
  PERMISSION_UNKNOWN(
      ErrorCategory.PROVIDER, "Whether the identity has a permission could not be found out."),
  PROVIDER_LIMIT(ErrorCategory.PROVIDER, "A quota or limit of the provider is reached."),
  PROVIDER_REJECTED(ErrorCategory.PROVIDER, "The provider refused the request."),
  ROTATION_OVERDUE(
      ErrorCategory.PROVIDER, "A key that should have been rotated by itself was not."),
  OUTCOME_UNKNOWN(
      ErrorCategory.PROVIDER, "No answer came; the request may or may not have been carried out."),

  WRONG_ANSWER(
      ErrorCategory.INTEGRITY, "The provider answered for another key, version or digest."),
  SIGNATURE_UNVERIFIABLE(
      ErrorCategory.INTEGRITY, "A fresh signature does not verify against the pinned public key."),
  KEY_IDENTITY_CHANGED(
      ErrorCategory.INTEGRITY, "The key under this name is not the one the handle names."),
  HANDLE_AUTHORITY_MISMATCH(
      ErrorCategory.CONFIGURATION, "The handle names another account, vault or directory."),
  SEALED_DATA_CORRUPT(ErrorCategory.INTEGRITY, "Sealed data or its associated data was changed."),
  BACKUP_CORRUPT(ErrorCategory.INTEGRITY, "A backup was changed, cut or put together anew."),
  KEY_DATA_CORRUPT(ErrorCategory.INTEGRITY, "Stored key data was changed or is damaged."),
  APPROVAL_INVALID(ErrorCategory.INTEGRITY, "A signature on a plan is forged."),
  MIGRATION_PLAN_CHANGED(
      ErrorCategory.INTEGRITY, "A plan was changed after it was signed, or signed as another."),
  MIGRATION_RECORD_INVALID(ErrorCategory.INTEGRITY, "A record of a migration proves nothing."),
  AUDIT_LOG_CORRUPT(ErrorCategory.INTEGRITY, "The audit log was changed, cut or reordered."),
  DEFERRED_OPERATION_CORRUPT(
      ErrorCategory.INTEGRITY,
      "A stored operation was changed, copied, or stored by another deployment."),
  INTERNAL(ErrorCategory.INTEGRITY, "Something happened that the library does not expect.");

  private final ErrorCategory category;
  private final String meaning;

  ErrorCode(ErrorCategory category, String meaning) {
    this.category = category;
    this.meaning = meaning;
  }

  /** Who has to act. */
  public ErrorCategory category() {
    return category;
  }

  /** One sentence that says what the code means. */
  public String meaning() {
    return meaning;
  }
}
