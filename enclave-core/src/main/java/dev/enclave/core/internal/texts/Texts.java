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
      "Key {key} was made for {stamp} and this is {environment}.",
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
  UNLOADABLE_DETECTOR("A detector on the class path cannot be loaded"),
  UNLOADABLE_OUTPUT("An audit output on the class path cannot be loaded"),
  UNLOADABLE_DEFERRAL("What keeps deferred operations cannot be loaded from the class path"),

  // -- detection

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
      "enclave.fallback is disabled, and these companions cannot be read or destroyed: {names}."
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
      "enclave.audit.retention shortens the retention of the audit log {change}, and older records"
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
      "Backend {backend} cannot seal with a key of backend {lender}, which is the same one:"
          + " neither could be opened without the other.",
      "Name a wrapping key of a backend that needs none of {backend}."),
  SEALED_IN_A_CIRCLE(
      "Backend {backend} cannot seal with a key of backend {lender}, which is itself sealed by way"
          + " of it: neither could be opened without the other.",
      "Name a wrapping key of a backend that needs none of {backend}."),
  SEALED_BY_ANOTHER(
      "What is stored was sealed by {sealedBy} and {handle} is configured.",
      "Configure the key that sealed it."),
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
