package dev.enclave.kit.texts;

import dev.enclave.internal.Text;

/** All that the kit says, for the backends that are made of it. */
public enum Texts implements Text {
  // -- kit
  TRUST_ITS_ISSUER("have this machine trust its issuer"),
  WHAT_STANDS_BETWEEN("what stands between, such as firewalls and proxies"),
  CORRECT_HOST("Correct the host's name in {address}, or in the name service."),
  CORRECT_HOST_AND_PORT(
      "Correct host and port in {address}, or start what is to listen there; else check"
          + " {network}."),
  CERTIFICATE_TO_TRUST(
      "If that certificate is the server's own, {trust}; if it has expired, renew it; else correct"
          + " {address}."),
  CORRECT_PORT("Correct the port in {address}, or write http:// if no TLS is meant."),
  FEWER_CALLS("Let fewer calls be under way at once."),
  CHECK_NETWORK("Check the network, {network}."),
  MEDDLING_PROXY("Look at the network, and at proxies that meddle{addition}"),
  WRITE_HTTPS("; if the server speaks TLS, write https:// in {address}."),
  BACKEND_CLOSED("Backend {backend} has been closed.", "Open it again."),
  DEADLINE_BEFORE_REQUEST(
      "The deadline passed before the request to {service} was sent.", "Allow more time."),
  NO_KEY("There is no key {key} here: {looked}.", "Create the key, or check {check}."),
  RESTORATION_UNFINISHED(
      "There is no key {key} here: restoring one of that name was begun and not finished.",
      "Restore the same backup again, or {otherwise}; enclave keys reconcile {reconciling} what is"
          + " left of the first attempt."),
  NO_VERSION("Key {key} has no version {version}.", "Load the key and use one it lists."),
  KEY_EXISTS("Key {key} exists already.", "Use it, or choose another name."),
  KEY_DESTROYED(
      "Key {key} exists, and all its versions are destroyed, so it cannot be used.",
      "Take another name. {freed}"),
  NOT_SEEN_YET("{made} exists but reads do not see it yet.", "Try again in a few seconds."),
  A_NEW_KEY("A new key"),
  NOT_ACTIVE_ANY_MORE(
      "Version {version} of key {key} is not the active one any more.",
      "Load the key and decide anew."),
  STATE_FORBIDS(
      "Version {version} of key {key} is {state}, which does not allow this.",
      "Load the key and use its active version."),
  TAGS_OVERWRITTEN(
      "Others change version {version} of key {key} at the same time and write its tags back as"
          + " they were.",
      "Try again."),
  ANOTHER_ACTIVE(
      "Key {key} has another active version than {version}.", "Retire that one first, or rotate."),
  ALGORITHM_NOT_OFFERED("{service} has no keys for {algorithm}.", "Use one of {algorithms}."),
  MESSAGES_OF("messages of {shortest} to {longest} bytes"),
  INPUT_NOT_TAKEN(
      "{service} signs no such input with {algorithm}: it takes {messages} and {digests}."),
  NO_MESSAGES("no messages"),
  DIGESTS_OF_ITS_HASH("digests of its own hash"),
  NO_DIGESTS("no digests"),
  KEY_CANNOT("A key for {algorithm} cannot {what}.", "Use a key made for that."),
  NOT_WRAPPED_HERE(
      "The wrapped data key was not made by version {version} of key {key}, or was changed since.",
      "Open it with the key that wrapped it."),
  STAMP_AUTHENTICATED(
      "The environment stamp of key {key} cannot be read ({reason}), and the stamp is authenticated"
          + " with what the key wraps.",
      "{remedy}, or wrap with a key for RSA-OAEP."),
  NOT_IMPORTED("{service} takes no key for {algorithm} over from elsewhere: {why}"),
  WRAPPING_KEY_NOT_IMPORTED(
      "it gives the versions of the key other ids, and what the key sealed before names the old"
          + " ones. Create a key here and seal anew under it."),
  NOT_ITS_PUBLIC_KEY(
      "Version {version} has a private key that does not belong to its public key.",
      "{left} Read the backup again."),
  NOT_OF_THE_ALGORITHM(
      "Version {version} has no private key for {algorithm}. Nothing was sent.",
      "Read the backup again."),
  NOT_A_KEY("This is not the name of a key of {service}.", "Give {forms}."),
  NO_FOREIGN_KEY("{service} knows no key of this name.", "Check it for a slip, and {check}."),
  LABELS_MISSING("it was asked for {made} with {kind} {labels}, and answered with {which}"),
  NONE_OF_THEM("none of them"),
  ALL_BUT("all but {less}"),
  WRONG_ANSWER(
      "{service} answered wrongly: {what}.",
      "The answer is withheld; find out what stands between this process and the service."),
  OPERATION_ON("{operation} on {subject}"),
  NOT_SENT_TO("{request} was not sent to {place}: {observed}.", "{advice}"),
  NOT_SENT("{request} was not sent: {observed}."),
  NO_ANSWER("no answer came before the deadline", "Allow more time, or look at the network."),
  PROXY_MEDDLES("Look at the network, and at proxies that meddle."),
  NO_ANSWER_IN_WHAT_WAS_LEFT(
      "no answer came in the {milliseconds} ms that were left after waiting for credentials or a"
          + " connection{crowd}"),
  INTERRUPTED_AWAITING_CONNECTION("the thread was interrupted while it waited for a connection"),
  NO_CONNECTION_FREE(
      "none of this process's {most} connections was free until the deadline{crowd}"),
  MORE_WAIT(". More calls wait for one: {waiting}"),

