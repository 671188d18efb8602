package dev.enclave.internal.texts;

/** All that the API says: of arguments, of what it reads, and of its own values. */
public enum Texts implements Wording {
  // -- names
  BACKEND_ID_WRONG(
      "Backend id {text} is not allowed. Use a lower-case letter followed by up to 31 of a-z, 0-9"
          + " and '-', for example aws-kms or software."),
  KEY_NAME_WRONG(
      "Key name {text} is not allowed. Use a lower-case letter followed by up to 51 of a-z, 0-9 and"
          + " '-', for example wallet-42."),
  VERSION_ID_WRONG(
      "Key version id {text} is not allowed. Use an id that key information lists, for example 1."),
  ALGORITHM_UNKNOWN("Algorithm {text} is unknown. Use one of {known}."),
  ALGORITHM_OF_OTHER_PURPOSE(
      "Algorithm {text} is for keys of the other purpose. Use one of {known}."),
  FINGERPRINT_LENGTH(
      "A key fingerprint has 32 bytes (64 hexadecimal digits) but {length} bytes were given."),
  NOT_HEXADECIMAL(
      "Expected an even number of hexadecimal digits but got {length} characters of something else."
          + " Pass digits 0-9 and a-f only."),
  NOT_A_HANDLE(
      "Not a key handle: {text} ({why}). Pass the text that SigningKey.handle().toString() gave."),
  AUTHORITY_WRONG("its authority must be 1 to 512 printable characters"),
  AUTHORITY_NOT_ENCODED("its authority is not percent-encoded"),
  HANDLE_PARTS("it must have four parts after {prefix}"),
  HANDLE_NOT_CANONICAL("it is not in canonical form: expected {handle}"),
  OTHER_PREFIX("it must start with {prefix}"),

  // -- keys
  SETTING_WITHOUT_VALUE("Setting {which} has no value. Leave out what is not set."),
  WITHOUT_A_NAME("without a name"),
  SECOND_GIVEN("The builder was given a second {type}. Give it one."),
  NO_ENGINE(
      "The Enclave engine is not on the class path. Add a provider artifact, such as"
          + " dev.enclave:enclave-software; it brings dev.enclave:enclave-core."),
  NO_PUBLIC_KEY_ENGINE(
      "No PublicKeyEngine is on the class path. Add dev.enclave:enclave-crypto (a provider artifact"
          + " brings it)."),
  INTERVAL_OUT_OF_RANGE(
      "A rotation interval of {duration} is out of range. Use PT1H to P36525D, or NEVER, for"
          + " example P90D."),
  INTERVAL_NOT_UNDERSTOOD(
      "Rotation interval {text} is not understood. Use never, policy or an ISO 8601 duration such"
          + " as P90D."),
  DEADLINE_PASSED("A deadline of {duration} has passed already. Use a positive duration."),
  MAX_AGE_NEGATIVE("Public keys cannot be kept for {duration}. Use zero or more."),
  CALLER_WRONG(
      "Caller {text} cannot be audited. Use 1 to 128 characters without control characters, for"
          + " example user:7."),
  IDEMPOTENCY_KEY_WRONG(
      "Idempotency key {text} cannot be stored. Use 1 to 128 characters without control characters,"
          + " for example order-991."),
  OPERATION_ID_WRONG(
      "Operation id {text} is not understood. Use 1 to 64 of the characters A-Z, a-z, 0-9 and -,"
          + " such as a random UUID."),
  ON_BACKEND(", on {backend}"),
  WITH_ROTATION(", rotation {rotation}"),
  OF_OPERATION(", operation {operation}"),

