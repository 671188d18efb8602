package dev.enclave.cli.text;

import dev.enclave.internal.Text;

/** All that the command says in words; labels of its tables are where the tables are. */
public enum Texts implements Text {
  // -- cli
  MEMORY_RAN_OUT("Memory ran out. Give Java more (-Xmx), or pass a smaller file."),
  JAVA_RUNTIME_FAILED("The Java runtime failed with {type}. Check the installation."),

  // -- audit
  OR_NAME_VERIFIER_KEYS("{reason} Or name the file of the verifier keys by --public-key."),
  OPTIONS_ARE_FOR_GROWTH(
      "--out, --retention and --removed-to are for a proof between two checkpoints. Give the older"
          + " one with --since."),
  RECORD_PROVEN("proven: lane {lane} record {sequence}"),
  GROWTH_PROVEN("proven: the log has only grown from checkpoint {oldest} to {newest}"),
  EXPORT_FORMAT_UNKNOWN("Format {format} is unknown. Use jsonl or csv."),
  NOT_CLEAR_WHAT_TO_PROVE(
      "It is not clear what to prove. Give the number of a record, with --lane if need be, or a"
          + " checkpoint with --since."),
  EACH_SUCCESSOR("Each successor: {successions}."),
  BY_CALLER("by {caller}"),
  STREAM_HAS_NO_CHECKPOINTS(
      "A stream has no checkpoints. Give --stream without --checkpoint, --public-key, --retention,"
          + " --removed-to and --without-countersignature."),
  OUTCOME_UNKNOWN("outcome unknown (a crash, or still under way): {id}"),
  CUT_OFF("cut off (a crash, or somebody cut the log): {file}"),
  TO_BE_EXPLAINED("to be explained: {what}"),
  REMOVED_BY_RETENTION("removed by retention: {what}"),
  NOT_COVERED("in no checkpoint yet: {uncovered} records{since}"),
  THE_OLDEST_OF(", the oldest of {at}"),
  OPTIONS_ARE_FOR_KEPT_CHECKPOINTS(
      "--retention and --removed-to are for checkpoints that were kept. Give them with"
          + " --checkpoint."),
  COUNTERSIGNED("countersigned from checkpoint {from} on by {by}{notChecked}"),
  NOT_CHECKED_AS_TOLD("; not checked, as --without-countersignature says"),
  LOG_NOT_AS_WRITTEN(
      "The audit log is not as it was written, after {records} good records: {problem}. Keep a copy"
          + " of it and find out who changed it."),
  LOG_INTACT(
      "intact: {records} records, each chained to the one before, and {checkpoints} checkpoints"),
  REMOVED_TO_NO_MARK("--removed-to {mark} is no lane with a record. Write both, such as 0:40000."),
  RETENTION_NO_DURATION("--retention {text} is no ISO 8601 duration. Write one, such as P400D."),
  AUDIT_LOG_IN("audit log: {directory}"),
  VERIFIER_KEY_IS("verifier key: {line}"),
  SINCE_NO_TIME("--since {typed} is no time. Write 2026-01-31 or 2026-01-31T12:00:00Z."),
  TORN("torn (a refused write, a cut capture, or somebody damaged it): {line}"),
  STREAM_NOT_AS_WRITTEN(
      "The stream is not as it was written, with {records} good records: {problem}. Keep a copy of"
          + " it and find out what lost or changed the records."),
  STREAM_INTACT("intact: {records} records, chains: {chains}"),
  CHAIN("chain {chain}: records {first} to {last}, last hash {hash}"),