  // -- attest
  NOT_SAID("not said"),
  JDK_LACKS_ATTESTATION(
      "This JDK lacks what an attestation is read with. Use one with SUN, SunRsaSign and SunJCE."),

  // -- claim
  NOT_A_DIRECTORY("{path} is not a directory.", "Put the real directory there."),
  NOT_A_REGULAR_FILE("{path} is not a regular file.", "Put the real file there."),
  HARD_LINKS("{path} has {links} names (hard links), so destroying it would leave the others."),
  REMOVE_HARD_LINKS("Remove them; to find them, run: find / -xdev -samefile {path}"),
  SYMBOLIC_LINK(
      "{path} is a symbolic link, which is not followed.", "Put the real file or directory there."),
  OTHER_OWNER("{path} belongs to user {owner} and not to the user of this process{uid}."),
  UID(" (uid {uid})"),
  START_AS_OWNER(
      "Start the program as the user that made it, or correct the path where it is set."),
  START_AS_OWNER_OR_GIVE_BACK(
      "Start the program as the user that made it; if another only put this user's own back there,"
          + " run: chown {uid} {path}"),
  OPEN_TO_OTHERS("{path} has mode {mode}, so others than its owner may use it."),
  NAME_A_DIRECTORY("Name a directory that is for this alone."),
  CLOSE_TO_OTHERS("If it is for this alone, run: chmod {mode} {path}"),

  // -- credentials
  EXPIRING("Expiring[***, until {until}]"),
  TRY_AGAIN("Try again."),
  NOT_FETCHED("{what} could not be fetched.", "{advice}"),
  NO_THREAD("No thread could be started: raise the limit of threads or processes, and try again."),
  ENDED_BEFORE_NOW(
      "{what} ended at {end}, before now.", "Check this machine's clock and the source."),
  DID_NOT_COME("did not come before the deadline. Allow more time, or look at what it waits for"),
  WAIT_INTERRUPTED("was interrupted while it was waited for. Try again"),
  CLOSED("The backend has been closed.", "Open it again."),