  // -- public keys
  NO_POINT(
      "A public key for {algorithm} has no SEC 1 point. Ask ECDSA keys for points, Ed25519 keys for"
          + " rawEd25519(), RSA keys for modulus()."),
  NO_RAW_ED25519(
      "A public key for {algorithm} has no encoding of RFC 8032. Ask ECDSA keys for"
          + " compressedPoint(), RSA keys for modulus()."),
  NO_RSA_NUMBER(
      "A public key for {algorithm} has no {what}. Ask RSA keys for it, ECDSA keys for"
          + " compressedPoint(), Ed25519 keys for rawEd25519()."),
  MODULUS("modulus"),
  PUBLIC_EXPONENT("public exponent"),
  NO_ETHEREUM_ADDRESS(
      "A public key for {algorithm} has no Ethereum address. Make the key for"
          + " ECDSA_SECP256K1_KECCAK256."),
  NO_OPENSSH_FORM(
      "A public key for {algorithm} has no OpenSSH form. OpenSSH has keys for signatures by"
          + " Ed25519, ECDSA on P-256, P-384 and P-521, and RSA."),
  SEVERAL_KEYS_OF_ID(
      "{count} different keys of the set have the key id {text}. Verify by the whole set, or ask"
          + " who publishes it for one id a key."),
  IGNORED_KEY("Ignored[keys[{position}], kid {text}: {why}]"),
  PEM_TOO_LONG(
      "The PEM text of a public key has {length} characters. Pass at most {most}, one key's PEM."),
  PEM_WITHOUT_BLOCK(
      "The PEM text of a public key holds no line BEGIN PUBLIC KEY or BEGIN CERTIFICATE but"
          + " {length} characters of something else. Convert DER with: openssl pkey -pubin -inform"
          + " DER -in KEY -outform PEM."),
  PEM_OF_PKCS1(
      "The PEM text of a public key holds {label}, which is PKCS#1. Convert it with: openssl rsa"
          + " -RSAPublicKey_in -in KEY -pubout."),
  PEM_OF_PRIVATE_KEY(
      "The PEM text of a public key holds {label}, which does not belong here. Take its public key"
          + " with: openssl pkey -in KEY -pubout."),
  PEM_OF_REQUEST(
      "The PEM text of a public key holds {label}. Take its public key with: openssl req -in"
          + " REQUEST -noout -pubkey."),
  PEM_OF_OTHER_BLOCK(
      "The PEM text of a public key holds {label}. Pass one block BEGIN PUBLIC KEY or BEGIN"
          + " CERTIFICATE."),
  PEM_CUT_SHORT(
      "The PEM text of a public key is cut short: it has no line END {label}. Take a whole copy."),
  PEM_SECOND_BLOCK(
      "The PEM text of a public key holds a second block. Pass the one key or certificate that is"
          + " meant, alone."),
  PEM_GOES_ON(
      "The PEM text of a public key goes on after its block. Pass the one key or certificate that"
          + " is meant, alone."),
  PEM_NOT_BASE64(
      "The PEM text of a public key is damaged: its block is not base64. Take another copy."),