  // -- check
  LEFT_OUT_OF_THIS_RUN(
      "{problem} It was left out of this run; enclave.algorithms can leave it out for good."),
  CONTRACT_KEYS("keys:        named contract-…, outside the audit log, destroyed at the end"),
  NOTHING_WAS_RUN(
      "Nothing was done. To run it: enclave conformance --backend {backend}{algorithms} --yes"),
  WITH_ALGORITHM(" --algorithm {name}"),
  ALGORITHM_NOT_ALLOWED(
      "The policy does not allow {algorithm}. Add it to enclave.algorithms, or name one of"
          + " {algorithms}."),
  FOR_EACH_RUN("; that for each of at most {count} runs, one an algorithm"),
  ESTIMATE("{keyCount} keys, {requests} requests; {cost}"),
  COSTS_NOTHING("keys of this machine, which cost nothing"),
  CONTRACT_RESULT("{verdict}{contract}: {passed} of {count}"),
  CONFORMS("conforms  "),
  FAILS("FAILS     "),
  TEST_FAILED("FAILED    {contract}.{test}: {problem}"),
  KEY_LEFT("LEFT      {what}"),
  ALL_TESTS_PASSED("All {count} tests passed."),
  NOT_EVERY_TEST_PASSED("Not every test passed. Do not rely on this backend here."),
  NAMES_CLEARED("cleared   {done} of {names} names"),
  ADOPTED_CLEARED("cleared   {count} keys that were made to be adopted"),
  NO_ALGORITHM_TO_SIGN(
      "The contracts sign, and there is no algorithm for it: the backend offers {offered}, the"
          + " policy allows {allowed} of them, and --algorithm names {chosen}. Name one that signs."),
  PASSED("passed    "),
  FAILED("FAILED    "),
  A_KEY("key {key}"),
  A_KEY_VERSION("key {key} version {version} ({providerUri})"),
  DESTROYS_NOTHING("{what}: this backend destroys nothing; remove it with the provider's own tool"),
  A_KEY_AT("key {uri}"),
  SECTION_CONFIGURATION("Configuration (the value in force and where it was set)"),
  SECTION_SIGNALS("Signals (what each detector says)"),
  SECTION_BACKEND("Backend for new keys"),
  SECTION_PERMISSIONS("Permissions (asked of the backend)"),
  SECTION_ENGINES("Engines (who does the mathematics here, and where keys lie)"),
  SECTION_AUDIT_LOG("Audit log"),
  READY("Ready: a start-up here would succeed."),
  NOT_READY("Not ready: a start-up here would be refused. Fix the errors above."),
  ALLOWS("allows {use}"),
  FOR("for {use}"),
  TOO_MUCH("TOO MUCH"),
  NOTHING_IS_SET("nothing is set"),
  ABSENT_DETECTORS("absent, each for the reason --json gives:"),
  NO_BACKEND_CHOSEN("no backend can be chosen"),
  NOT_CHOSEN("not chosen"),
  ENGINE_AND_MEMORY("{engine}, keys in: {memory}"),
  BACKEND_HAS_NO_POLICY("Backend {backend} has no policy to print. See its guide."),
  NO_BACKEND_CHOSEN_HERE(
      "No backend can be chosen here. See what is missing with: enclave doctor."),
  NOT_SHOWN("Not shown: engines, and what is not there. See: enclave doctor --verbose"),
  NONE_CAN_BE_CHOSEN("none can be chosen"),
  OTHERS_NOT_CHOSEN("not chosen: {others}"),