  // -- http
  CLIENT_CLOSED("the client has been closed"),
  ANSWER_TOO_LONG("the answer is longer than {most} octets"),
  CONNECTION_BROKE("the connection broke, or what came is no answer"),
  CONNECTION_BROKE_BEFORE("the connection broke before anything was sent"),
  NO_WHOLE_ANSWER("no whole answer came in time"),
  NO_CONNECTION_IN_TIME("no connection was to be had in time"),
  THE_CERTIFICATE("the certificate{ofHost}"),
  OF_HOST(" of {host}"),
  CERTIFICATE_MISSING("{what} is missing"),
  CERTIFICATE_REFUSED("{what}, of subject {subject}, issued by {issuer}{root}, {reason}"),
  UNDER_ROOT(" under {last}"),
  EXPIRED("has expired or is not valid yet by this machine's clock"),
  NOT_TRUSTED(
      "is not trusted: if its issuer is your own, such as one that inspects TLS, add the issuer's"
          + " certificate to those that are trusted here"),
  NOT_FOR_THIS_HOST("is not one for this host: somebody else answers there"),
  HOST_UNKNOWN("its host name is not known to the name service"),
  NOBODY_LISTENS("nobody listens there"),
  NO_TLS_AGREED("no TLS connection was agreed on: is its certificate trusted?"),
  SPEAKS_NO_TLS("what answers there speaks no TLS"),
  OTHERS_BEFORE_IT("other requests of this process were before it"),
  NO_TLS_SINCE("no TLS connection was agreed on: {refused}"),
  INTERRUPTED_WAITING("the thread was interrupted while it waited"),
  WAITED_TOO_LONG("it waited in this process until too little time was left for an answer"),
  TOO_MANY_REQUESTS(
      "none of the {allowed} requests that this process may have under way at once by now ended in"
          + " time, and {waiting} more wait"),

  // -- kek
  WRITE_KEK("Write a backend and a wrapping key of it, such as aws-kms:payments-kek."),
  WRITE_LIFETIME("Write an ISO 8601 duration from PT1M to PT24H, such as PT15M."),
  KEK_NOT_SET(
      "Setting {setting} is not set, and {environment} refuses keys that no key-encryption key"
          + " seals.",
      "Add one line with a wrapping key of another backend: {setting}=aws-kms:payments-kek."),
  KEK_NOT_SET_NOR_ACKNOWLEDGED(
      "Setting {setting} is not set, so keys would have PLAINTEXT assurance, and nobody"
          + " acknowledges that. Set {setting} to a wrapping key of another backend, or, if it is"
          + " meant, enclave.acknowledge-reduced-security=true."),
  PLAINTEXT_KEYS(
      "The keys have PLAINTEXT assurance: no key-encryption key seals them, and {readers} has them",
      "Set {setting} to a wrapping key of another backend, such as aws-kms:payments-kek"),
  NOT_WRAPPED(
      "Its data key is not wrapped, as one that was made without {setting}, and that is now"
          + " {value}.",
      "Create the key anew: whoever has read the record has had the key."),
  WRAPPED_BY_ANOTHER(
      "Its data key was wrapped by another key-encryption key, {other}, and {setting} is {value}.",
      "Set it to the key that wrapped it; another version of the same key would do."),
  WHOSE_NAME_IS_NONE("whose name is none"),
  DATA_KEY_DAMAGED(
      "Its wrapped data key is damaged or was changed.", "Put the record back from a backup."),
  NO_KEK(
      "A key-encryption key wrapped its data key, and none is configured.",
      "Set {setting} as it was when the key was made."),

