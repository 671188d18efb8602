package dev.enclave.core.internal.texts;

import dev.enclave.internal.Text;

/** All that the engine says; a part of a sentence is used in others of its section. */
public enum Texts implements Text {
  // -- configuration
  SETTING_NOT_SET("Setting {setting} is not set"),
  SETTING_SECRET("Setting {setting} is *** (from {source})"),
  SETTING_IS("Setting {setting} is {value} (from {source})"),
  SETTING_INVALID("{stated}.", "It must be {expected}."),
  SETTING_UNKNOWN(
      "Setting {setting} (from {source}) is unknown.",
      "The nearest is {nearest}; correct or remove it."),
  SETTING_REPEATED(
      "Configuration from {source} has {setting} more than once.",
      "Remove all lines of it but one, since none may win by chance."),
  SETTING_UNUSED("{source} (unused: the provider is not on the class path)"),
  VARIABLE_UNKNOWN(
      "Variable {variable} stands for no setting.",
      "The nearest is {nearest}; correct or unset it."),
  VARIABLE_OF_SERVICE_LINK(
      "variable {variable}, which names the setting {setting} too, holds what Kubernetes writes"
          + " there for a Service, and is not used"),
  A_TEXT("a text"),
  ONE_OF("one of {values}"),
  TRUE_OR_FALSE("true or false"),
  NOT_SET("not set"),
  NAME_OF_A_KEY("the provider's own name of a key"),
  NO_KEY_OF_STATEMENTS(
      "the name of another key, adopted under another name: that one signs what Enclave itself"
          + " states, and is adopted under none"),
  ADOPTS_NO_KEY("Setting {setting} adopts no key: {reason}"),
  ACCEPTS_WITHOUT_ADOPTION(
      "{stated}, and no setting adopts that key.", "Set {setting} too, or remove it."),
  SECTION_OF_THE_ENGINE(
      "Backend id {backend} is a word of the configuration: {section}* belongs to the engine.",
      "Give the provider another id."),
  OVERRIDES("{source} overrides {others}"),
  IGNORED_AS_LESS_STRICT("{stated} and is ignored, since it is less strict than {stricter}"),
  IGNORED_AS_REPLACING("{stated} and is ignored, since it would replace {stricter}"),
  STATE_ONCE("state the setting once on the {source}"),
  ALLOW_LOWERING(
      "remove it, or, if it is meant, add {setting} to enclave.may-be-lowered in {places}"),
  AND(" and "),
  NOT_TO_BE_LOWERED(
      "{stated}.",
      "It must be one or more of {settings}, enclave.keys.<name>,"
          + " enclave.keys.<name>.accept-unreadable-stamp."),
  DEFAULT_OF_ENVIRONMENT("the default of enclave.environment={value}"),
  QUORUM_OF_APPROVERS("the quorum that goes with enclave.migration.approvers"),
  IMPLIED_BY("{reason}, from {source}"),
  EACH_SOURCE("each source for its own values"),
  COMMAND_LINE("command line"),
  SYSTEM_PROPERTY("system property"),
  IN_VARIABLE("variable {variable}"),
  IN_FILE("file {path}"),
  ON_CLASS_PATH("class path {url}"),
  RESOURCE("enclave.properties on the class path"),
  FILE_OF_VARIABLE("the file named by ENCLAVE_CONFIG"),
  TWO_RESOURCES(
      "Two files enclave.properties are on the class path: {url} and {otherUrl}.",
      "Remove one, since neither may win by chance."),
  UNREADABLE(
      "Configuration from {source} cannot be used: {reason}.", "Check name, rights and form."),
  NO_LOOKUP("it cannot be looked up"),
  NO_READING("it cannot be read"),
  IS_DIRECTORY("it is a directory"),
  NO_SUCH_FILE("there is no such file"),
  NO_REGULAR_FILE("it is no regular file, such as a named pipe, which may have no end"),
  NO_PATH("its name is not a path"),
  TOO_LARGE("it is larger than {count} bytes"),
  NO_PROPERTIES("it is not a properties file in UTF-8"),

  // -- policy
  BACKEND_NOT_ALLOWED_FOR_KEY(
      "The policy does not allow backend {backend}.",
      "Add it to enclave.backends, or use a key in another backend."),
  ALGORITHM_NOT_ALLOWED(
      "The policy does not allow {algorithm}.",
      "Add it to enclave.algorithms, or use one of {algorithms}."),
  STAMP_MISSING(
      "Key {key} carries no environment stamp, so it may have been made anywhere, and this is"
          + " {environment}.",
      "Adopt it with enclave.keys.<name>={name} if it belongs here."),
  STAMP_UNREADABLE(
      "The environment stamp of key {key} cannot be read ({observed}), so the key may have been"
          + " made for another environment type, and this is {environment}.",
      "{remedy}."),
  STAMP_UNREADABLE_OF_ADOPTED(
      "The environment stamp of key {key} cannot be read ({observed}), so the key may have been"
          + " made for another environment type, and this is {environment}.",
      "{remedy}, or set {setting}=true if the key belongs here."),
  STAMP_OF_ANOTHER(
      "Key {key} was made for {stamped} and this is {environment}.",
      "Create a key here; keys do not change environments."),
  VERSION_TOO_WEAK(
      "Version {version} of key {key} has assurance {assurance} and {environment} needs {minimum}.",
      "Create another key, in a backend that gives that."),
  VERSION_NOT_ACKNOWLEDGED(
      "Version {version} of key {key} has assurance {assurance} in backend {backend}: the key lies"
          + " there unencrypted. If that is meant, set"
          + " enclave.acknowledge-reduced-security=true."),
  VERSION_OF_FOREIGN_ORIGIN(
      "Version {version} of key {key} has origin {origin} and {environment} needs keys generated"
          + " where they live.",
      "Create another key."),
  MINIMUM_TOO_LOW("{stated}, less than {environment} allows.", "Set it to {value} or stronger."),
  AS_TOLD("correct what it names and run doctor again"),

  // -- detection
  UNLOADABLE_DETECTOR("A detector on the class path cannot be loaded"),
  THE_DETECTOR("it"),
  ITS_PROBE("its probe"),
  ITS_ID_AND_KIND("its id and kind"),
  DETECTION_FAILED("{who} failed with {type}"),
  DETECTION_NULL("{who} answered null"),
  DETECTION_INTERRUPTED("it was interrupted"),
  DETECTION_LATE("it gave no answer within {duration}"),
  METADATA_SILENT("no answer in time"),
  METADATA_TOO("{reason}; metadata: {answer}"),
  ENVIRONMENT_DECLARED("enclave.environment says so"),
  ENVIRONMENT_UNKNOWN("nothing says what this place is, and what is unknown counts as production"),
  ENVIRONMENT_DOUBTED(
      "{detector} is inconclusive ({reason}), and what is inconclusive counts as production"),

  // -- resolution
  NO_PROVIDER(
      "no backend provider is on the class path",
      "add a provider artifact, such as dev.enclave:enclave-software"),
  NO_PROVIDER_OF(
      "no provider of backend {backend} is on the class path",
      "add its artifact, or name one of {backends}"),
  NAMED_IN_SETTING("enclave.backend names it"),
  ANOTHER_NAMED("enclave.backend names {backend}"),
  FIRST_IN_PRECEDENCE("the first in precedence that may be used"),
  ANOTHER_BEFORE("{backend} comes before it"),
  OMITTED("enclave.precedence omits it"),
  OMITTED_AND_USABLE(
      "{backend} may be used here and enclave.precedence omits it",
      "add it to enclave.precedence, or set enclave.backend={backend}"),
  NOT_AMONG_BACKENDS(
      "enclave.backends does not allow {backend}",
      "add it to enclave.backends, or use another backend"),
  TOO_WEAK("{backend} gives {assurance} at most and {environment} needs {minimum}", "{remedy}"),
  ADD_A_STRONGER_ONE(
      "use a backend that gives {minimum}: add its artifact and set enclave.backend to its id"),
  USE_A_STRONGER_ONE(
      "use a backend that gives {minimum}: set enclave.backend to one of {backends}"),
  OR_ACCEPT_LESS("{remedy}, or accept less by enclave.minimum-assurance={value}"),
  NEEDS_ENVIRONMENT(
      "{backend} gives {assurance} only, which needs an acknowledgement",
      "set enclave.environment=development, or local on one developer's machine"),
  NEEDS_ACKNOWLEDGEMENT(
      "{backend} gives {assurance} only: keys lie there unencrypted",
      "if that is meant, set enclave.acknowledge-reduced-security=true"),
  NOT_USABLE_HERE(
      "{backend} is not usable here ({reason})",
      "if its keys are to be used from here, configure it and set enclave.backend={backend}"),
  INCONCLUSIVE("inconclusive, {observed}"),
  FROM_JAR("{provider} from {url}"),
  TWO_PROVIDERS(
      "Two providers have the backend id {backend}: {provider} and {otherProvider}.",
      "Remove one from the class path, or switch discovery off where one is given to the builder."),
  IMPOSTOR(
      "Backend id {backend} is reserved for {owner} but {provider} claims it.",
      "Remove that jar, or give the provider an id of its own."),
  PROVIDER_BROKEN(
      "Provider {provider} {observed} when asked for {question}, which a provider must not.",
      "Remove its jar or report it to its author."),
  ANSWERED_NULL("answered null"),
  THREW("threw {type}"),
  UNLOADABLE("{service}: {reason}.", "Remove or repair its jar."),
  UNLOADABLE_PROVIDER("A provider on the class path cannot be loaded"),
  UNLOADABLE_OUTPUT("An audit output on the class path cannot be loaded"),
  UNLOADABLE_DEFERRAL("What keeps deferred operations cannot be loaded from the class path"),