  // -- demo
  DO_NOT_USE_BACKEND("Do not use this backend; run enclave doctor."),
  DEMO_DETECTS("Enclave looks where it runs, decides how strict to be and where keys may live."),
  DEMO_CREATES("The backend makes a key pair. The private key stays there; we get a handle."),
  DEMO_SIGNS("The key signs \"pay 10 to Alice\"."),
  DEMO_SIGNATURE("signature:   {count} bytes, by version {version}"),
  DEMO_VERIFIES("Anybody with the public key can check it."),
  FRESH_SIGNATURE_VALID("the fresh signature is valid"),
  IT_IS_NOT("it is not"),
  DEMO_FORGES("Somebody changes the message to \"pay 1000 to Mallory\"."),
  FORGERY_REFUSED("refused: the signature is not valid"),
  FORGERY_ACCEPTED("it was accepted"),
  DEMO_ROTATES("A new version takes over; the old one may only verify from now on."),
  ROTATED_AS_IT_MUST("version {active} signs, version {version} verifies only"),
  OLD_VERSION_IS("the old version is {state}"),
  VERIFY_OLD_SIGNATURE("Verify the old signature"),
  DEMO_VERIFIES_OLD("What was signed before the rotation must stay good."),
  OLD_SIGNATURE_VALID("the old signature is still valid"),
  NEW_VERSION_SIGNS("a new signature comes from version {active}"),
  OLD_VERSION_SIGNED("the old version signed again"),
  DEMO_AUDITS("Every operation above was recorded; each record is chained to the one before."),
  AUDIT_LOG_IS_EMPTY("the audit log is empty"),
  DEMO_KEY_DESTROYED("(the demo's key {key} is destroyed again)"),
  SERVES_A_PAGE("it serves a page, and its keys are in the browser"),
  STARTS_A_SERVICE("it starts a key service of its own"),
  CONFIGURATION_NOT_USED(
      "Whatever is configured is not used: a key service is started, and everything else happens"
          + " in "),
  NOTHING_IS_CONFIGURED("Nothing is configured, so everything happens in "),
  USING_CONFIGURATION("Using the configuration that is set (see: enclave doctor)."),
  OPTION_TAKES_NO_SETTINGS("{option} takes no settings: {why}. Leave out -D and --config."),
  NO_WALLET(
      "The wallet for browsers is not in this build: Node builds it, and was not there. Install"
          + " Node 20 or newer with npm, then run ./enclave demo --browser in a checkout."),
  OPEN_IN_BROWSER("Open {page} in a browser on this computer."),
  SERVING("Serving until interrupted (Ctrl-C)."),
  NOTHING_LISTENS_HERE(
      "Nothing can listen on 127.0.0.1. Allow it on this machine, or leave out {option}."),
  KEPT("Kept {path}."),
  NO_SCRATCH_FOLDER(
      "No scratch folder can be made in {parent}. Name another temporary folder with"
          + " JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=FOLDER."),
  SCRATCH_FOLDER_REMOVED("Removed the scratch folder. Your own start: enclave doctor"),
  SCRATCH_FOLDER_LEFT("warning: {path} could not be removed; remove it."),
  OS_STORE_NOT_USED("The operating system's store is not used: {why}"),
  NOT_ON_CLASS_PATH("it is not on the class path"),
  SEALING_KEY_STAYS(
      "warning: the sealing key of the demo stays in the operating system's store: {reason}"),
  REPORT_ALL("Report it, with all that was printed."),
  OUTAGE_STARTS(
      "A key service begins to listen on this machine, and makes two keys: one that signs, and one"
          + " that protects what waits."),
  OUTAGE_SERVICE("service:     AWS KMS, as the project emulates it, at {endpoint}"),
  NOTHING_DEFERRED("nothing can be deferred"),
  OUTAGE_SIGNS("The service answers, so \"pay 10 to Alice\" is signed at once."),
  SIGNATURE_VALID("the signature is valid"),
  SIGNATURE_NOT_VALID("it is not valid"),
  LOSE_SERVICE("Lose the service"),
  SERVICE_LOST("It closes its port. A plain call to sign fails."),
  NO_TIME_TO_RETRY("the failure {code} does not say when to try again"),
  FAILED_WITH("error code:  {code}, try again {when}"),
  SIGN_NOW_OR_LATER("Sign now or later"),
  SIGN_OR_DEFER("The same call as signOrDefer() leaves the signature to Enclave."),
  KEY_SIGNED("the service is away, and the key has signed"),
  TICKET_WITHOUT_REASON("the ticket does not say why it was left, and when it is tried"),
  ESTIMATE_OF_RETRY("estimate:    tried again {when}"),
  VERSION_SIGNED("the service is away, and version {versionName} has signed"),
  MORE_SUBMITTED(
      "Ten more signatures, a rotation, a signature by the version after it, and a new key."),
  SIGNATURES_STORED("{count} signatures are stored"),
  ORDER_GIVES_SAME_TICKET("order-{number} once more gives the same ticket, {ticketId}"),
  ORDER_MADE_ANOTHER("the same idempotency key made another ticket"),
  ROTATION_STORED("a rotation is stored, of version {versionName}"),
  SIGNATURE_STORED("a signature is stored behind the rotation"),
  CREATION_STORED("a key to be made is stored, {key}"),
  LOOK_AT_QUEUE("Look at the queue"),
  QUEUE_SHOWN("The first ticket of a key is tried now and then; those behind it wait for it."),
  LAST_ERROR("last error"),
  TICKETS_WAIT("{count} tickets wait; the first was tried while the service was away"),
  OTHER_NUMBER_WAITS("{count} tickets wait in place of {expected}"),
  HEALTH_SAYS_NOTHING("health() says nothing of tickets that wait"),
  NOT_TRIED_WITHIN("the first ticket was not tried within {longest}"),
  SERVICE_RETURNS("The service listens again. What waits is carried out, in order for each key."),
  TICKETS_DONE("{count} tickets are done, those of the key in the order of submission"),
  ORDER_NOT_KEPT("the order of submission was not kept"),
  CARRIED_OUT("{elapsed} s  {ticket}  attempts: {attemptCount}  {outcome}"),
  IN_SECONDS("in {elapsed} s"),
  DRAIN_TOOK("it took {elapsed} s from the return on; attempts of each: {attempts}"),
  NOT_DONE_WITHIN("a ticket was not done within {longest}"),
  TICKET_ENDED("ticket {ticket} ended as {status}"),
  KEY_MADE("key {key} made"),
  ROTATED_TO_VERSION("rotated to version {versionName}"),
  TICKET_OF_NOBODY("nobody submitted ticket {ticket}"),
  TICKET_SIGNATURE_NOT_VALID("the signature of ticket {ticket} is not valid"),
  SIGNED_BY_VERSION("signed by version {versionName}, valid"),
  LAST_VERSION_SIGNED(
      "version {versionName} signed what was submitted after the rotation, and nothing else"),
  VERSIONS_THAT_SIGNED("the versions that signed are {list}"),
  OUTAGE_RECORDED("All of it was recorded. The records of the first ticket, under its id:"),
  RECORDS_OF_DEFERRAL("deferred, tried in vain, signed, done: {count} records"),
  OTHER_RECORDS("these are not the records of a signature that was deferred and made"),
  STEP_WENT_WRONG("Step {step} of the demo did not give what it must: {bad}. {advice}"),
  DEMO_DONE("Done. Every step gave what it must."),