  // -- key
  KEY_OF_STATEMENTS(
      "The key signs what Enclave itself states and nothing else.", "Name another key."),
  SEVERAL_ALGORITHMS(
      "A key of this kind can be used in several ways and does not say in which. Add one of them to"
          + " its name, after a #: {choices}."),
  WHAT_IS_AFTER("what is after its #"),
  OTHER_ALGORITHM("The key cannot be used as {given}. {whatToDo}"),
  NO_ALGORITHM_OF_KIND("Enclave has no algorithm for keys of its kind."),
  USE_ONE_OF("Use one of {choices}."),
  PRIVATE_KEY("Private key {uri}"),
  VERSION("Version {number}"),
  ANOTHER_ACTIVATION("The activation of another version"),
  OF_KEY("{what} of key {key}"),
  INTERVAL_SET("Key {key} has the rotation interval {interval}."),
  VERSION_ACTIVE("Version {mine} of key {key} is active."),
  RESTORATION_BEGUN("Key {key} has begun to be restored."),
  PRIVATE_KEYS_AWAIT_DELETION("The private keys that were made for it wait for their deletion."),
  BROUGHT_AND_DESTROYED(
      "Some of what was brought to restore key {key} was taken for a leftover and destroyed.",
      "Restore it again: the rest of it is destroyed too, and all is brought anew."),
  SWITCHED_OFF("Version {versionId} of key {key} was switched off."),
  LOST_A_RACE("{what} lost a race and is left over: {reason} Run enclave keys reconcile."),
  KEY("Key {key}"),
  TAGS_WRITTEN("Tags of version {versionId} of key {key} were written."),
  VERSION_AT("Version {uri}"),
  CREATING("Creating key {key}"),
  FIRST_PARTS_MADE("What key {key} begins with was made."),
  ROTATING("Rotating key {key}"),
  ACTIVATING("Making version {versionId} of key {key} active"),
  CLAIMS_ACTIVITY("Version {versionId} of key {key} claims to be the active one."),
  CLAIM_OF_VERSION("The claim of version {uri}"),
  MARKED_DESTROYED("Version {versionId} of key {key} is marked as destroyed."),
  RESTORING("Restoring key {key}"),
  RESTORED("Key {key} was restored."),
  RESTORATION_CUT_SHORT("The restoration of key {name} was cut short at {uri}"),
  FINISH_RESTORATION(
      "Restore the same backup as {name} once more, which finishes it; or destroy the versions that"
          + " are there"),
  ORPHANS_NOT_LOOKED_FOR("Orphans of key {key} were not looked for: {reason}"),
  RECONCILE_LATER("Let enclave keys reconcile look for them once the key can be read"),
  TAG_WITH_PREFIX("tag {prefix}{stamp}"),
  TAG("tag {name}"),
  MADE_NONE("Enclave made none"),
  NAME_AND_PLACE("the name and where it is looked for"),
  TAKE_ANOTHER_NAME("take another name"),
  NEVER_FREED("{service} never frees the name of a key."),
  NOTHING_SENT("Nothing was sent."),
  NO_KEYS_FOR_IT("it has no keys for it. Restore it in another backend."),
  NO_WRAPPING_KEY("{subject} is no RSA key of {bits} bits to wrap under"),
  PENDING_INTERRUPTED("Waiting for what is pending was interrupted. Ask again."),
  NO_TIME_LEFT("No time was left to {what}. Repeat the call to see."),
  INTERRUPTED_BEFORE("Interrupted before it could {what}. Repeat the call to see."),
  STATE_CHANGED("The state of {uri} changed while it was read. Read it again."),
  NO_PUBLIC_KEY("what it sent for {uri} is no public key for {algorithm}"),
  TURN_NOT_TAKEN("Another thread was still asking {service} for the public key. Allow more time."),
  CREATED("Key {key} was created."),
  FIRST_VERSION("The first version of {key}"),
  READS_INTERRUPTED("The thread was interrupted while the keys were read. Ask again."),
  READS_LATE("Of {count} reads {ended} had ended at the deadline. Allow more time."),
  ANOTHER_KEY_USED("another key than the one asked for was used"),
  WRAPPED_TOO_LONG("what it wrapped has {count} bytes, which would not be sent to unwrap it"),
  WRAPPED_DOES_NOT_OPEN("what it wrapped does not open to the data key"),
  NO_PRIVATE_KEY("No version of key {key} has a private key. Take another backup."),
  OLDEST_NEVER_ACTIVE(
      "The oldest version of key {key} that has a private key never was active. Activate or destroy"
          + " that version, then back the key up anew."),
  ANOTHER_PUBLIC_KEY("{uri} has another public key than the key that was sent for it"),
  NO_ENVIRONMENT_TYPE("its {field} names no environment type", "Correct its {field}"),
  ACTIVITY_DECIDED("It is decided that version {active} of key {key} is active."),
  STATE_MADE("Version {version} of key {key} was made {target}."),
  PURPOSE_DECIDED("What version {versionId} of key {key} is for was decided."),
  MOVE_RECORDED("It is recorded where key {key} went."),
  WITHOUT_VERSION("{uri} has no version"),