  // -- start
  NO_START("Enclave does not start in {environment} ({reason}):{obstacles}"),
  START_FAILED("The start failed with {code}"),
  UNUSABLE_CONFIGURATION("the configuration cannot be used"),
  LOG_ELSEWHERE(
      "Audit records do not go to the log in enclave.audit.directory: enclave.audit.sink or an"
          + " audit sink of the application says where.",
      "Look after that one instead."),
  ENCLAVE_IS_OPEN(
      "Enclave is open{reduced}: backend {backend}, assurance {assurance} at best, environment"
          + " {environment}{inferred}{warnings}"),
  WITH_REDUCED_SECURITY(" with REDUCED SECURITY"),
  INFERRED(" (inferred)"),
  SEVERAL_VALUES("Settings with several values: {settings}"),
  SEVERAL_VALUES_AND_MORE(
      "Settings with several values: {settings}, and {count} more: see enclave doctor"),
  PASSED_OVER(
      "{observed}",
      "set enableServiceLinks: false in the pod, or give the Service another name; a key that is"
          + " meant can be named in the file of ENCLAVE_CONFIG"),
  BELOW_MARKER(
      "{stated}, and a workload was recognised here, which means PRODUCTION where nothing is set"
          + " ({evidence})",
      "if real users depend on this place, set enclave.environment=production"),
  PROTECTION(
      "this is {environment}, and {protection}", "keep keys of value where an HSM holds them"),
  PROTECTION_PLAINTEXT("nothing protects keys from who can read the place where they lie"),
  PROTECTION_SOFTWARE(
      "encryption at rest protects keys from who has their files alone; in use they are in this"
          + " process's memory"),
  PROTECTION_OS_SEALED(
      "the operating system's store protects keys from other users and while it is locked; while"
          + " it is unlocked every process of this user can have them, and in use they are in this"
          + " process's memory"),
  PROTECTION_HSM_WRAPPED(
      "a key in an HSM protects keys at rest; in use they are in this process's memory"),
  PROTECTION_HARDWARE(
      "this machine's hardware keeps keys from being copied, not from being used by every process"
          + " of this user"),
  PROTECTION_HSM("an HSM holds the keys"),
  ACKNOWLEDGED_IN_VAIN(
      "{stated} and {environment} accepts no reduced security", "remove it, or set it to false"),
  ENVIRONMENT_UNRECOGNISED(
      "enclave.environment is not set and {reason}",
      "if this is not production, set one line: enclave.environment=local (or development, or"
          + " staging)"),
  ADOPTED_BY_NONE(
      "Setting enclave.keys.{key} adopts a key of backend {backend}, which adopts none.",
      "Remove it, or name another backend first: enclave.keys.{key}=<backend>:<its name there>."),
  CANNOT_ROTATE(
      "{stated}, and backend {backend} cannot list and rotate keys.",
      "Remove the setting, or use another backend."),
  NO_PUBLIC_KEY_KEPT(
      "{stated}, and nothing would keep the public key of a version that is destroyed: backend"
          + " {backend} forgets it, and the audit log does not keep its records.",
      "Set enclave.audit.sink=file and enclave.audit.directory to a place that lasts, or remove"
          + " the setting."),
  NO_ROOM(
      "the disk has room for {count} KiB more where Enclave writes: {places}",
      "free the disk or make the file system larger"),
  LITTLE_ROOM(
      "the disk has room for {count} KiB more where Enclave writes: {places}",
      "free the disk before it is full: keep {least} MiB for the audit log and keys"),
  SEVERAL_DEFERRALS(
      "There are {count} places for deferred operations on the class path: {types}.",
      "Remove all but one."),
  FALLBACK_IS_ON(
      "FALLBACK IS ON: while backend {backend} does not answer, companions in {place} sign in the"
          + " place of its keys"),
  FALLBACK_MINIMUM("software, which is what companions are; remove it where there are none"),
  FALLBACK_DEPLOYMENT("a name of 1 to 64 characters, such as payments-eu"),
  FALLBACK_NOT_ACKNOWLEDGED(
      "{stated}, and {environment} takes no keys in software",
      "if signatures by keys in software are wanted in an outage, set"
          + " enclave.fallback.minimum-assurance=software as well; else remove enclave.fallback"),
  FALLBACK_UNDECLARED(
      "{stated}, and enclave.environment is not set",
      "set enclave.environment, which keys in software need anyhow"),
  FALLBACK_NOT_ALLOWED(
      "{stated}, and enclave.backends does not allow software",
      "add software to enclave.backends, or remove enclave.fallback"),
  FALLBACK_FROM_SOFTWARE(
      "{stated}, and the backend is software itself",
      "remove enclave.fallback, or use another backend"),
  COMPANIONS_KEPT("companions are kept there"),
  COMPANIONS_UNKNOWN(
      "enclave.fallback is disabled, and whether companions are left in the software backend is"
          + " not known: {reason}"),
  COMPANIONS_DESTROYED(
      "enclave.fallback is disabled: destroyed {count} companions of this deployment in {place}"),
  COMPANIONS_LEFT(
      "enclave.fallback is disabled, and these companions cannot be read or destroyed: {keys}."
          + " Remove their files from {place}"),
  A_DIRECTORY("a directory"),
  NO_LOG("No audit log is configured.", "Set enclave.audit.directory."),
  NO_HOME("There is no home directory to keep the audit log in.", "Set enclave.audit.directory."),
  LOG_NEEDED(
      "{environment} needs an audit log and none is configured",
      "set enclave.audit.directory, or enclave.audit.sink=stdout where no disk lasts"),
  LOG_UNWRITABLE("the audit log cannot be written: {observed}", "{remedy}"),
  LOG_NOT_OPENED(
      "The audit log in {path} cannot be opened for {environment} ({observed}).",
      "Start the service as the user whose log it is, or set enclave.audit.directory to a place of"
          + " its own."),
  LOG_IN_PLACE_CORRUPT(
      "The audit log in {path} cannot be continued: {reason}.",
      "Keep it for whoever finds out why, and set enclave.audit.directory to another place."),
  LOG_CORRUPT(
      "The audit log cannot be continued: {reason}.",
      "Keep it for whoever finds out why, and set enclave.audit.directory to another place."),
  LOG_EPHEMERAL(
      "the audit log is ephemeral: it goes to standard output and lasts as long as whoever reads"
          + " that keeps it",
      "see that the platform keeps standard output, or set enclave.audit.sink=file"),
  LOG_SHORTENED(
      "enclave.audit.retention shortens the retention of the audit log {by}, and older records"
          + " are removed a day after a checkpoint states the change",
      "correct the setting within that day if the change is not meant"),
  LOG_IN("in {path}"),
  LOG_NOT_MADE("in {path}, not made yet"),
  LOG_NOT_READABLE("in {path}, not readable: {observed}"),
  LOG_COUNTERSIGNED(
      "its checkpoints are signed with its own key, checkpoint.key, and countersigned by {place}"),
  LOG_SIGNED_ALONE(
      "its checkpoints are signed with its own key, checkpoint.key, alone"
          + " (enclave.audit.countersign={value})"),
  LOG_KEEPS_COUNTERSIGNER(
      "the audit log has named a countersigner and keeps it, and enclave.audit.countersign is off",
      "correct the setting, or set enclave.audit.directory to another place"),
  TWO_OUTPUTS("Two audit outputs given to the builder have the id {id}.", "Give one of them."),
  OUTPUT_BROKEN(
      "Audit output {type} {observed}; it must be small letters, digits and hyphens, and not file"
          + " or stdout.",
      "Remove its jar or report it to its author."),
  OUTPUT_THREW("threw {type} when asked for id()"),
  OUTPUT_WITHOUT_ID("has no usable id"),
  NO_OUTPUT(
      "Setting enclave.audit.sink names the audit output {id}, of which there are 0 on the class"
          + " path.",
      "Add its jar (slf4j is dev.enclave:enclave-slf4j), or take it out of the setting."),
  SEVERAL_OUTPUTS(
      "Setting enclave.audit.sink names the audit output {id}, of which there are {count} on the"
          + " class path.",
      "Remove all but one."),
  COUNTERSIGNER_TOO_WEAK(
      "backend {backend} gives {assurance} assurance at most and a countersignature needs"
          + " {minimum}"),
  COUNTERSIGNER_UNRECORDED(
      "The countersigner of the audit log cannot be recorded ({observed}).",
      "Free the disk or correct the rights of enclave.audit.directory."),
  COUNTERSIGNER_KEPT(
      "The audit log has named a countersigner and keeps it, and enclave.audit.countersign is off."
          + " Correct the setting, or set enclave.audit.directory to another place."),
  COUNTERSIGNER_AWAITED(
      "The audit log gets no checkpoints until the backend countersigns them ({reason}); records"
          + " are written all the same."),
  ALONE_UNTIL_ANSWERED(
      "The checkpoints of the audit log are signed with its own key alone until the backend answers"
          + " ({reason})."),
  ALONE_UNTIL_NEXT_START(
      "The checkpoints of the audit log are signed with its own key alone until the next start"
          + " ({reason})."),
  COUNTERSIGNED("The checkpoints of the audit log are countersigned by {place}."),
  COUNTERSIGNED_FROM_NOW_ON(
      "The checkpoints of the audit log are countersigned from now on by {place}; {before}. If the"
          + " log was countersigned before, somebody has replaced it: verify it against a"
          + " checkpoint that was kept elsewhere."),
  RECORDS_BEFORE("there were records and no checkpoint before"),
  CHECKPOINTS_BEFORE("{count} before have the signature of its own key alone"),
  COUNTERSIGNATURE_REQUIRED(
      "Setting enclave.audit.countersign=required cannot be met: {reason}. Mend that, or set it to"
          + " auto."),
  COUNTERSIGNATURE_MISSING("Setting enclave.audit.countersign=required cannot be met: {reason}"),
  NO_STATEMENT("The file is no statement of an HSM that can be read here."),
  STATEMENT_WITHOUT_KEY("The statement does not say which public key its key has."),
  STATEMENT_ON_ANOTHER_KEY(
      "The statement does not say that it is on the public key that was given."),
  STATEMENT_NOT_GENERATED("The statement does not say that the HSM generated the key."),
  STATEMENT_EXTRACTABLE("The statement does not say that the key cannot be extracted."),
  STATEMENT_ONCE_EXTRACTABLE("The statement does not say that the key never could be."),