  // -- emulator
  AWS_KMS("AWS KMS"),
  AZURE_KEY_VAULT("Azure Key Vault"),
  CERTIFICATE_NOT_WRITTEN(
      "The certificate cannot be written to the directory for temporary files. Make room there, or"
          + " name another by -Djava.io.tmpdir."),
  GOOGLE_CLOUD_KMS("Google Cloud KMS"),
  PORT_INVALID("--port is {port}. Choose a port from 1 to 65535, or 0 for any free one."),
  PORT_TAKEN(
      "Nothing can listen on port {port} of 127.0.0.1. Choose another --port, or 0 for any free"
          + " one."),
  FAULT_PLAN_UNUSABLE("The plan in {faults} cannot be followed. {reason}"),
  SERVING_SERVICE("Serving {service} at {endpoint} until interrupted (Ctrl-C)."),

  // -- keys
  KEY_MAY_BE_ADDRESS(
      "The public key of version {active} of key {key} may be an address: {address}. After a"
          + " rotation this version signs no more, and what the address holds cannot be moved."
          + " {notDone} Move what it holds first; then repeat the command with --yes."),
  COMPRESSED_POINT("compressed point {point}"),
  FINGERPRINT("fingerprint {print}"),
  CERTIFICATE_IN_PEM("certificate in PEM. Convert with: openssl x509 -inform DER -in FILE."),
  PUBLIC_KEY_IN_PEM("public key in PEM. Convert with: openssl pkey -pubin -inform DER -in FILE."),
  FILE_HAS_NO("File {file} has no {what}"),
  BYTES("{count} bytes"),
  NOT_CHECKED("not checked"),
  ON_PUBLIC_KEY_GIVEN("on the public key given"),
  NONE_WAS_GIVEN("none was given"),
  IT_SAYS("it says: {fact}"),
  CERTIFICATES_OF("certificates of {name}"),
  SIGNED_BY_HARDWARE("signed by its hardware"),
  ON_THIS_VERSION("on this version"),
  ON_ITS_PUBLIC_KEY("on its public key"),
  VERSION_LABEL("version {version}"),
  VERSION_LINE("{state}, {origin}, {assurance}, created {at}{activated}"),
  BECAME_ACTIVE(", became active {at}"),
  NOT_USED("not used"),
  NO_ACTIVE_VERSION("no active version"),
  NO_KEY_IS_DUE("No key is due."),
  NEVER_DUE("{never}{keysAre} never due."),
  KEY_IS(" key is"),
  KEYS_ARE(" keys are"),
  NOT_AHEAD("not ahead"),
  DAYS("{count} days"),
  HOURS("{count} h"),
  MINUTES("{count} min"),
  DUE_FOR("due for {length}"),
  BACKUP_TO_STANDARD_OUTPUT(
      "A backup is not written to standard output, where others may read it. Name a file with"
          + " --out."),
  BACKED_UP("Backed up {key} into {out}, readable by you alone."),
  OPENSSL_OPENS_IT("OpenSSL opens it: openssl pkey -in {out} -noout -text_pub"),
  ONLY_ENCLAVE_OPENS_IT("Only Enclave opens it: OpenSSL knows no private keys for {algorithm}."),
  KEY_CREATED("Created {key}."),
  VERSION_DESTROYED("Destroyed version {versions} of {key}."),
  KEY_NOT_THE_ONE_GIVEN(
      "Key {key}{hasFingerprint}, which is not the one given. Nothing was destroyed; check which"
          + " key is meant."),
  HAS_FINGERPRINT(" has the fingerprint {fingerprint}"),
  HAS_NO_FINGERPRINT(" has no fingerprint"),
  WOULD_DESTROY(
      "This would destroy version {versions} of key {key} for good, and nothing was destroyed."
          + " Repeat it with --yes{orFingerprint}."),
  OR_FINGERPRINT(" or --fingerprint {fingerprint}"),
  ALL_VERSIONS_DESTROYED("Every version of key {key} is destroyed already. Nothing is left to do."),
  VERSION_DISABLED("Disabled version {version} of {key}."),
  DURATION_NOT_UNDERSTOOD(
      "Duration {text} is not understood. Use an ISO 8601 duration of zero or more, such as P30D."),
  VERSION_ENABLED("Enabled version {version} of {key}: it {uses}."),
  VERSION_ENABLED_IN_PART(
      "Version {version} of {key} {checks} again and does not {use}: {standing}."),
  NOTHING_TO_ENABLE(
      "Version {version} of key {key} {checks} already, and enabling it does not make it {use}:"
          + " {standing}. Nothing was changed. To have version {version} {use} again,"
          + " {before}disable it and enable it."),
  SEE_THAT_NOTHING_DEPENDS(
      "{planIt}see that nothing depends on version {versions} any more; disable and destroy it,"
          + " which cannot be undone; then "),
  PLAN_REINSTATEMENT(
      "plan it: enclave keys plan-reinstatement {key} --version {version}. Where the backend"
          + " cannot do that, "),
  VERSION_DOES("version {version} {uses}"),
  NO_VERSION_IS_ACTIVE("no version is active"),
  NO_DISABLED_VERSION(
      "Key {key} has no disabled version. See its versions with: enclave keys show {key}"),
  NO_KEYS("There are no keys. Make one with: enclave keys create NAME --algorithm ED25519"),
  VERSION_HAS_NO_PUBLIC_KEY(
      "Version {version} of key {key} ({algorithm}) has no public key. Choose a version or key"
          + " that has one."),
  KEY_FORMAT_UNKNOWN("Format {typed} is unknown. Use pem, der, jwk or jwks."),
  NO_ORPHANS_EVER("Backend {backend} leaves no orphans. There is nothing to reconcile."),
  ORPHAN("{at}  {providerUri}  (meant for {meantFor})"),
  NO_ORPHANS("There are no orphans."),
  ORPHANS_NOT_REMOVED("Nothing was removed. Run it without --dry-run to remove them."),
  ORPHANS_REMOVED("Removed, or to be removed when the provider's waiting time ends."),
  NO_STORE_TO_REINITIALISE(
      "Backend {backendName} has no store that can begin anew. See: enclave doctor."),
  NO_KEYS_IN_STORE("There are no keys in the store."),
  KEYS_AT_STAKE("These keys would be given up: {keys}"),
  NOTHING_REINITIALISED("Nothing was done. To do it: enclave keys reinitialise {options}"),
  GIVE_UP("--give-up {keyList}"),
  STORE_SET_ASIDE("The old store is now {aside}. The next start makes a new one."),
  RESTORE_KEYS("Restore keys from their backups with: enclave keys restore."),
  ADDRESS_WOULD_SIGN_AGAIN(
      "Version {version} of key {handle} would sign again, for {publicKey}, and version {active}"
          + " no more. Nothing was changed. Move what the address of version {active} holds first;"
          + " then repeat the command with --yes."),
  VERSION_REINSTATED(
      "Version {version} of {handle} signs again, and version {active} only verifies."),
  PASSPHRASE_OPTIONS_EXCLUDE(
      "--new-passphrase-file and --without-passphrase exclude each other. Give one."),
  SEALED_BY_ANOTHER_BACKEND(
      "Backend {backend} seals its keys under a key of another backend, and no passphrase. Leave"
          + " out --new-passphrase-file and --without-passphrase."),
  KEYS_RESEALED(
      "Version {version} wraps now. Sealed anew: {count}. Under it already: {currentCount}."),
  KEY_NOT_RESEALED("Not resealed: {key}: {reason}"),
  KEEP_OLDER_VERSIONS(
      "Do not disable older versions of the key-encryption key. Mend what keeps these keys, and"
          + " repeat."),
  OPTIONS_ARE_FOR_REWRAPPING(
      "--all and --json are for keys that a key of another backend seals. Leave them out."),
  NOTHING_TO_RESEAL(
      "Backend {backend} seals no keys under a passphrase or under a key of another backend."
          + " There is nothing to reseal."),
  PASSPHRASE_REMOVED(
      "Resealed. Remove the passphrase setting before the next start; restart every other process"
          + " that has the store open."),
  PASSPHRASE_CHANGED(
      "Resealed. Set the new passphrase (enclave.software.passphrase-file) before the next start;"
          + " restart every other process that has the store open."),
  BOTH_FROM_STANDARD_INPUT(
      "Backup and password cannot both come from standard input. Put one into a file."),
  KEY_RESTORED("Restored {key} with {versionCount}{withFingerprint}."),
  ONE_VERSION("1 version"),
  VERSIONS("{count} versions"),
  WITH_FINGERPRINT(", fingerprint {print}"),
  NOTHING_WAS_ROTATED("Nothing was rotated."),
  KEY_ROTATED("Rotated {key}: version {active} is active, version {previous}{rest}"),
  ONLY_DOES_NOW(" only {does} now."),
  IS_NOW(" is {state}."),
  ROTATION_INTERVAL_IS(
      "The rotation interval of {key} is {rotation}; the next rotation is due {next}."),
  INTERVAL_NOT_CHANGED(
      "With the interval {asked} it is rotated by itself; the interval was not changed."),
  STATEMENT_KEY_FORMAT_UNKNOWN("Format {format} is unknown. Use jwks, pem, der or fingerprint."),
  THE_FILE("File {typed}"),
  ASK_PASSPHRASE("New passphrase: "),
  ASK_AGAIN("The same again: "),
  PASSPHRASES_DIFFER("The two passphrases differ, so nothing was done. Type the same one twice."),
  STANDARD_INPUT("Standard input"),
  STANDARD_INPUT_UNREADABLE_NAME_FILE(
      "Standard input cannot be read. Name a file: --new-passphrase-file."),
  NO_PASSPHRASE("{what} has no passphrase in its first line. Write one."),
  PASSPHRASE_NOT_UTF_8("{what} is not UTF-8 text. Write the passphrase in UTF-8."),
  ASK_PASSWORD("Password of the backup: "),
  ASK_NEW_PASSWORD("Password for the backup, at least 12 characters: "),
  PASSWORDS_DIFFER("The two passwords differ. Nothing was written; run the command again."),
  NO_TERMINAL(
      "There is no terminal to ask for the password. Give a file with it: --password-file FILE, or"
          + " - for standard input."),
  PASSWORD_NOT_UTF_8("The first line of {file} is not UTF-8. Save the password as UTF-8."),
  OUTPUT_IS_DIRECTORY("Output {typed} is a directory. Name a file in it."),
  FOLDER_MISSING(
      "File {typed} cannot be written: its folder does not exist. Create the folder first."),
  FILE_NOT_WRITTEN(
      "File {typed} cannot be written ({type}). Check rights and space of its folder."),
  BACKUP_EXISTS(
      "File {typed} exists, and it may be the only backup of a key. Name another with --out, or"
          + " replace it with --force."),
  LIST_INCOMPLETE("The list lacks {count}{keysAre}{key} cannot be read: {reason}"),
  FIRST_KEY(" key: key "),
  FIRST_OF_KEYS(" keys, the first: key "),