  // -- record
  NO_RECORD(
      "There is no key {key} in {place}.",
      "Create it, or check the name and whether that is the right place."),
  STILL_READING("Another call was still reading key {key} at the deadline.", "Repeat the call."),
  STILL_USING("Other calls used or changed key {key} until the deadline. Repeat the call."),
  STAMP_OF_ANOTHER(
      "Key {key} was made for environment {stamped} and this one is {environment}.",
      "Create a key here."),
  OTHER_ALGORITHM_OF_KEY(
      "Key {key} is for {algorithm}, not for {expected}.", "Load the key again."),
  A_BACKEND("Backend {backend}"),
  CHECKED_IN_PART(
      "Only {checked} of {count} keys could be checked in the time there was.",
      "Run: enclave doctor."),
  MAKE_READABLE("Make {place} readable."),
  KEY_LOST("Key {key} is lost, with all its versions: "),
  OPENS_NOTHING("open nothing any more"),
  SIGNS_NOTHING("sign nothing any more; its signatures still verify"),
  VERSION_LOST("Version {version} ({state}) of key {key} can {lost}: "),
  RESTORE_FROM_BACKUP(
      "Restore it from its backup with: enclave keys restore; or put its record back from a copy."),
  NO_PRIVATE_KEY_OF_ALGORITHM(
      "Version {version} is no private key for {algorithm}, or was closed.",
      "Read the backup again."),
  NOTHING_WRITTEN("Nothing was written."),
  WRAPS_DATA_KEYS_ALONE("wrap anything but data keys of 32 bytes"),
  DATA_KEY_CLOSED("The data key has been closed.", "Pass one that is open."),
  NOT_TO_BE_LEFT(
      "A rotation cannot leave the old version {state}.", "Use VERIFY_ONLY or DISABLED."),
  NOT_TO_BE_PENDING(
      "No version can be put back to PENDING.", "Use ACTIVE, VERIFY_ONLY, DISABLED or DESTROYED."),
  DEADLINE_PASSED("The deadline has passed.", "Repeat the call with more time."),
  DATA_KEY_NOT_GIVEN_BACK(
      "The key-encryption key did not give back the data key that it had just wrapped for key"
          + " {key}, so nothing was written.",
      "Check the key-encryption key."),
  DATA_KEY_TOO_LONG(
      "The key-encryption key made {count} bytes of the data key of key {key}, and its own id has"
          + " {countX} characters.",
      "Use one that makes at most 65535 bytes, with an id of 1024 characters."),
  TOO_MANY_DATA_KEYS(
      "The data key of key {key} was not asked for: {atOnce} are at a time, and other keys of this"
          + " process had their turn until the deadline ({queueLength} more wait). Repeat the call;"
          + " if it lasts, set a longer data-key-lifetime."),
  RECORD_OF_ANOTHER(" is that of key {name}: records were swapped or renamed."),
  PUT_THE_RIGHT_BACK("Put the right one back from a copy."),
  RECORD_DAMAGED(
      " is damaged or was changed; other keys go on working.",
      "Put it back from a copy, or move it away and restore the key from its backup with: enclave"
          + " keys restore."),
  HALF_DAMAGED(
      " is damaged or was changed in the private half of version {version}; other versions and keys"
          + " go on working.",
      "Put the record back from a copy, or restore the key from its backup with: enclave keys"
          + " restore. If there is neither, give the version up with: enclave keys disable, then"
          + " enclave keys destroy."),
  RECORD_FAILS("The record of key {key}, {record},{what}", "{advice}"),
  RECORD_FOREIGN(" belongs to another store{ofEnvironment}."),
  OF_ENVIRONMENT(", of environment {stamp}"),
  MOVE_BACK("Move it back; keys cannot be copied from store to store."),
  RECORD_PUT_BACK(
      " was put back to an earlier state: it is at revision {revision} and this process has seen"
          + " {revisionX}."),
  PUT_THE_LATEST_BACK(
      "Put the latest record back. If there is none and the earlier state is wanted, restart this"
          + " process, and look at the key's versions first."),
  PUT_BACK_FROM_COPY("Put it back from a copy."),
  RECORD_NOT_OPENED(" cannot be opened. {reason}"),
  INTERRUPTED_FOR_KEY(
      "The thread was interrupted while it waited for key {key}.", "Repeat the call."),