  // -- certificates
  ROOT_UNREADABLE(
      "A root is no X.509 certificate. Give certificates in DER, or in PEM to the command."),
  CERTIFICATE_UNREADABLE("one of its certificates cannot be read"),
  NO_CERTIFICATE("there is no certificate"),
  NO_ROOT("no root certificate was given"),
  ENDS_AT("it ends at {roots}"),
  AND_AT(" and at "),
  ENDS_AT_NONE("it ends at none of the roots that were given"),
  ITS_ROOT("its root"),
  CERTIFICATE("certificate {number}"),
  CERTIFICATE_EXPIRED("{which} has expired"),
  ROOT_EXPIRED("its root has expired; give the one that its owner issued after it"),
  CERTIFICATE_NOT_YET_VALID("{which} is not valid yet"),
  CERTIFICATE_MISSIGNED("{which} was not signed by the key of the next one"),
  CERTIFICATE_OF_ANOTHER_ISSUER("{which} names another issuer than the next one"),
  CERTIFICATE_OF_NO_ISSUER("{which} does not say that it may issue others"),
  CERTIFICATE_UNACCEPTABLE("{which} uses what this Java runtime does not accept"),
  CERTIFICATE_BREAKS_A_RULE("{which} breaks a rule of RFC 5280 ({reason})"),

  // -- backends
  NO_SUCH_PROVIDER("No provider of backend {backend} is on the class path.", "Add its artifact."),
  NO_ORIGIN("no provider"),
  BACKEND_NOT_ALLOWED(
      "The policy does not allow backend {backend}.", "Add it to enclave.backends."),
  BACKEND_TOO_WEAK(
      "Backend {backend} gives {assurance} at most and {environment} needs {minimum}.",
      "Use a backend that gives that."),
  BACKEND_NEEDS_ENVIRONMENT(
      "Backend {backend} gives {assurance} only, which needs an acknowledgement.",
      "Set enclave.environment."),
  BACKEND_NEEDS_ACKNOWLEDGEMENT(
      "Backend {backend} gives {assurance} only: keys lie there unencrypted.",
      "If that is meant, set enclave.acknowledge-reduced-security=true."),
  REDUCED_SECURITY(
      "REDUCED SECURITY: its keys have {assurance} assurance at most and {recommended} is"
          + " recommended",
      "{remedy}"),
  RAISE_THE_MINIMUM("remove enclave.minimum-assurance once a stronger backend is there"),
  KEEP_NOTHING_OF_VALUE("let nothing of value depend on these keys"),
  WHILE_OPENED(" while it was opened"),
  NOTHING_RESOLVED("nothing is resolved"),
  OPENED_BESIDES("Opened backend {backend} besides"),
  OPENING("Opening backend {backend} by {provider}"),
  IS_OPEN("Backend {backend} is open. {warnings}"),
  WARNINGS("Warnings: {codes} (see enclave doctor)"),
  DETAIL("Backend {backend}: {code}: {observed}; {remedy}"),
  NOT_FIT("Backend {backend} is not fit for use: {observed}{remedy}."),
  TO_MEND_IT(". To mend it: "),
  TO_ANSWER_A_HEALTH_CHECK("answer a health check"),
  TO_TELL_PERMISSIONS("tell its permissions"),
  TO_READ_KEY("read key {key}"),
  TO_LIST_KEYS("list its keys"),
  NO_WORD_ON_PERMISSIONS(
      "backend {backend} cannot tell which permissions it has",
      "create a key and sign with it to find out"),
  PERMISSIONS_UNKNOWN(
      "whether these permissions are granted is not known: {permissions}; {reason}", "{remedy}"),
  PERMISSION_MISSING("permission {permission} is missing, which {operations} needs", "{remedy}"),
  PERMISSION_IN_EXCESS(
      "permission {permission} is granted, which is not needed and allows {operations}",
      "{remedy}"),
  NOT_THERE_YET(
      "a start-up will create {observed}",
      "start the service as the user that is to own it, or name an existing one"),
  KEY_UNUSABLE("Key {key} is {versions}", "Enable it, or use another key"),
  NO_KEY_USABLE(
      "No key that was read can be used; versions are {versions}", "Enable it, or use another key"),
  UNREADABLE_STAMP_ACCEPTED(
      "key {key} is used although its environment stamp cannot be read ({observed}), which"
          + " {setting} accepts",
      "{remedy}, and remove that setting"),
  SEALS_ITSELF(
      "Backend {backend} cannot seal with a key of backend {lendingBackend}, which is the same one:"
          + " neither could be opened without the other.",
      "Name a wrapping key of a backend that needs none of {backend}."),
  SEALED_IN_A_CIRCLE(
      "Backend {backend} cannot seal with a key of backend {lendingBackend}, which is itself sealed"
          + " by way of it: neither could be opened without the other.",
      "Name a wrapping key of a backend that needs none of {backend}."),
  SEALED_BY_ANOTHER(
      "What is stored was sealed by {sealedBy} and {handle} is configured.",
      "Configure the key that sealed it."),