  // -- migrate
  WOULD_DESTROY_VERSION(
      "This would destroy version {version} of key {handle} for good, and nothing was destroyed."
          + " Repeat it with --yes."),
  VERSION_OF_HANDLE_DESTROYED("Destroyed version {version} of {handle}."),
  NOTHING_MISSING("Nothing is known to be missing. Nothing was changed."),
  RUN_REFUSED("The run would be refused. Nothing was changed."),
  KEYS_BESIDE_ALL("Keys are named beside --all. Leave one of both out."),
  NO_KEY_NAMED("No key is named. Name keys, or give --all."),
  PLANS_NEED_DIRECTORY(
      "Plans of several keys are written to a directory. Make one, and name it with --out."),
  PLAN_MADE("{done} of {count}: {handle} {summary}"),
  TWO_KEYS_OF_ONE_NAME(
      "Two of these keys have one name, and so have their plans. Plan them one by one."),
  WAY_UNKNOWN("--way is {way}. Give succession or import."),
  FIRST_TOO_SMALL("--first is {first}. Give 1 or more."),
  MIGRATED("Migrated {handle}"),
  MIGRATED_TO("to       {to}"),
  OLD_KEY_VERIFIES("The old key verifies and signs no more."),
  QUORUM_TOO_SMALL("--quorum is {quorum}. Give 1 or more."),
  RECORD_HOLDS("The record holds."),
  HANDLE_AND_VERSION("{handle} version {version}"),
  NO_DIRECTORY(
      "{option} {out} is no directory, and there are {count} results. Make a directory, and name"
          + " it."),
  TWO_RESULTS_OF_ONE_NAME(
      "Two results would be written to {output}. Name each file once, and files of one name in"
          + " commands of their own."),
  TARGET_AND_AUTHORITY("{target} at {targetAuthority}"),
  NOT_POSSIBLE("not possible"),
  NO_WAY("no {way}"),
  NOT_POSSIBLE_SINCE("not possible: {obstacle}"),
  PLAN_SIGNED("{verb} plan {hash} with statement key {print}."),
  PLANS_STOPPED(
      "Stopped at {file}, after {done} of {count} plans. The same command goes on from"
          + " there."),
  PLAN_PROGRESS("{done} of {count}: {progress}"),
  PLANS_CARRIED_OUT("Carried out {done} of {count} plans."),
  FROM_TO("{old} to {to}"),
  MIGRATED_BEFORE("{old} was migrated before, to {to}"),