  // -- setup
  WRITE_UP_TO("Write 1 to {most}."),
  SET_TO_HTTPS("Set it to https:// and a host, without a path."),
  NAME_A_PEM_FILE("Name a file that can be read and has a certificate in PEM."),
  MINUTES_APART("{minutes} minutes ({direction})"),
  CLOCKS_DIFFER(
      "This machine's clock and {service}'s differ by {difference}, so tokens and certificates end,"
          + " or begin, at another time here",
      "Set the clocks of the nodes by NTP"),
  HOST_NAMES_UNCHECKED(
      "java.net.http would take the certificate of any host for that of the one it asks"),
  CHANGES_REPEATED("java.net.http would send changes again behind Enclave's back"),
  PROPERTY_SET("System property {property} is set: {reason}.", "Start Java without it."),
  OPENING_INTERRUPTED("Opening {service} was interrupted.", "Open it again."),
  SETTING_IS_SET("{setting} is set"),
  AND_SETTING_NOT_SET(", and {setting} is not set"),
  NO_PLACE_RECOGNISED("no place of {service} was recognised{missing}"),
  PLACE_LACKS("this is {service} ({evidence}){missing}"),
  LOGGER("Logger {name}", "Set logger {name} to INFO"),
  PROPERTY("System property {name}", "Start Java without -D{name}"),
  WIRE_LOG_REFUSED("{sources}. {environment} refuses that.", "{fixes}."),
  WIRE_LOG_ON(
      "{source} is on: what goes over the wire to {service} is written to a log, data keys,"
          + " messages and tokens among it"),