  // -- calls
  ASKED_TOO_LATE(
      "The deadline passed before backend {backend} was asked to {toDo}. Call again with more"
          + " time."),
  ANSWER_LOST_HELD_BACK("the answer was lost and the backend is held back until {at}"),
  BREAKER_RECOVERING(
      "Backend {backend} answers again after an outage and gets its calls back step by step, so"
          + " this one ({toDo}) is held back. Call again at {at}."),
  BREAKER_OPEN(
      "Backend {backend} has not answered many calls in a row, so this one ({toDo}) is held back."
          + " Call again at {at}."),
  ANSWER_LOST_INTERRUPTED("the answer was lost and the thread was interrupted"),
  INTERRUPTED_BEFORE_REPEAT(
      "The thread was interrupted while waiting to repeat: {toDo}. Nothing was released; call again"
          + " if it is still wanted."),
  ANSWER_WRONG("Backend {backend} gave an answer that cannot be right (to: {toDo}): {reason}"),
  COULD_NOT_IN_ATTEMPTS("Backend {backend} could not {toDo} in {count} attempts: {reason}"),
  COULD_NOT("Backend {backend} could not {toDo}: {reason}"),
  PROVIDER_REQUEST(" (provider request {requestId})"),
  OUTCOME_UNKNOWN(
      "Backend {backend} was asked to {toDo} and did not say whether it did: {observed} It may have"
          + " been carried out; look before you repeat it."),
  OUTCOME_UNKNOWN_STOPPED(
      "Backend {backend} was asked to {toDo} and did not say whether it did: {observed}. It may"
          + " have been carried out; look before you repeat it."),
  NOT_OPENED_IN_ATTEMPTS("Backend {backend} cannot be opened, after {count} attempts: {reason}"),
  NOT_OPENED("Backend {backend} cannot be opened: {reason}"),
  INTERRUPTED_WHILE_OPENING(
      "The thread was interrupted while backend {backend} was opened. Start again if it is still"
          + " wanted."),
  BACKEND_HANGS(
      "Backend {backend} hangs: it did not open and answer a health check within {count} seconds."
          + " Check that its endpoint can be reached from here; report a backend that ignores its"
          + " deadline to its author."),
  STILL_OPENING(
      "Backend {backend} was still being opened when the deadline of this call passed. The opening"
          + " goes on: call again. Check that its endpoint can be reached from here if it stays"
          + " so."),
  CLOSED_MEANWHILE(
      "This Enclave has been closed meanwhile, so backend {backend} is not opened any more."),

  // -- keys
  LENT_KEY(
      "Key {namedKey} is not for callers: {lender} it. Use another wrapping key. If applications"
          + " need this one too, name it in {setting}: {setting}={namedKey}."),
  LENT_KEY_DECRYPTS_NOT(
      "Key {namedKey} is not for callers: {lender} it. A lent key decrypts no raw ciphertext for"
          + " callers, since that could be a data key. Encrypt with the public key of another"
          + " wrapping key."),
  CLOCKS_DIFFER(
      "This machine's clock says {now}, and backend {backend}'s {at}: the process rotates keys, and"
          + " ends old versions, by the earlier",
      "set this machine's clock by NTP, and look at what was rotated or disabled early"),
  NOT_OVER_BY_CLOCKS(
      "Version {version} of key {key} is to be destroyed at {end}, {duration} after it was"
          + " replaced. This machine's clock says {now}, and backend {backend}'s {at}. Nothing was"
          + " destroyed. Set this machine's clock by NTP."),
  NOT_OVER_BY_RECORDS(
      "Version {version} of key {key} is to be destroyed at {end}, {duration} after it was"
          + " replaced. This machine's clock says {now}, backend {backend} tells no time, and by"
          + " this process and the audit log's records no more is certain than that it is {at}."
          + " Nothing was destroyed. Check the clock; if it is right, leave the process open, or"
          + " destroy the version yourself."),
  DESTROYED_FOUND_AGAIN(
      "version {version} of key {key} was destroyed at {at}, as the audit log says, and is {state}"
          + " again",
      "find out who put its record back; then destroy it again, enclave keys disable {key}"
          + " --version {version} and enclave keys destroy {key} --version {version} --yes, or"
          + " remove the record"),
  DESTROYED_NOT_USED(
      "Version {version} of key {key} was destroyed at {at}, as the audit log says, and is {state}"
          + " again. Nothing was signed: find out who put its record back; then destroy it again,"
          + " enclave keys disable {key} --version {version} and enclave keys destroy {key}"
          + " --version {version} --yes, or remove the record."),
  NAME_OF_COMPANION(
      "Key {key} is a companion, which signs in another key's place in an outage, and nothing else."
          + " Use another name."),
  NAME_OF_COUNTERSIGNER(
      "Key {key} countersigns the checkpoints of audit logs and nothing else. Use another name."),
  NAME_OF_SIGNER("Key {key} signs what Enclave itself states and nothing else. Use another name."),
  PUBLISHED_TOO_SHORT(
      "{stated}, and verifiers may keep public keys for {cacheTime} ({cacheSetting}) and clocks"
          + " differ by up to {clocksApart}.",
      "Set it to {leastTime} or longer, or shorten the cache time."),
  PUBLISHED_TOO_LONG(
      "{stated}, and keys are rotated every {interval} ({intervalSetting}).",
      "Publish not longer ahead than the interval is, or make the interval longer."),
  VERIFIED_TOO_SHORT(
      "{stated}, and verifiers may keep public keys for {cacheTime} ({cacheSetting}), another"
          + " process may sign with the old version for {readingTime} ({readingSetting}) and clocks"
          + " differ by up to {clocksApart}.",
      "Set it to {leastTime} or longer, or shorten the cache time."),
  DESTROYED_BUT_VERIFIED_EVER(
      "{stated}, and versions verify for ever (not set: {verifySetting}).",
      "Both count from the moment when a version is replaced: set {verifySetting} to less than"
          + " {destroySetting}."),
  DESTROYED_BEFORE_VERIFIED(
      "{stated}, and a version verifies for {verifyTime} ({verifySetting}).",
      "Both count from the moment when a version is replaced: set {verifySetting} to less than"
          + " {destroySetting}."),
  CHANGE_NOT_VISIBLE("Backend {backend} does not show the change of key {key} yet: {reason}"),
  OTHER_KEY_ANSWERED(
      "Backend {backend} was asked for key {key} and answered for {otherKey}. Do not use it until"
          + " that is understood."),
  READ_BEFORE_WRITE("A read shows the state before the write. Read again."),
  STAMP_ACCEPTED(
      "Key {key} is used although its environment stamp is {stamp}; setting {setting} accepts"
          + " that"),
  HANDLE_OF_OTHER_AUTHORITY(
      "The handle of key {key} names {authority} and backend {backend} is open on {openAuthority}."
          + " Point the configuration at the place the key lives in."),
  KEY_REPLACED(
      "Key {key} had the public key {expected} and now has {found}. Somebody replaced it; do not"
          + " use it until that is understood."),
  INTERRUPTED_AT_KEY(
      "The thread was interrupted while another one was {doing} key {key}. Nothing was done; call"
          + " again if it is still wanted."),
  KEY_BUSY(
      "Another thread was still {doing} key {key} of backend {backend} when the deadline passed."
          + " Call again, or check why the backend is slow."),
  KEY_ADOPTED(
      "Key {key} is adopted (enclave.keys.{key}): it is read and used, not changed. Change it where"
          + " it is managed: {place}."),
  VERSION_NOT_PUT(
      "Backend {backend} was asked to put version {version} of key {key} into state {askedState}"
          + " and left it {state}. Do not rely on it; change the version with the provider's own"
          + " tools."),
  PUBLIC_KEY_IS_NONE(
      "Version {version} of key {key} is not used, since its public key is none: {fault} Rotate or"
          + " destroy it once that is understood."),
  KEY_MIGRATED(
      "Key {key} of backend {backend} was migrated to {handle} and signs no more. Compare that"
          + " handle with the record of the migration and use it, or set"
          + " enclave.migration.follow=true."),
  NO_ACTIVE_BUT_DISABLED(
      "Key {key} has no active version (its versions are {states}). Enable a version that is"
          + " disabled, or create another key."),
  NO_ACTIVE_VERSION(
      "Key {key} has no active version (its versions are {states}). Create another key."),
  NO_SUCH_VERSION("Key {key} has no version {version}. Its versions are {states}."),
  SETTING_LENDS("setting {setting} lends"),
  BACKEND_BORROWS("backend {backend} borrows"),
  BACKEND_ANSWERS_NULL(
      "Backend {backend} threw {type} or answered null to {method}. Report it to its author; run"
          + " the contract tests on it."),
  BACKEND_OF_OTHER_ID(
      "Backend {backend} says it is {otherBackend}. Report it to its author; run the contract tests"
          + " on it."),
  BACKEND_LACKS_CAPABILITY(
      "Backend {backend} offers {algorithm} but has no {capability}. Report it to its author; run"
          + " the contract tests on it."),
  BACKEND_AUTHORITY_UNFIT(
      "Backend {backend} has an authority that no handle can hold: {reason}. Report it to its"
          + " author; run the contract tests on it."),
  CAPABILITY_MISSING(
      "Backend {backend} cannot {toDo} (it has no {capability}). Use the provider's own tools, or a"
          + " key in another backend."),
  BACKEND_THREW_AT_CLOSE(
      "Backend {backend} threw {type} when it was closed, which a backend must not."),
  OBSERVER_THREW(
      "Observer {observer} threw {type}, which changes nothing but what it observes. Mend it; what"
          + " it throws is logged once."),
  CLOSED("This Enclave has been closed. Open one per service and close it when the service ends."),