  // -- queue
  QUEUE_COMMAND("enclave queue"),
  DATABASE_PASSWORD(
      "--database has a password in it, which other users of this machine can read. Leave it out"
          + " and put it in the password file of PostgreSQL, ~/.pgpass."),
  DATABASE_NOT_POSTGRESQL(
      "--database {url} is not a URL of PostgreSQL. Write"
          + " jdbc:postgresql://HOST/DATABASE?user=NAME."),
  NOTHING_IS_DEFERRED(
      "Nothing is deferred here: enclave.jobs.kek is not set. Set what the service has set, with"
          + " --config FILE or -D."),
  NO_TICKET(
      "There is no ticket {id} of this deployment. List those there are with: enclave queue list"
          + " --all"),
  NO_OPERATION_WAITS("No operation waits."),
  MORE_TICKETS("warning: {limit} tickets are listed; there may be more (--limit)."),
  TICKET_IS("Ticket {ticket} is {status}{nextAttempt}."),
  NEXT_ATTEMPT(", next attempt {time}"),

  // -- session
  NOT_KNOWN("error: {what} {word} is not known."),
  COMMAND_LINE_WRONG("The command line is wrong."),
  DID_YOU_MEAN("Did you mean {near}? {help}"),
  SOMETHING_UNEXPECTED(
      "error: Something unexpected happened: {type}. Run again with --verbose and report what it"
          + " prints. (INTERNAL)"),
  FILE_NAME_NOT_POSSIBLE("File name {typed} is not possible here. Use another."),
  STANDARD_INPUT_UNREADABLE("Standard input cannot be read: {reason}."),
  FILE_IS_DIRECTORY("File {typed} is a directory. Name a file in it."),
  FILE_UNREADABLE("File {typed} cannot be read: {reason}."),
  FILE_TOO_LARGE(
      "File {typed} is larger than 256 MiB. Hash it with another tool and sign the digest with"
          + " --prehashed."),
  FILE_UNWRITABLE("File {typed} cannot be written: {reason}."),
  OUTPUT_OF_STRANGER(
      "Output {typed} is no regular file, and it or a link that it leads through belongs to user"
          + " {stranger}. Name another file with --out, in a folder of your own."),
  OUTPUT_REPLACES_INPUT(
      "Output {typed} would replace the input file. Name another file with --out."),
  NO_SUCH_FILE("there is no such file or folder"),
  PERMISSION_DENIED("permission denied"),
  NO_SUCH_VERSION("Key {key} has no version {version}. It has {versions}."),
  OPTION_D_INCOMPLETE("Missing required parameter for option '-D' (enclave.NAME=VALUE)"),
  WARNING("warning: {observed} Fix: {fix}"),
  THE_COMMAND("the command"),
  COMMAND_LINE("command line"),
  NO_ENGINE("The Enclave engine is not on the class path. Start the command from its own build."),
  NOT_A_SETTING(
      "-D {setting} is not a setting. Write -D enclave.NAME=VALUE, for example -D"
          + " enclave.environment=local."),
  VERSION_OF_ENCLAVE("enclave {release}"),
  DEVELOPMENT_BUILD("(development build)"),

