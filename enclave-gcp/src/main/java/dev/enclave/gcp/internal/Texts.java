package dev.enclave.gcp.internal;

import dev.enclave.internal.Text;

/** All that the backend of Google Cloud KMS says. */
public enum Texts implements Text {
  // -- gcp
  ESTIMATE(
      "about 1 USD if it ends within an hour, by the price list of 2026 (1 to 2.50 USD a version in"
          + " an HSM and month, by the hour; 0.15 USD for 10,000 operations at most)"),

  // -- internal
  LOG_IN_AGAIN("Run gcloud auth application-default login again."),
  SERVICE_ACCOUNT_KEY("a service account's private key"),
  OF_TYPE(" of type {type}"),
  WITHOUT_TYPE(", which says no type"),
  IMPERSONATING(
      ", which gcloud writes for --impersonate-service-account. In DEVELOPMENT and LOCAL log in"
          + " without that option; elsewhere attach the service account to the workload."),
  OTHER_TYPE(
      "Enclave uses files of type external_account and, in DEVELOPMENT and LOCAL, authorized_user,"
          + " or an attached service account."),
  PERSONS_LOGIN("a person's login"),
  LOGIN_LACKS("{credentials} lacks {field}."),
  LONG_LIVED("{told}: {what}, a long-lived credential, which {environment} refuses.", "{remedy}"),
  ATTACH_OR_FEDERATE(
      "Remove it, and attach a service account to the workload, or use workload identity"
          + " federation."),
  LOG_IN_INSTEAD("Remove it, and run gcloud auth application-default login."),
  NOT_GOOGLES("its {field} is not Google's"),
  PROGRAM(
      "Of {credentials}: its credential_source is a program to run, and what a program writes could"
          + " be anybody's. Enclave runs none.",
      "Use a source of --aws or --azure, or a file that the platform writes."),
  NO_SOURCE("its credential_source is no file, no address and not AWS, and Enclave uses no other"),
  NOT_AT_METADATA_SERVICE("its {field} is not at the instance metadata service"),
  WITH_IDENTITY(" with {identity}"),
  URL_NO_ADDRESS("its credential_source.url is no address"),
  URL_NOT_SECURE(
      "its credential_source.url is neither https nor an address of this machine or link, so a"
          + " token from there could be anybody's"),
  SAML("its subject_token_type is SAML, and Enclave takes JSON Web Tokens"),
  NO_RESOURCE("its credential_source.url names no resource"),
  HEADERS_NOT_SENDABLE("its credential_source.headers have one that cannot be sent"),
  LOOK_WHAT_ANSWERS("Look at what answers there."),
  NO_JSON_WEB_TOKEN(
      "{host}, which {credentials} names, answered something else than a JSON Web Token.",
      "{advice}"),
  NO_TOKEN_IN_FILE(
      "There is no token in {path}, which {credentials} names.",
      "See that the platform writes it."),
  CHECK_POOL("Check the workload identity pool, its provider and its conditions."),
  GRANT_IMPERSONATION(
      "Grant roles/iam.workloadIdentityUser on the service account to the workload."),
  NO_QUOTA_PROJECT(
      "{told}, whose quota_project_id is no id of a project.",
      "Set it anew by gcloud auth application-default set-quota-project."),
  LACKS_FIELD("it lacks {field}"),
  FIELD_IS_NOT("its {field} is not {value}"),
  NAMES_FILE("{namedBy} names {path}"),
  CREDENTIALS_FILE("credentials file {path}"),
  CREDENTIALS_UNFIT(
      "Of {credentials}: {observed}.",
      "Write it anew by gcloud iam workload-identity-pools create-cred-config."),
  TRY_IT("Create a key and sign with it to find out what works there"),
  UNKNOWN_REQUEST("does not know TestIamPermissions"),
  PERMISSIONS_NOT_TOLD(
      "The server at enclave.gcp-kms.endpoint does not tell permissions: it {unknownRequest}",
      "{tryIt}"),
  WOULD_NOT_SIGN(
      "Google Cloud KMS would not sign with {asked} for this identity",
      "Grant {permission} on the key or the key ring"),
  NOTHING_GRANTED("This identity has none of the permissions that Enclave needs on {ring}"),
  ROLES_OF_DOCTOR("the roles that doctor --iam prints. Who uses adopted keys alone may ignore it"),
  NOTHING_GRANTED_OR_NO_RING(
      "{none}, or there is no such key ring: Google answers both alike. No key can be created or"
          + " used there",
      "Compare enclave.gcp-kms.key-ring with gcloud kms keyrings list; then grant {grant}"),
  GRANT("Grant {grant}"),
  NO_KEY_RING(
      "Key ring {ring} does not exist",
      "Correct enclave.gcp-kms.key-ring, or make the key ring by gcloud kms keyrings create"),
  BY_ROLE_OR_RING(
      " on the key ring by a custom role, or correct enclave.gcp-kms.key-ring: a key ring that does"
          + " not exist grants nothing either; doctor --iam prints both roles"),
  BY_ROLE(" on the key ring by a custom role; doctor --iam prints both"),
  SIGNING("signing and sealing"),
  CREATING("creating, rotating and changing keys"),
  GRANT_PERMISSION("Grant {permission}{where}"),
  SERVER_DOES_NOT_KNOW("the server at enclave.gcp-kms.endpoint {unknownRequest}"),
  DATA_ACCESS_LOGS(
      "Google logs who signs and decrypts with keys of project {project} only where Data Access"
          + " logs of Cloud KMS are on, DATA_READ for signatures and ADMIN_READ for readings of"
          + " keys, which cannot be seen from here; doctor --iam prints what switches them on, and"
          + " docs/gcp.md the query that finds an operation of the audit log."),
  ROLE_FOR_USE("signing, verifying and sealing with keys that are there"),
  ROLE_FOR_CHANGES("creating, rotating, switching off and destroying keys, besides"),
  ROLE_FOR_RESTORING("restoring backups, besides both; take it away again afterwards"),
  SERVICE("Google Cloud KMS"),
  WAITED_TOO_LONG(
      "it waited until too little time was left, since its connection carried as many requests as"
          + " Google allows at once",
      "Raise enclave.gcp-kms.connections, or let fewer calls be under way at once."),
  ASKED_ABOUT("asked about {subject}, {what}"),
  TRUST_CERTIFICATE(
      "name it in enclave.gcp-kms.endpoint-certificate where the server is not Google's own"),
  ENDPOINT_AND_NAME("the endpoint and its name"),
  CONNECTION_BROKE("the connection broke before anything was sent"),
  FOR(" for {consumer}"),
  ANSWERED("Cloud KMS answered "),
  NOT_SENT_TO("not sent to {place}, "),
  PERMISSION_IS("; the permission is {permission}"),
  ANOTHER_IMPORTED("it imported something else than was sent"),
  TAKES_NO_KEYS("{name} takes no keys any more.", "Another one is made."),
  NO_IMPORT_JOB(
      "None of the day's import jobs up to {name} can be used: they have expired, or are of another"
          + " method or protection level.",
      "Look at the clock of this machine, and at who makes import jobs of these names."),
  IMPORT_JOB("Import job {id}"),
  ANOTHER_IMPORT_JOB("it made another import job"),
  NO_CRYPTO_KEY("{keyRing} has no CryptoKey of that name"),
  NAME_AND_RING("the name and enclave.gcp-kms.key-ring"),
  DELETED("CryptoKey {key} was deleted. {freed}", "Take another name."),
  NOT_ENCLAVES(
      "CryptoKey {key} in {keyRing} is none of Enclave's: it lacks the labels.",
      "To use it as it is, set enclave.keys.{key} to its resource name."),
  ANOTHER_KEYS_VERSION("it is about another key's version"),
  OTHER_ALGORITHM("its public key is one of another algorithm"),
  OTHER_PROTECTION("it says that it is of protection level {answered}, and before it was {before}"),
  NOT_DESCRIBED("not described"),
  NOT_GENERATED(
      "Cloud KMS could not generate {uri}.",
      "Destroy it, and check that the location has HSMs and the algorithm."),
  NOT_IMPORTED("Cloud KMS did not import {uri}: {reason}."),
  TELLS_REASON(
      "gcloud kms keys versions describe tells its importFailureReason; then restore again."),
  STILL_MAKING("Cloud KMS was still making {resource} at the deadline.", "Ask again."),
  LENGTH_WRONG("its length is wrong"),
  NOT_UNWRAPPED("it could not be unwrapped, or is laid out wrongly"),
  REASON_UNKNOWN("for a reason that is not told apart here"),
  VERSION_UNUSED(
      "Version {uri} signs nothing, since no record names it: somebody made it by hand, a rotation"
          + " was cut short, or the record of its activation was deleted, and a version that it"
          + " replaced signs",
      "Disable it if it never signed, or let enclave keys reconcile destroy it, which refuses where"
          + " a record was deleted. Who may list retired resources of the project is told at the"
          + " first reading (cloudkms.retiredResources.list)"),
  KEY_CREATED("CryptoKey {id} was created."),
  ANOTHER_CRYPTO_KEY("it made another CryptoKey"),
  CRYPTO_KEY("CryptoKey {id}"),
  DISABLED("{uri} was disabled."),
  CHANGE_ANSWERED("A change of a version was sent and answered."),
  STATE_NOT_SAID("it did not say that it is {state} now"),
  ACTIVE_NOT_SAID(
      "{resource} should say which version is active, and its labels do not.",
      "Put them back as they were; the audit log of Cloud KMS tells who changed them."),
  ROTATED_TOO_OFTEN("Key {key} has been rotated too often to go on.", "Make a new key."),
  NO_VERSION_ENABLED("No version of the key is enabled."),
  RECORD_DELETED(
      "{record} was deleted. It said which version of key {key} is active, so that nothing signs"
          + " with the key: the record before it names a version that was replaced.",
      "The audit log of Cloud KMS tells who deleted it. {advice}"),
  RECORD_AGAIN(
      "The newest enabled version is version {version}, made {made}. If that is the one to sign"
          + " with, record it, by the next number if this one is taken: gcloud kms keys create"
          + " {record} --keyring={ring} --location={location} --project={project}"
          + " --purpose=encryption --protection-level=hsm --import-only"
          + " --skip-initial-version-creation"
          + " --labels=enclave-activation-of={key},enclave-active={version},enclave-operation=by-hand,enclave-used=1t{version}"),
  FORM_OF_KEY(
      "projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY, with"
          + " /cryptoKeyVersions/NUMBER for one version of it"),
  RIGHTS("the identity's rights"),
  DENIED("{permission} is denied", "Grant {permission} on the key"),
  LABEL("label {stamp}"),
  WHICH_NOT_SAID(
      "The key has {versions}, and Cloud KMS does not say which one to sign with.",
      "Add /cryptoKeyVersions/ and a number to its name."),
  NO_ENABLED_VERSION("no enabled version"),
  SEVERAL_VERSIONS("several enabled versions, {ids}"),
  NOT_UNDAMAGED("it did not say that the request's {part} came undamaged"),
  NO_CHECKSUM("there was no checksum of its {part}"),
  DAMAGED("its {part} is damaged: its checksum is another"),
  SOMETHING_ELSE("it is about something else"),
  INSTEAD_OF_EDWARDS(
      " in its HSMs: it has them at protection level SOFTWARE alone, and Enclave makes and uses"
          + " none of those. Use ECDSA_P256_SHA256 here, or keep the key in aws-kms, whose HSMs"
          + " have Ed25519."),
  INSTEAD_OF_CURVE(
      ": of the NIST curves it has P-256 and P-384. Use one of those, or a backend that has"
          + " P-521."),
  INSTEAD(". Use another algorithm."),
  ALGORITHM_NOT_OFFERED("Google Cloud KMS has no keys for {algorithm}{instead}"),
  SETTING_REFUSED(
      "Setting {setting} is set, which {environment} refuses.",
      "Remove it, and attach a service account to the workload."),
  SETTING("setting {setting}"),
  NO_CREDENTIALS("no credentials"),
  GOOGLE_CLOUD("Google Cloud"),
  ORIGIN_ALONE("Write scheme, host and port alone, such as https://cloudkms.googleapis.com."),
  ENDPOINT_IS("Setting {setting} is {origin}"),
  ENDPOINT_REFUSED(
      "{endpoint}, which is no endpoint of Google Cloud KMS, and {environment} refuses others.",
      "Remove the setting; or, if you trust whoever answers there with your keys and access tokens,"
          + " put exactly that into {setting} too."),
  ENDPOINT_WITHOUT_TLS(
      "{endpoint}, without TLS, which {environment} refuses.",
      "Write https, or remove the setting."),
  ENDPOINT_ELSEWHERE("{endpoint}, without TLS and on another machine.", "Write https."),
  WRITE("Write {form}."),
  KEY_RING_NOT_SET(
      "Setting {setting} is not set.",
      "Set it to {form}; gcloud kms keyrings list names those there are."),
  OWNER("Google, of the partition"),
  OWNER_OF_CARD("Google, of the card"),
  LAYOUT_UNKNOWN("laid out in a way that is not known here"),
  NO_ATTESTATION(
      "Cloud KMS has no attestation of {uri}, which is of protection level {level}.",
      "Versions in an HSM have one."),
  CERTIFICATE_UNREADABLE("a certificate of it cannot be read"),
  TOO_MANY_CERTIFICATES("it has more than {most} certificates"),
  TWO_CARDS("its certificates are of two HSM cards"),
  OTHER_PUBLIC_KEY("it is of another public key"),
  NOT_UNPACKED("it cannot be unpacked"),
  TOO_LONG("it is too long"),
  NOT_SIGNED_BY_CERTIFICATES("it is not signed by its certificates' key"),
  STATEMENT_REFUSED(
      "A statement of an HSM of Google Cloud is refused: {what}. Fetch the statement and its"
          + " certificates again."),
  NOT_SAID_THAT_SIGNED("it did not say that its key signed"),
  ACCESS_TOKEN_FROM("An access token from {source}"),
  SETTING_NAMED("Setting {setting}"),
  VARIABLE("Variable {variable}"),
  NO_FILE(
      "{namedBy} names {path}, which is no file that can be read.", "Correct it, or remove it."),
  THE_METADATA_SERVER("the metadata server"),
  METADATA_SERVER("The metadata server"),
  ACCESS_TOKEN("access token"),
  LOOK_AT_NETWORK("Look at the network."),
  NO_ACCESS_TOKEN("{who} answered something else than an access token.", "Ask again."),
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