  // -- use
  MESSAGE_NOT_TAKEN(
      "Backend {backend} cannot sign this with {algorithm}: it takes messages of {least} to {most}"
          + " bytes and this one has {count}. It is not hashed behind your back; use another"
          + " algorithm or a message of such a size."),
  DIGEST_NOT_TAKEN(
      "Backend {backend} cannot sign this with {algorithm}: it takes no digests. Pass the data as a"
          + " Message."),
  STATEMENT_NOT_ON_KEY("Whether the statement is on this very key was not checked."),
  HARDWARE_NOT_CHECKED("Whether the hardware signed the statement was not checked."),
  CERTIFICATES_DO_NOT_HOLD("The certificates of {chain} do not hold: {reason}."),
  NO_ROOT_GIVEN("No root certificate was given, so nobody vouches for the hardware."),
  NO_CHAIN_TO_ROOT("No chain ends at root {root}."),
  NOTHING_OPENS(
      "Key {key} has no version that opens anything: all are pending, disabled or destroyed. Enable"
          + " the one that the ciphertext was made for."),
  NO_CIPHERTEXTS(
      "Key {key} is for {algorithm}, which has no public key that others could encrypt with. Open"
          + " what it sealed with unseal."),
  CIPHERTEXT_LENGTH(
      "A ciphertext for {algorithm} has {bytes} bytes and this one has {count}. Give the ciphertext"
          + " unchanged and decoded."),
  CIPHERTEXT_CORRUPT(
      "The ciphertext was not made for key {key} with RSA-OAEP, SHA-256 and an empty label, or was"
          + " changed. Give it unchanged, and see that its maker used this key's public key."),
  GRACE_TOO_LONG(
      "A replaced version was to sign for {duration}. Use a duration of a minute at most, such as"
          + " PT10S."),
  REPLACED_BY_ACTIVE(
      "Version {version} of key {key} is no longer active: version {activeVersion} is. Nothing was"
          + " signed; take another signer with SigningKey.signer() and name its version."),
  REPLACED_FOR_BACKEND(
      "Version {version} of key {key} is no longer active: the backend refused it. Nothing was"
          + " signed; take another signer with SigningKey.signer() and name its version."),
  NO_SUCH_ENCODING("Signatures of {scheme} have no {encoding} encoding. Use {defaultEncoding}."),
  MESSAGE_RESERVED(
      "The message to sign with key {key} begins as what Enclave itself signs does. Nothing was"
          + " signed. Put something of the application's own before it."),
  KEY_SIGNS(
      "Key {key} is for {algorithm}, that is to {purpose}. Name a key that wraps, or find this one"
          + " by signingKeys()."),
  KEY_WRAPS(
      "Key {key} is for {algorithm}, that is to {purpose}. Name a key that signs, or find this one"
          + " by wrappingKeys()."),
  DOES_NOT_SIGN_WITH(
      "Backend {backend} does not sign with {algorithm}. Use another key or backend."),
  SIGNED_BY_OTHER_VERSION(
      "Backend {backend} answered wrongly for key {key}: version {askedVersion} was asked and"
          + " {version} answered. The answer is withheld; do not trust the backend until that is"
          + " understood."),
  SIGNATURE_MALFORMED(
      "Backend {backend} answered wrongly for key {key}: its signature is malformed. The answer is"
          + " withheld; do not trust the backend until that is understood."),
  SIGNATURE_NOT_VERIFIED(
      "Backend {backend} gave a signature that does not verify against version {version} of key"
          + " {key}. It is withheld; do not trust the backend until that is understood."),
  SEALED_BOX_CORRUPT(
      "The sealed box or its associated data differs from what was sealed. Give the box unchanged"
          + " and the same associated data."),
  DISABLED_OPENS_NOTHING(
      "Version {version} of key {key} is {state} and opens nothing. Enable the version."),
  VERSION_OPENS_NOTHING(
      "Version {version} of key {key} is {state} and opens nothing. What it sealed cannot be opened"
          + " any more; restore the key from a backup."),