  // -- signatures
  MESSAGE_SHOWN("Message[{length} bytes]"),
  DIGEST_LENGTH(
      "A {hash} digest has {expected} bytes but {length} were given. Pass the digest itself, or"
          + " pass the data as a Message."),
  NO_DIGESTS("{algorithm} takes whole messages, not digests. Pass Message.of(data)."),
  OTHER_DIGEST(
      "{algorithm} takes {hash} digests but a {given} digest was given. Hash with {hash}, or pass"
          + " the data as a Message."),
  MAKES_NO_SIGNATURES("A key for {algorithm} makes no signatures. Use the key that signed."),
  OTHER_ENCODING("Signatures of {algorithm} have no {encoding} encoding. Use {defaultEncoding}."),
  NO_R_AND_S(
      "A signature of {signingAlgorithm} has no r and s. Use bytes(), which is the whole"
          + " signature."),
  RECOVERY_ID_COMPUTED_WRONG(
      "A recovery id is 0, 1, 2 or 3 but {id} was computed. Take 27 off where it came as Ethereum's"
          + " v, or ask SignatureVerifier.recoveryId for it."),
  RECOVERY_ID_NOT_KNOWN(
      "This signature of {signingAlgorithm} cannot be laid out with its recovery id: its recovery"
          + " id is not known, or there is none on its curve. On secp256k1 use"
          + " signature.withRecoveryId(() -> verifier.recoveryId(message, signature))."),
  RECOVERY_ID_NOT_ETHEREUMS(
      "This signature of {signingAlgorithm} cannot be laid out with its recovery id: its recovery"
          + " id is {id} and Ethereum takes 0 and 1 alone. Sign anew."),
  NOT_A_SIGNATURE(
      "Not the text form of a signature: {text} ({why}). Pass the text that"
          + " SignatureValue.toString() gave, unchanged."),
  SIGNATURE_PARTS("it must have {parts} parts after {prefix} but has {count}"),
  ENCODING_UNKNOWN("its encoding {text} is none of DER, P1363 and RAW"),
  RECOVERY_ID_WRONG("its recovery id must be 0, 1, 2, 3 or {none}"),
  TRACE_ID_NOT_ENCODED("its trace id is not percent-encoded"),
  SIGNATURE_NOT_CANONICAL(
      "it is not in canonical form: names, hexadecimal digits and percent-encoding must be spelled"
          + " as toString() does"),
  FALLBACK_SIGNATURE_PARTS("after {prefix} come an endorsement, a colon and a signature"),
  ENDORSEMENT_NOT_ENCODED("its endorsement is not percent-encoded"),
  NOT_AS_TO_STRING_SPELLS_IT("it is not in canonical form, as toString() spells it"),
  VERDICT_NOT_VALID("not valid"),
  VERDICT_WITH_KEY("signed with this key"),
  VERDICT_BY_ENCLAVE("by Enclave"),

  // -- endorsements of companions
  NOT_AN_ENDORSEMENT(
      "Not the endorsement of a companion: {why}. Pass what Fallback.Endorsement.toString() or"
          + " SignatureValue.toString() gave, unchanged."),
  ENDORSEMENT_PARTS("it must have {parts} parts after {prefix}, but reads {text}"),
  DEPLOYMENT_WRONG("its deployment must be 1 to 64 characters without control characters"),
  TIMES_NOT_WHOLE_SECONDS("its times must be whole seconds"),
  PERIOD_WRONG("it must end after it begins, by a day at most"),
  COMPANION_OF_ITSELF("a key is no companion of itself"),
  TIMES_OR_ENCODING_UNREADABLE("its times or its percent-encoding cannot be read"),
  ENDORSEMENT_OF_ANOTHER(
      "The endorsement is that of {companion} version {companionVersion}, and the signature is by"
          + " {signer} version {signerVersion}. Pass the endorsement that came with the"
          + " signature."),
  STATEMENT_KEY_OF_CALLERS(
      "A version of key {key} was given as the statement key, and its callers choose what it signs."
          + " Give the key that enclave keys statement-key prints."),

  // -- sealed boxes
  NOT_A_SEALED_BOX("These bytes are not a sealed box: {why}. Pass what seal() gave, unchanged."),
  OTHER_MAGIC("it does not start with ESB1"),
  FIELD_LENGTH_IMPOSSIBLE("a field has an impossible length"),
  BYTES_FOLLOW("{count} bytes follow its end"),
  ENDS_TOO_EARLY("it ends too early"),
  KEK_UNREADABLE("its KEK cannot be read"),