  // -- workload
  NO_ANSWER_TO("{who} gave no answer to {what}: {reason}.", "{advice}"),
  ASK_AGAIN("Ask again."),
  ANSWERED_HTTP("{who} answered HTTP {status} to {what}."),
  CREDENTIALS_IN_PART(
      "Of the AWS credentials {names} and {namesX} are needed both, and {namesY} is not set.",
      "Set it, or remove the others."),
  NO_HEADER_OF_CREDENTIALS(
      "{which} has characters that no HTTP header may have, such as a line end.",
      "Set it to what AWS handed out alone."),
  NO_ROLE(
      "STS says that the credentials of {named} are no role's, and roles alone are taken here.",
      "Give the workload a role."),
  NO_TOKEN_OF_STS("{host} answered something else than a token for {audience}.", "Ask again."),
  CREDENTIALS_OF("the credentials of {named}"),
  LOOK_AT_NETWORK("Look at the network."),
  IT_SAYS(" It says {code}."),
  ALLOW_WEB_IDENTITY("Allow the role sts:GetWebIdentityToken."),
  SWITCH_FEDERATION_ON(
      "Switch outbound web identity federation on in the account, by aws iam"
          + " enable-outbound-web-identity-federation."),
  CHECK_CLOCK("Check this machine's clock."),
  CHECK_REGION_AND_ROLE("Check the Region and the role."),
  GIVE_A_ROLE(
      "Give the workload a role: an ECS task role, EKS Pod Identity or a service account's role, a"
          + " Lambda execution role, an EC2 instance profile."),
  VARIABLE_AND_OTHERS("variable {variable} and others"),
  NODES_ROLE(
      "Variable {webIdentity} is set: the pod has the role of its service account, and the instance"
          + " profile would be the node's.",
      "Use EKS Pod Identity, or a projected token of the pod for the other cloud, in a file."),
  NO_CREDENTIALS_OF_AWS(
      "No credentials of AWS were found, and AWS_EC2_METADATA_DISABLED is true.", "{giveARole}"),
  LONG_LIVED_VARIABLE("Variable {variable} is set, and {other} is not"),
  LONG_LIVED(
      "{observed}: a long-lived credential, which PRODUCTION and STAGING refuse.",
      "Remove it. {giveARole}"),
  VARIABLE("Variable {variable}"),
  REGION_UNKNOWN(
      "The Region of this workload is not known: neither {regions} is set, and the instance"
          + " metadata service names none.",
      "Set AWS_REGION."),
  NOR(" nor "),
  METADATA_SERVICE("The instance metadata service"),
  NO_REGION("{who} names what is no Region of AWS.", "Correct AWS_REGION."),
  SET_BY_PLATFORM("The platform sets it: do not set it yourself."),
  NO_AUDIENCE_OF_AZURE(
      "A token of an Azure identity was to be shown to another cloud with the audience {resource},"
          + " which is neither an id URI of the form api://... nor the id of an application.",
      "Name the application that stands for the other cloud in the directory."),
  ASSIGN_IDENTITY(
      "Assign an identity to the workload, and see that the directory has an application with the"
          + " id URI {resource}."),
  THE_METADATA_SERVICE("the instance metadata service"),
  VARIABLE_WITHOUT_OTHER(
      "Variable {endpoint} is set and {header} is not.", "Set both, or neither."),
  NO_HEADER(
      "Variable {header} has characters that no HTTP header may have, such as a line end.",
      "{platformsOwn}"),
  NO_ADDRESS(
      "Variable {endpoint} names no address at which App Service, Functions or Container Apps have"
          + " it.",
      "{platformsOwn}"),
  IDENTITY_ENDPOINT("the managed identity endpoint of {variable}"),
  PLACE_NOT_USED(
      "Variable {variable} is set, as on Azure Arc, Service Fabric or in Cloud Shell, whose"
          + " identities Enclave does not use.",
      "Run it on App Service, Container Apps, AKS or a virtual machine, or unset the variable."),
  NO_TOKEN_SINCE("There is no token: asking {named}, {silent}.", "{part}"),
  TRUST_OR_FIND_OUT(
      "If that certificate is the server's own, have it trusted here; else find out who answers"
          + " there."),
  IDENTITY_UNKNOWN(
      "Nobody told whether the identity exists: look at what keeps this process from there, and"
          + " whether it runs where that identity is."),
  NO_TOKEN_FOR_STATUS("There is no token: {named} answered HTTP {status}."),
  SEND_LESS("Send less: it gives so many tokens, to all processes of this identity."),
  MAY_BE_STARTING(
      "It may be starting or being updated. If it stays so, another server answers there, or the"
          + " process runs where that identity is not."),
  FAILED_ON_ITS_SIDE("It failed on its side. If it lasts, look at Azure Service Health."),
  NOT_A_TOKEN(
      "There is no token: {named} answered something else than a token for {resource}.",
      "Look at what answers there."),
  CONTAINER_ENDPOINT("the container's credential endpoint"),
  NO_PATH("no path that begins with a single slash"),
  NO_URL("no URL with a host"),
  NOT_SECURE(
      "neither https nor an address of this machine or of AWS's container agents, so credentials"
          + " from there could be anybody's"),
  VARIABLE_WRONG(
      "The variable {variable} is {observed}.", "The platform sets it; find out who changed it."),
  CONTAINER_REFUSED(
      "The container's credential endpoint refused with HTTP {status}.",
      "Give the task or the pod a role, and check the authorization token's file."),
  NO_CREDENTIALS("HTTP {status} and no credentials"),
  TOKEN_FILE_EMPTY("the file that {variable} names is empty or cannot be read"),
  NO_HEADER_OF_TOKEN("the authorization token has characters that no HTTP header may have"),
  NO_CREDENTIALS_OF_CONTAINER(
      "No credentials of the container's credential endpoint: {observed}.",
      "Look at the agent that serves it."),
  NOTHING_OF_METADATA_SERVER(
      "Google's metadata server gave no {what}: {reason}.",
      "Nobody told whether a service account is attached: look at what keeps this process from"
          + " 169.254.169.254. Elsewhere than on Google Cloud, use workload identity federation."),
  NOT_THE_METADATA_SERVER(
      "What answers at 169.254.169.254 is not Google's metadata server.",
      "Run where a service account can be attached, or use workload identity federation."),
  NO_SERVICE_ACCOUNT(
      "The metadata server says that no service account is attached.",
      "Attach one to the instance, service or pod."),
  METADATA_SERVER_ANSWERED(
      "Google's metadata server answered HTTP {status} instead of an {what}.",
      "See that the service account exists and is enabled."),
  NOT_AN_IDENTITY_TOKEN(
      "Google's metadata server answered something else than an identity token for {audience}.",
      "Ask again."),
  IDENTITY_TOKEN("identity token"),
  TOKEN_DESCRIBED("issuer {issuer}, audience {audience}, subject {subject}"),
  METADATA_DISABLED("AWS_EC2_METADATA_DISABLED is true"),
  HTTP_FOR_SESSION("HTTP {status} for a session token"),
  A_SESSION("a session"),
  NO_SESSION("what was given for a session token is none"),
  INSTANCE_PROFILE("the EC2 instance profile"),
  METADATA_SERVICE_SAID("the instance metadata service: {reason}"),
  NO_INSTANCE_PROFILE(
      "The EC2 instance has no instance profile.", "Attach one with a role that may use the keys."),
  ROLE_NOT_NAMED("the instance metadata service does not name the instance's role"),
  INSTANCE_NO_CREDENTIALS("what the instance metadata service hands out are no credentials"),
  NO_CREDENTIALS_OF_INSTANCE(
      "No credentials of the EC2 instance profile: {observed}.",
      "Allow the metadata service, version 2; in a container it needs a hop limit of 2."),