  // -- lifecycle
  ROTATED_MEANWHILE(
      "Key {key} was not rotated: version {version} was expected to be active and version"
          + " {activeVersion} is. Somebody else rotated it; look at it before you rotate again."),
  REPLACED_MEANWHILE(
      "Key {key} was not rotated: version {version} was expected to be active and another is."
          + " Somebody else rotated it; look at it before you rotate again."),
  LOG_KEEPS_NO_RECORDS(
      "Version {version} of key {key} was not destroyed: backend {backend} forgets its public key,"
          + " and the audit log here does not keep its records (standard output, or a sink that"
          + " does not say so), so nobody could verify what it signed. Set enclave.audit.sink=file"
          + " and enclave.audit.directory to a place that lasts, and destroy it again, from another"
          + " machine if need be. If nobody has to, use the provider's own tools."),
  PUBLIC_KEY_ANSWERED_OTHERWISE(
      "Version {version} of key {key} was not destroyed: backend {backend} forgets its public key,"
          + " and the backend answers something else in its place, and the audit log here has no"
          + " record of it, so nobody could verify what it signed. Try again later, should that"
          + " answer pass; destroy it where the key was made, with that audit log; or, if no"
          + " signature of it was ever released, disable it here and destroy it then. If nobody has"
          + " to, use the provider's own tools."),
  PUBLIC_KEY_NOT_TOLD(
      "Version {version} of key {key} was not destroyed: backend {backend} forgets its public key,"
          + " and the backend does not tell it of a version that is {state}, and the audit log here"
          + " has no record of it, so nobody could verify what it signed. Destroy it where the key"
          + " was made or the version was switched off, with that audit log; or enable it, disable"
          + " it again and destroy it, all with this log. If nobody has to, use the provider's own"
          + " tools."),
  NOT_TO_BE_BACKED_UP(
      "Key {key} cannot be backed up: no private key leaves backend {backend}, which is what"
          + " protects it there, and its provider keeps it durable. Where a backup is needed,"
          + " create keys in a backend that gives them out, such as software."),
  BACKED_UP_WRONG_PRIVATE_KEY(
      "Backend {backend} was asked to export key {key} and gave something else: a private key that"
          + " does not belong to its public key. Nothing was written; report it to the author of"
          + " the backend."),
  BACKED_UP_OTHER_KEY(
      "Backend {backend} was asked to export key {key} and gave something else: it is key"
          + " {otherKey} for {algorithm}. Nothing was written; report it to the author of the"
          + " backend."),
  BACKED_UP_OTHER_VERSION(
      "Backend {backend} was asked to export key {key} and gave something else: version {version}"
          + " has another public key. Nothing was written; report it to the author of the"
          + " backend."),
  BACKED_UP_WITHOUT_VERSION(
      "Backend {backend} was asked to export key {key} and gave something else: version {version}"
          + " is missing. Nothing was written; report it to the author of the backend."),
  PASSWORD_TOO_SHORT(
      "The password of the backup has {count} characters. Use at least {least}, chosen at random:"
          + " whoever has the file can guess without limit."),
  PASSWORD_WITH_CONTROL_CHARACTER(
      "The password of the backup has a control character, which not every tool can be given. Leave"
          + " it out."),
  PASSWORD_EMPTY("The password of the backup is empty. Give the one the backup was made with."),
  PASSWORD_TOO_LONG("The password of the backup has {count} characters. Use at most {most}."),
  PASSWORD_WITH_HALF_CHARACTER(
      "The password of the backup has half a character (a lone surrogate). Type it anew."),
  INTERRUPTED_WHILE_READING(
      "The thread was interrupted while keys were read. Nothing was changed; call again if it is"
          + " still wanted."),
  ALL_VERSIONS_DESTROYED(
      "Every version of key {key} is destroyed, so that it is never rotated again. Create another"
          + " key."),
  INTERVAL_NOT_STORED(
      "Backend {backend} was asked to store the rotation interval {askedInterval} with key {key}"
          + " and answered with {interval}. Load the key to see which one it has, and report it to"
          + " the backend's author."),
  REPLACEMENT_NOT_ACTIVE(
      "The time of version {version} of key {key} is over, and it stays, since version"
          + " {replacement}, which replaced it, is not active any more. Look at the key's versions;"
          + " {change} it yourself if you mean to."),
  MOVED_IS_DESTROYED_BY_PLAN(
      "Version {version} of key {key} was migrated to {handle}, and {environment} destroys it by an"
          + " approved plan alone. Make one from the record of the migration: enclave migrate"
          + " plan-destruction RECORD."),
  ACTIVE_NOT_DESTROYED(
      "Version {version} of key {key} is active and was not destroyed. Disable it first, or rotate"
          + " the key; then destroy the version."),
  CHANGED_WHILE_MIGRATED(
      "Version {version} of key {key} became {state} while the key was migrated, and stays so. The"
          + " new key is there. Find out why the version was changed before the new key is used."),
  STATE_NOT_REACHABLE(
      "Version {version} of key {key} is {state} and cannot become {askedState}. Rotate the key for"
          + " a new version."),
  KEEPS_NO_KEYS("backend {backend} keeps no keys"),
  LEAVES_NO_ALGORITHM(
      "backend {backend} and the policy leave none of {algorithms} for texts of {count} bytes"),
  CHECKPOINTS_OTHER_ALGORITHM(
      "Key {key} exists for {algorithm}, and checkpoints are signed with one of {algorithms}."
          + " Remove it, or set enclave.audit.countersign=off."),
  CHECKPOINTS_TOO_WEAK(
      "Key {key} has assurance {assurance} and {leastAssurance} is the least for a"
          + " countersignature. Use a key that has it, or set enclave.audit.countersign=off if the"
          + " log names no countersigner yet."),
  NO_ALGORITHM_FITS("no algorithm fits"),
  NO_COUNTERSIGNER(
      "No key can be made that countersigns checkpoints: {reason}. Set"
          + " enclave.audit.countersign=off."),
  COUNTERSIGNER_FOREIGN(
      "The audit log names key {key} as its countersigner, and only {checkpointKey} countersigns."
          + " Keep the log for whoever finds out why, and set enclave.audit.directory to another"
          + " place."),
  CHECKPOINT_OF_OTHER_VERSION(
      "Backend {backend} signed a checkpoint with version {version} and {askedVersion} was asked."
          + " The answer is withheld."),
  CREATED_NAME_ADOPTED(
      "Key {key} is adopted by enclave.keys.{key}. Use it by that name, or create a key of another"
          + " name."),
  ALGORITHM_NOT_OFFERED("Backend {backend} does not offer {algorithm}. It offers {algorithms}."),
  MADE_BY_OPERATION(
      "Key {key} was made for {algorithm} by operation {operationId}, and {askedAlgorithm} was"
          + " asked. Use another operation id and another name."),
  CREATED_OTHERWISE(
      "Backend {backend} was asked for a key for {askedAlgorithm} stamped {environment} and made"
          + " one for {algorithm} stamped {stamp}. Report it to its author."),
  ADOPTED_FROM_OTHER_BACKEND(
      "Key {key} is adopted from backend {backend} by enclave.keys.{key} and backend {askedBackend}"
          + " was asked. Use another name there."),
  EXISTS_FOR_OTHER_ALGORITHM(
      "Key {key} exists for {algorithm} and {askedAlgorithm} was asked. Use another name; an"
          + " algorithm is fixed for the life of a key."),
  EXISTS_WITH_OTHER_INTERVAL(
      "Key {key} exists with the rotation interval {interval} and {askedInterval} was asked. Leave"
          + " the interval out of the specification to take the key as it is, or change it with"
          + " ManagedKey.changeRotation or: enclave keys rotation."),
  WRAPPING_KEY_NOT_PUBLISHED(
      "Key {key} is a wrapping key and has no public key to publish. Rotate it: nothing has to know"
          + " of the new version before."),
  ORIGIN_NOT_PUBLISHED(
      "Version {version} of key {key} has origin {origin}, and only a version that its backend says"
          + " it generated is published ahead. Rotate the key without"
          + " enclave.rotation.publish-ahead."),
  RESTORE_NOT_APPROVED(
      "No key is restored into {environment} without an approved migration, and there is none: a"
          + " private key that was in a file may be anywhere. Create a key here and rotate to it."),
  RESTORED_NAME_ADOPTED(
      "Key {key} is adopted by enclave.keys.{key}. Restore the backup under another name."),
  BACKUP_OF_OTHER_ENVIRONMENT(
      "The backup is of a key made for {otherEnvironment} and this is {environment}. Create a key"
          + " here; keys do not change environments."),
  BACKUP_ALGORITHM_NOT_OFFERED(
      "Backend {backend} does not offer {algorithm}, which the key in the backup is for. Restore it"
          + " in another backend."),
  RESTORED_OTHERWISE(
      "Backend {backend} was asked to restore {count} versions of a key for {algorithm} and made"
          + " something else of them. Destroy key {key} and report it to the author of the"
          + " backend."),
  PUBLISHED_VERSION_WAITS(
      "Version {version} of key {key} was made at {at}, and verifiers know it from {knownAt} on. It"
          + " becomes active then; rotate it by name to activate it now."),
  VERSION_GIVEN_UP(
      "Version {version}, which operation {operationId} made for key {key}, is {state}. Rotate with"
          + " another operation id."),
  NO_NEW_VERSION(
      "Backend {backend} was asked for a new version of key {key} and answered with version"
          + " {version}, which is {state}. Look at the key before you repeat it."),
  PENDING_LEFT_OVER("Pending version {version} of key {key} is left over: {reason}"),
  STATEMENT_NOT_VERIFIED(
      "Backend {backend} signed a statement with key {key} that does not verify. Do not trust the"
          + " backend until that is understood."),
  NO_ALGORITHM_FOR_STATEMENTS(
      "Backend {backend} and the policy leave no algorithm for key {key}, which signs what Enclave"
          + " states. Allow one that the backend offers, such as ECDSA_P256_SHA256."),
  PASSPHRASE_INVALID(
      "The new passphrase is empty, too long or no Unicode text. Give one of 1 to 4096 bytes in"
          + " UTF-8."),