  // -- rotation and backups
  REASON_UNKNOWN("Rotation reason {text} is unknown. Use one of {known}."),
  OPERATION_WITHOUT_VERSION(
      "A rotation with an operation id names the version that it replaces, since a repetition finds"
          + " another one active. Use RotationRequest.ifActive."),
  BACKUP_SHOWN("KeyBackup[{count} blocks]"),
  BACKUP_OF_ONE_SHOWN("KeyBackup[1 block]"),
  BACKUP_OF_NONE("A backup has at least one block and this has none."),
  BACKUP_TOO_LONG("The backup has {length} characters. A backup has at most {most}."),
  BACKUP_EMPTY("The backup is empty. Pass the file that enclave keys backup wrote."),
  BACKUP_BINARY(
      "The backup is binary, not PEM text. Convert DER with: openssl pkcs8 -topk8 -v2 aes-256-cbc"
          + " -inform DER -in FILE -out NEW; PKCS#12 with: openssl pkcs12 -in FILE -nocerts -out"
          + " NEW."),
  BACKUP_WITHOUT_BLOCK(
      "The backup holds no block BEGIN {label} but {length} characters of something else. Pass the"
          + " file that enclave keys backup wrote."),
  BACKUP_UNENCRYPTED(
      "The backup holds {label}, which is not an encrypted PKCS#8. If it belongs here, encrypt it"
          + " with: openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out NEW."),
  BACKUP_WITHOUT_PRIVATE_KEY(
      "The backup holds {label}, which has no private key. Pass the file that enclave keys backup"
          + " wrote."),
  BACKUP_OF_OTHER_BLOCK(
      "The backup holds {label}. Only blocks BEGIN ENCRYPTED PRIVATE KEY can be restored."),
  BACKUP_CUT_SHORT(
      "The backup is cut short: block {number} has no line END {label}. Take a whole copy."),
  BACKUP_NOT_BASE64("The backup is damaged: block {number} is not base64. Take another copy."),

  // -- audit log
  MEMBER_OF_RECORD_UNREADABLE(
      "Audit record {lane}/{sequence} has the member {member} {text}, which this version of Enclave"
          + " cannot read. Verify the log: enclave audit verify. If it is intact, read it with the"
          + " version that wrote it."),
  RETENTION_TOO_SHORT(
      "A retention of {duration} is less than a day, and the removal of records so young is never"
          + " believed. State a day or more, such as P400D."),
  NO_SUCH_RECORD(
      "Lane {lane} has no record {sequence}. Lanes are counted from 0 and records from 1."),

  // -- migration: what is read
  NOT_A_FILE_OF_MIGRATION("Not {what}: {why}. Pass the file as the command wrote it."),
  A_MIGRATION_PLAN("a migration plan"),
  A_MIGRATION_PROPOSAL("a migration proposal"),
  A_MIGRATION_RECORD("a migration record"),
  A_PLAN_OF_DESTRUCTION("a plan of destruction"),
  A_PLAN_OF_REINSTATEMENT("a plan of reinstatement"),
  JSON_TOO_LONG("it is longer than {most} characters"),
  HALF_A_CHARACTER("it has half a character (a lone surrogate)"),
  NO_JSON("it is no JSON of objects, arrays and strings"),
  NESTED_TOO_DEEPLY("it is nested too deeply"),
  ONE_MEMBER_TWICE("it has one member twice"),
  NOT_ONE_OBJECT("it is not one object in canonical JSON (RFC 8785)"),
  OTHER_FORMAT("its format is not {format}"),
  OTHER_MEMBERS("it has other members than {members}"),
  MEMBER_MISSING("its member \"{member}\" is missing or of another kind"),
  MEMBER_UNREADABLE("its member \"{member}\" cannot be read"),
  VALUE_NOT_CANONICAL("a value of it is not in canonical form"),
  NAME_OF_NOTHING("nothing of a plan has this name"),