  // -- document.DocumentedKeys
  DOCUMENT("The document {document}"),
  DOCUMENT_NOT_ENCLAVES(
      "What lies at {document} is no key of Enclave's.", "Take another name, or another place."),
  DOCUMENT_UNDECIDED(
      "The last decision in {document}, on which version is active, cannot be read.",
      "Bring an earlier revision of the document back."),
  DOCUMENT_EDITED(
      "The document {document} was rolled back or edited. It may lack versions of key {key} that are"
          + " in use.",
      "Compare it with its earlier revisions. Until it says its own revision, nothing is taken for a"
          + " leftover of that key."),
  KEY_BEFORE_DOCUMENT(
      "The document {document} is missing, or younger than private keys that are called as those of"
          + " key {key}: {privateKeys}. It may have been deleted with its history.",
      "If one of them was in use, bring the document back from a backup. If none was, delete them at"
          + " the service. Until then nothing is taken for a leftover of that key."),
  DOCUMENT_NAMES_ANOTHER(
      "with {document}, whose version {number} names a private key of something else"),
  PRIVATE_KEY_MADE_ANEW(
      "with another key {uri} than the document has: it was deleted and made anew, or the document"
          + " was changed"),
  NO_PUBLIC_KEY_OF("with no public key of {uri} for {algorithm}"),
  KEY_EXPORTABLE(
      "The private key {uri} may be exported in the clear: somebody allowed that",
      "That cannot be taken back. Rotate the key, and find out who has read it"),
  NO_SUCH_PAGE("No page of names said that the next one begins there.", "List from the beginning."),
  ENTRY_MARKED("The version is destroyed for Enclave. Its private key {uri} may be there still."),
  DESTROYED_MEANWHILE(
      "Version {version} of key {key} was taken for a leftover and destroyed, while it was being"
          + " activated or restored.",
      "Begin again: rotate the key, or restore it."),
  RESTORATION_DECIDED("The restoration of key {key} is decided."),
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