  // -- rotation
  CLOCK_AHEAD(
      "no keys are rotated by this process, since one was due again as soon as it had been rotated:"
          + " the machine's clock is ahead of the backend's",
      "set the clock right and restart the process"),
  ONE_KEY_OVERDUE(
      "one key is overdue for rotation: {overdue}",
      "mend what keeps it, or rotate it: enclave keys rotate {key}"),
  KEYS_OVERDUE(
      "{count} keys are overdue for rotation, longest {overdue}",
      "mend what keeps it, or rotate it: enclave keys rotate {key}"),
  ONE_KEY("one key"),
  KEYS("{count} keys"),
  VERSIONS_OVERDUE(
      "the time of old versions of {keyCount} is over, longest version {version} of {overdue}",
      "mend what keeps it, or do it: enclave keys {command} {key} --version {version}"),
  DUE_FAILED_ONCE("{key} since {at}, {count} attempt failed here, the last with {code}"),
  DUE_FAILED("{key} since {at}, {count} attempts failed here, the last with {code}"),
  DUE_NOT_ATTEMPTED("{key} since {at}, which this process has not attempted"),
  NOBODY_ROTATES(
      "no keys are rotated by this process, since its account may not list and change them, and"
          + " nobody else rotates {overdue}",
      "keep a process open whose account may (enclave doctor --permissions names the rights), or"
          + " run enclave keys rotate by an administrator; here set"
          + " enclave.rotation.automatic=off"),
  MAY_NOT_ROTATE(
      "no keys are rotated by this process, since its account may not list and change them",
      "keep a process open whose account may (enclave doctor --permissions names the rights), or"
          + " run enclave keys rotate by an administrator; here set"
          + " enclave.rotation.automatic=off"),
  FOUND_AGAIN("{count} versions are there again: {observed}"),
  AND_OTHERS("{names} and others"),
  ONE_NOT_REWRAPPED(
      "1 key is not known to be sealed under the current version of the key-encryption key:"
          + " {names}",
      "do not disable older versions of the key-encryption key; mend what keeps them, and run:"
          + " enclave keys reseal"),
  NOT_REWRAPPED(
      "{count} keys are not known to be sealed under the current version of the key-encryption key:"
          + " {names}",
      "do not disable older versions of the key-encryption key; mend what keeps them, and run:"
          + " enclave keys reseal"),
  CLOCK_FIX("check this machine's clock; nothing is lost meanwhile"),
  KEY_DATA_PUT_BACK("Key data was put back: {observed}."),
  DESTROYED_UNKNOWN("The audit log cannot be read for which versions were destroyed ({reason})."),
  DESTROYED_UNKNOWN_FINDING(
      "the audit log cannot be read for which versions were destroyed, so that one whose record is"
          + " put back is not told: {reason}",
      "run enclave audit verify, and correct what it says"),
  COMPARED_WITH_LOG("compared with the audit log"),
  DUE_AT_ONCE(
      "Key {key} was rotated and is due at once by this machine's clock ({at}). No more keys are"
          + " rotated by this process. Set the clock right and restart it."),
  LISTENER_THREW(
      "Rotation listener {listener} threw {type}, which changes nothing of the rotation. Mend it;"
          + " what it throws is logged once."),
  SCHEDULER_TAKES_NONE(
      "Keys are not {work} any more: the scheduler takes no tasks. Close the Enclave before its"
          + " scheduler."),
  WORK_FAILED(
      "Work on keys, which are to be {work}, failed where nothing should, and goes on later:"
          + " {reason}"),
  ROTATION_INTERRUPTED("A rotation was interrupted, since the Enclave is closed"),

  // -- migration
  SOURCE_CHANGED(
      "The keys are not as the migration left them: version {version} of key {handle} is {state}"
          + " and moved to {otherHandle}. Nothing was destroyed. Migrate the key again, or destroy"
          + " what is not needed with enclave keys destroy."),
  SOURCE_NOT_MOVED(
      "The keys are not as the migration left them: version {version} of key {handle} is {state}"
          + " and not moved. Nothing was destroyed. Migrate the key again, or destroy what is not"
          + " needed with enclave keys destroy."),
  MIGRATED_KEY_REPLACED(
      "Version {version} of key {key} in {backend} has another public key than the record of the"
          + " migration names. Nothing was destroyed. Find out which of the two is right."),
  PLAN_OF_OTHER_ENVIRONMENT(
      "The plan is for {otherEnvironment} and this is {environment}. Make a plan here."),
  PLAN_NOT_VALID_NOW(
      "The plan holds from {from} to {until}, it is {now}, and enclave.migration.validity is"
          + " {duration}. Make a new plan."),
  DESTRUCTION_TOO_EARLY(
      "Key {key} was migrated at {at}, enclave.migration.destroy-after is {duration}, and it is"
          + " {now} by this machine's clock, {agreed} by the earliest of its own and the backends'."
          + " Carry the plan out after {from}, with one that holds then."),
  SOURCE_DESTROYED("Version {version} of key {key} is destroyed. There is nothing more to do."),
  SUCCESSOR_CHANGED(
      "The keys are not as the migration left them: version {version} of the new key {handle} is"
          + " {state}. Nothing was destroyed. Migrate the key again, or destroy what is not needed"
          + " with enclave keys destroy."),
  SUCCESSOR_SIGNS_WRONGLY(
      "The new key {handle} made a signature that does not verify. Nothing was destroyed. Find out"
          + " what is wrong with its backend."),
  EXPORTED_OTHERWISE(
      "Backend {backend} gave out another key than the plan names. Nothing was imported. Make a new"
          + " plan."),
  TARGET_ELSEWHERE(
      "The plan is not one for what is here: the target of the plan is at {plannedAuthority} and"
          + " the configuration names {authority}. Make a new plan."),
  PLANNED_KEY_REPLACED(
      "The plan is not one for what is here: version {version} of key {key} has another public key."
          + " Make a new plan."),
  ROTATED_AFTER_PLAN(
      "Version {version} of key {key} is {state} and version {activeVersion} is active: the key was"
          + " rotated after the plan was made. Make a new plan."),
  CANNOT_SIGN_FOR_SUCCESSOR(
      "Version {version} of key {key} is {state} and cannot sign for its successor. Enable it, or"
          + " make a plan of another key."),
  PLAN_CARRIED_OUT(
      "Plan {hash} was carried out before: version {version} of key {key} is {state}. Its record,"
          + " and the records of MIGRATE in the audit log, say where the key is."),
  PLAN_WITHOUT_WAY("the plan has no way"),
  NOT_MIGRATABLE("Key {key} cannot be migrated to {backend}: {reason}. Nothing was changed."),
  PLAN_TOLD_OTHERWISE(
      "The plan is not one for what is here: what it says of obstacles and changes is not what is"
          + " found here. Make a new plan."),
  ROTATED_WHILE_MIGRATED(
      "Key {key} was rotated while it was migrated: its version {version} is active and goes on"
          + " signing. Disable that version, or the new key."),
  WRAPPING_KEY_NOT_MIGRATED(
      "Key {key} wraps, and migrations are for keys that sign. Create a wrapping key in backend"
          + " {backend} and seal what this one sealed anew."),
  STAMPLESS_NOT_MIGRATED(
      "Key {key} carries no stamp of {environment}, so it may be a development key, and is not"
          + " migrated. Create a key in the target."),
  NO_PUBLIC_KEY_TO_SUCCEED(
      "Backend {backend} gives no public key for the active version of key {key}, so nobody could"
          + " verify its successor."),
  ADDRESS_CHANGES(
      "changes: whatever was sent to an address of the old key is moved by its signature"),
  STAYS("stays"),
  PUBLIC_KEY_CHANGES("changes: the old key signs a statement on it"),
  ASSURANCE_AFTERWARDS(
      "{assurance} now; afterwards as {backend} reports it, at least {leastAssurance}"),
  GENERATED_AFTERWARDS("{origin} now; afterwards GENERATED"),
  IMPORTED_AFTERWARDS("{origin} now; afterwards IMPORTED"),
  REQUESTS_OF_SUCCESSION(
      "{backend}: 2 readings, 2 signatures, 1 record of the move, 1 change of state;"
          + " {otherBackend}: 1 creation, 1 signature"),
  REQUESTS_OF_IMPORT(
      "{backend}: 2 readings, 1 export, 2 signatures, 1 record of the move, 1 change of state;"
          + " {otherBackend}: 1 import, 1 signature"),
  COST_OF_SECOND_KEY(
      "one more key in {otherBackend}; the old one stays in {backend} until destroyed"),
  OFFERS_ALL("{otherBackend} offers all that {backend} offers"),
  OFFERS_LESS("{otherBackend} lacks {lacking}"),
  ALREADY_THERE("the key is in {backend} already"),
  MANAGED_ELSEWHERE("the key is adopted, and is changed only where it is managed"),
  TARGET_NOT_ALLOWED("the policy does not allow backend {backend}"),
  DOES_NOT_OFFER("{backend} does not offer {algorithm}"),
  CREATES_NO_KEYS("{backend} creates no keys"),
  RETIRES_NO_VERSION("{backend} cannot make a version verify-only"),
  NO_PRIVATE_KEY_LEAVES("no private key leaves {backend}"),
  NO_FOREIGN_ORIGIN("{environment} takes no private key that was outside its backend"),
  TOO_MANY_VERSIONS("the key has {count} versions, and an import is of a key with one"),
  IMPORTS_NO_KEYS("{backend} imports no keys"),
  IMPORTS_NO_KEYS_FOR("{backend} imports no keys for {algorithm}"),
  REHEARSED_PLACE("key {key} in {backend} at {authority}"),
  STEP_GO_ON(
      "go on with {place}, which is there already; if another operation than this plan made it, the"
          + " run is refused ({code})"),
  STEP_IMPORT("take the private key out of {backend} and import it as {place} for {algorithm}"),
  STEP_CREATE("create {place} for {algorithm}"),
  STEP_SIGN(
      "sign the statement with version {version} of {handle}, with the new key and with the"
          + " statement key of {backend}"),
  STEP_WRITE("write the record"),
  STEP_RECORD("record the new handle with the old key, where {backend} can"),
  STEP_RETIRE("make version {version} of the old key verify-only"),
  TARGET_PERMISSIONS_UNKNOWN("backend {backend} cannot tell which permissions it has"),
  TARGET_PERMISSION_MISSING(
      "backend {backend}: permission {permission} is missing, which {neededFor} needs: {fix}"),
  PERMISSION_MAYBE_MISSING(
      "backend {backend}: permission {permission} may be missing ({reason}), which {neededFor}"
          + " needs: {fix}"),
  PLAN_ON_OTHER_KEY(
      "The key is not as the plan says: the plan is on key {plannedHandle} and this is {handle}."
          + " Nothing was changed. Make a new plan."),
  PLAN_NAMES_OTHER_PUBLIC_KEY(
      "Version {version} of key {handle} has another public key than the plan names. Nothing was"
          + " changed. Find out which of the two is right."),
  SINCE(" since {at}"),
  ACTIVE_SINCE(", active since {at}"),
  OTHER_VERSION_ACTIVE(
      "The key is not as the plan says: version {version} is active{since}, and the plan replaces"
          + " version {plannedVersion}{plannedSince}. Nothing was changed. Make a new plan."),
  WRAPPING_KEY_NOT_REINSTATED(
      "Key {key} wraps, and opens with every version that is not disabled. No version of it has to"
          + " be made active again."),
  ROTATED_BY_TIME(
      "Key {key} is rotated by time, next at {at}, which would replace the version again. Set its"
          + " interval first: enclave keys rotation {key} never."),
  REINSTATED_ALREADY("Version {version} of key {key} is active. There is nothing more to do."),
  DISABLED_NOT_REINSTATED(
      "Version {version} of key {key} is {state}, and only one that verifies can sign again. Enable"
          + " it first, unless somebody else may have its private key."),
  VERSION_NOT_REINSTATED(
      "Version {version} of key {key} is {state}, and only one that verifies can sign again."),
  NO_PUBLIC_KEY_TO_APPROVE(
      "Backend {backend} gives no public key for version {version} of key {key}, so nobody could"
          + " tell what is approved."),
  REINSTATED_OTHERWISE(
      "Backend {backend} was asked to make version {version} of key {key} active and left version"
          + " {activeVersion} active. Look at the key before you repeat it."),