  // -- migration: approvals and records
  NOT_PROPOSED(
      "The plan is not approved: nobody has signed it as its proposer. Propose it first: enclave"
          + " migrate propose."),
  TOO_FEW_APPROVALS(
      "The plan is not approved: {approvals} of enclave.migration.approvers approve it and {quorum}"
          + " have to. Have it approved by more of them, each in an Enclave of their own."),
  NO_APPROVER(
      "The plan is not approved: a signature is by key {fingerprint}, which is none of"
          + " enclave.migration.approvers. Add it there, or have the plan signed by one of them."),
  APPROVED_BY_PROPOSER(
      "Key {fingerprint} proposes the plan and cannot approve it. Have it approved by others, each"
          + " in an Enclave of their own."),
  SIGNED_ANOTHER_PLAN(
      "A signature is on plan {signed} and this plan is {hash}: it was changed after it was signed,"
          + " or the signature is of another plan. Have this plan signed."),
  SIGNED_AT_OTHER_TIME(
      "A signature on the plan is of {signedAt} and the plan holds from {from} to {until}. Make a"
          + " new plan."),
  FORGED(
      "A signature on the plan that names key {fingerprint} is not valid: {why}. Find out who put"
          + " it there."),
  NOT_MADE_BY_ITS_KEY("its key did not make it"),
  OTHER_ROLE("it was given as {givenRole} and stands for {role}"),
  RECORD_DOES_NOT_HOLD(
      "The record of a migration does not hold: {why}. Do not trust the new key by it; compare it"
          + " with the MIGRATE record of the audit log."),
  OTHER_TARGET("the new key is not in the plan's target"),
  OTHER_PLACE_OR_NAME("the new key is at another place, or of another name, than the plan's"),
  OTHER_KEY_IN_HANDLE("the handle of the new key names another public key"),
  OTHER_ALGORITHM("the new key is for another algorithm"),
  NOT_OF_THE_PLANS_WAY("the public keys are not those of the plan's way"),
  MADE_WITHOUT_PLAN("it was made when the plan did not hold"),
  UNSIGNED_BY_OLD("the old key did not sign it"),
  UNSIGNED_BY_NEW("the new key did not sign it"),
  UNSIGNED_BY_ENCLAVE("no statement key that was given has signed it"),

  // -- backends
  SETTING_MISSING("Setting {setting} is not set and backend {backend} needs it.", "Set it."),
  SETTING_WRONG("Setting {setting} is {text}. {fix}"),
  SECRET_SOURCE_THREW(
      "The SecretSource {source} threw {thrown} when it was asked for {setting}.",
      "Correct it, or let it answer none."),
  BACKEND_THREW(
      "Backend {backend} threw {thrown}{when}, which a backend must not.",
      "Report it to its author."),
  BACKEND_NOT_LINKED(
      "Backend {backend} threw {thrown}{when}: {missing} is missing or is not what was expected."
          + " The class path holds versions of libraries that do not belong together.",
      "Compare the class path with what the backend's module asks for (mvn dependency:tree"
          + " -Dverbose), and take back what changes a version."),
  A_CLASS("a class"),
  NOTHING_EXPECTED(
      "{thrown} was thrown where the library expects none. Report it with the stack trace, which"
          + " holds no data."),
  NOT_COMPLETE("{changed} The operation is not complete: {observed}"),
  NO_OTHER_BACKENDS(
      "Key {borrowed} cannot be borrowed here: there are no other backends. Name a key of a backend"
          + " that is there."),
  PAGE_UNKNOWN("No page of the list begins where it was asked to. List from the beginning."),
  NOT_REINSTATED(
      "This backend makes no version of key {key} active again.",
      "Disable the active version, then make the older one active."),
  RECORD_TOO_LONG(
      "{record} would have a record of {length} bytes, and takes {most} at most. Destroy versions"
          + " of the key that are not needed any more."),
  NO_MESSAGE("(no message)"),
  CHARACTERS_OF_ALL(" ({length} characters)"),

  // -- environment
  IS_SET("{name} is set"),
  NOT_SET("not set: {unset}"),
  SET_IN_PART("set: {set}; not set: {unset}"),
  NO_DETECTOR("no detector {detector} was asked"),
  NO_NETWORK("there is no network in this snapshot"),
  KEYS_LOST_WITH_CONTAINER(
      "Directory {directory} is in {storage}, not on a mounted volume: its keys are lost with the"
          + " container.",
      "Mount a volume, such as -v enclave-keys:{directory}, or set {setting} to a directory on one,"
          + " and copy all of this one there if it has keys."),
  OF_THE_CONTAINER("the container's own file system"),
  IN_MEMORY("memory (tmpfs)"),
  ;

  private final String lines;

  Texts(String... parts) {
    this.lines = String.join("\n", parts);
  }

  @Override
  public String lines() {
    return lines;
  }
}