  // -- text
  COMMAND_MISSING("A command is missing. Use {command} with one of {commands}."),

  // -- use
  THE_ACTIVE_ONE(", the active one"),
  ACTIVE_IS("; active is {active}"),
  UNDER_VERSION("Under version {version} of {kek}"),
  SIGNED(
      "Signed with version {version} of {key} ({signingAlgorithm}, {signatureEncoding}, {count} bytes"
          + "{recovery})."),
  RECOVERY_ID(", recovery id {number}"),
  COMPANION_SIGNED(
      "The backend of key {key} does not answer, and a companion signed. A signature in a file"
          + " cannot carry its endorsement, so nothing was written. Sign again when the backend"
          + " answers."),
  TAKES_WHOLE_MESSAGES(
      "{algorithm} takes whole messages, not digests. Leave out --prehashed and pass the message."),
  ENCODING_UNKNOWN("Encoding {typed} is unknown. Use der, p1363 or raw."),
  NO_SUCH_ENCODING(
      "Signatures of {algorithm} have no {encoding} encoding. Leave out --encoding for"
          + " {defaultEncoding}."),
  NOT_VALID("not valid"),
  VERIFY_NEEDS_NAME("verify needs NAME, FILE and SIG, in this order."),
  ALGORITHM_IS_FOR_PUBLIC_KEY(
      "--algorithm belongs to --public-key; a key of a backend knows its algorithm."),
  VERIFY_NEEDS_FILE("verify --public-key needs FILE and SIG, in this order."),
  ALGORITHM_MISSING("--public-key needs --algorithm, for example --algorithm ECDSA_P256_SHA256."),
  VERSION_IS_FOR_KEY("--version belongs to a key of a backend; a public key is one version."),
  SEE_HELP("{message} See: enclave verify --help"),
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