  // -- fallback
  TOO_MANY_COMPANIONS(
      "The software backend has {count} destroyed companions of one key. Give it another"
          + " enclave.software.directory."),
  ENDORSEMENT_NOT_VERIFIED(
      "Backend {backend} signed an endorsement with key {key} that does not verify. No companion"
          + " stands in for the key; do not trust the backend until that is understood."),
  COMPANION_DESTROYED("Companion {key}, which has served, is destroyed"),
  COMPANION_NOT_DESTROYED("Companion {key}, which has served, is not destroyed yet: {reason}"),
  COMPANIONS_SWEPT("Destroyed {count} companions that no deployment uses any more"),
  UNUSED_COMPANIONS_LEFT("Companions that cannot be read or destroyed: {keys}"),
  UNUSED_COMPANIONS_UNKNOWN("Whether there are companions that nobody uses is not known: {reason}"),
  COMPANIONS_OF_OTHER_BACKEND(
      "The key lies in backend {backend}, and companions are for keys of backend {otherBackend}."
          + " Open an Enclave for that backend."),
  COMPANION_OF_ADOPTED_KEY(
      "The key is adopted: it is managed elsewhere, and endorses nothing. Create a key of"
          + " Enclave's."),
  COMPANION_OF_WRAPPING_KEY(
      "The key wraps, and no companion opens what it sealed. Unsealing waits for the backend."),
  COMPANION_OF_ADDRESS(
      "Public keys for {algorithm} commonly are addresses, and a companion has another. Use an"
          + " algorithm on a NIST curve, or RSA, where signatures by fallback are wanted."),
  COMPANION_ALGORITHM_MISSING("The software backend has no keys for {algorithm}."),
  FALLBACK_BEGINS(
      "FALLBACK BEGINS: backend {backend} does not answer, and companions in software sign in the"
          + " place of its keys"),
  FALLBACK_ENDS(
      "FALLBACK ENDS: backend {backend} answers again; companions made {count} signatures since"
          + " {at}"),
  FALLBACK_GOES_ON(
      "FALLBACK GOES ON: backend {backend} does not answer, or not yet for long; companions made"
          + " {count} signatures since {at}, {newCount} of them since the last such line"),
  FALLBACK_ENDS_CLOSED(
      "FALLBACK ENDS, since the Enclave is closed: companions made {count} signatures since {at}"),
  FALLBACK_IN_USE(
      "backend {backend} does not answer, or not yet for long; companions in software made {count}"
          + " signatures since {at}",
      "restore the backend; signatures by fallback are in the audit log under fallbackFor"),
  NOT_ENDORSED_ANEW(
      "Key {key} has no companion that it endorsed anew, so none signs in its place in an outage"
          + " that comes later: {reason}"),
  ENDORSED_BY("Version {version} endorsed the companion."),
  ENDORSEMENT_FAILED("The companion could not be endorsed: {reason}"),
  NOT_ENDORSED(
      "No companion is endorsed for the version that is active. It will be soon, if the backend"
          + " answers."),

  // -- deferral
  NOT_KEPT_FOR_LATER(
      "{operation} holds a password or a plaintext, or results in one, and is not kept for later."
          + " Call it again when its backend answers."),
  KEK_OF_JOBS_CHANGED(
      "The key of the deferred operations is sealed by {handle} and enclave.jobs.kek is"
          + " {expectedHandle}. Set the KEK that sealed it, or give this deployment a database or"
          + " an enclave.jobs.deployment of its own."),
  STORED_OPERATION_REFUSED("Stored operation {ticket} is refused: {reason}"),
  TICKET_REMOVED("The ticket was removed meanwhile: its time was long over."),
  TICKETS_LIMIT("A limit of {count} tickets was asked. Use 1 to {most}."),
  NO_PLACE_TO_DEFER(
      "signOrDefer, createKeyOrDefer and rotateOrDefer need a place for deferred operations. Add"
          + " dev.enclave:enclave-jobs and set enclave.jobs.kek, or use sign, createKey or"
          + " rotate."),
  ENDED_WITHOUT_RESULT(
      "{failure}The ticket of this idempotency key, {ticket}, has ended without a result: {status}."
          + " Use another idempotency key."),
  FORM_UNKNOWN(
      "A stored operation is in a form that this version of Enclave does not know. Let the replica"
          + " that stored it carry it out, or cancel its ticket."),

  // -- handles of applications
  PUBLIC_KEY_FAULTY(
      "Backend {backend} gives no public key for the active version of key {key}: {fault} Report it"
          + " to the backend's author."),
  PUBLIC_KEY_NOT_GIVEN(
      "Backend {backend} gives no public key for the active version of key {key}. Report it to the"
          + " backend's author."),
  MIGRATED_TOO_OFTEN(
      "Key {handle} is the last of {count} keys, each migrated to the next. Use the handle that the"
          + " record of the last migration names."),
  NO_FALLBACK(
      "Nothing signs in an outage. Set enclave.fallback=software if a signature in software is"
          + " better than none."),
  ACTIVE_VERSION_UNKNOWN(
      "Whether another version of key {key} has become active is not known, since backend {backend}"
          + " did not answer soon when the key was read anew. Verify again later."),
  NO_NAME_IN_JOSE(
      "JOSE has no name for {scheme}, the algorithm of key {key}. Use a key of another algorithm,"
          + " such as ED25519, for JSON Web Signatures."),
  BOX_OF_OTHER_KEY(
      "The box was sealed by {kek} and this key is {handle}. Open it with Enclave.unseal, which"
          + " finds the key."),
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
