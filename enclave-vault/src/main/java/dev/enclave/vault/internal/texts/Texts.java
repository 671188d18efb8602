package dev.enclave.vault.internal.texts;

import dev.enclave.internal.Text;

/** All that the backend for Vault and OpenBao says. */
public enum Texts implements Text {
  // -- provider
  ESTIMATE(
      "nothing at a server of your own, where each request is a line in the audit log and the run"
          + " counts as one client; a hosted server has a price list"),

  // -- calls
  SERVER("the Vault server"),
  TRUST("name it in {setting}"),
  NETWORK("firewalls and load balancers, and whether the server is up"),
  NO_ANSWER_OF_SERVER("what came is no answer of Vault or OpenBao"),
  ANSWERED("the server answered {status}{said}"),
  SAID(" ({said})"),
  RAISE_CONNECTIONS("Raise {setting}, or call less at once."),
  RULE("path \"{path}\" { capabilities = [{capabilities}] }"),
  ADD_RULE("Add to a policy of the identity: {rule}. {advice}"),

  TOKEN_ENDED(
      " (it does not know the token of {where})",
      "The token was revoked, has expired or was used up; or it lacks the policy default, by which it"
          + " may look itself up. Put another one there, or look at the Agent that does."),
  TOKEN_VARIABLES("BAO_TOKEN or VAULT_TOKEN"),

  OWN_TOKEN("its own token"),
  POLICIES("its own policies"),
  THE_NODE("the node"),
  SEAL("the seal"),

  // -- auth
  TOKEN_BY("A token of Vault by {auth}"),
  NO_TOKEN(
      "What the server answered at {path} has no token.",
      "Look at what stands before it, and whether the role's tokens are wrapped."),
  CHECK_LOG_IN(
      "Check {auth}, {role} and {authMount}, and at the server what the role is bound to; its log"
          + " says what did not match."),
  UNVERIFIED(
      "Variable {variable} is set: clients of Vault do not look then who answers, and Enclave always"
          + " looks.",
      "Unset it, and name who issued the server's certificate in"
          + " enclave.vault.trusted-certificate."),
  TOKEN_SET(
      "Variable {variable} is set, and {environment} refuses tokens that somebody wrote down.",
      "Unset it, and let the workload log in: enclave.vault.auth."),
  AUTH_REFUSED(
      "Setting {setting} is {auth}, which {environment} refuses: whoever copies that secret is this"
          + " process.",
      "Let the workload log in by what its platform knows of it: kubernetes, jwt, aws, azure, gcp, or"
          + " an Agent."),
  NO_TOKEN_IN(
      "There is no token to be read in {path}.",
      "Let the platform or the Agent write it there, readable for this process."),
  ROOT_REFUSED(
      "The token of {where} is a root token, which {environment} refuses: it may do everything, and"
          + " does not end.",
      "Log in with a role that has the policy which enclave doctor --iam prints, and revoke that"
          + " token."),
  MISSING("Setting {setting} is {auth}, which needs {missing} too.", "Set it."),

  // -- access
  CAPABILITY("{capability} on {path}"),
  ADD_CAPABILITY("Add to a policy of the identity: {rule}"),
  MAKES_KEYS("making keys by encrypting with a name that is free"),
  TAKE_CREATE(
      "Take create from the policy, or forbid it to all: vault write {mount}/config/keys"
          + " disable_upsert=true"),
  AUDIT_DEVICE(
      "Vault and OpenBao log who uses keys only once an audit device is enabled: vault audit enable"
          + " file file_path=/var/log/vault/audit.log"),
  STANDBY(
      "The node that answers for {address} is a standby{version}: what was just written may be read"
          + " late there.",
      "Where reads fail now and then, name an address that leads to the active node."),
  OF_VERSION(" (version {version})"),
  ROOT(
      "The token is a root token: it may do everything, and does not end.",
      "Log in with a role that has the policy which enclave doctor --iam prints."),
  ENDLESS(
      "The token does not end: whoever copies it has it for good.",
      "Let the role of the identity give tokens that end (token_ttl)."),
  ANOTHER_SEAL(
      "{setting} says {trusted}, and the server says that its seal is {seal}: its keys count as"
          + " SOFTWARE.",
      "Correct the setting, or find out who changed the server's seal."),
  UNTOLD("none that it tells"),

  // -- keys
  NO_DOCUMENT("there is no document {path}"),
  NAME_AND_MOUNTS("name, path, both mounts and namespace{late}"),
  OR_AGAIN(
      ". If it was made just now, try again in a few seconds: the node that answers for {address} is a"
          + " standby, which may read late"),
  DOCUMENT_WRITTEN("The document {path} was written."),
  DOCUMENT_DELETED(
      "The document {path}, which says what is known of key {name}, was deleted.",
      "Bring it back: vault kv undelete, with the last version that vault kv metadata get names."
          + " Its keys in Transit are still there."),
  NO_REVISION("without the version of {path}"),
  NO_TIME("with a time that is none"),
  ANOTHER_KEY("about another key than {transitKey}"),
  NO_KEY_DESCRIBED("without what describes {transitKey}"),
  OTHER_THAN_ASKED(
      "The Transit key {path} is there and is not what was asked for, a key for {algorithm} that"
          + " nobody can export: it is of type {type}.",
      "Find out who made it. Take another name."),
  NOT_TURNED(
      "The Transit key {path} was configured, and is not as it was asked to be.",
      "Look at its minimum versions, and restore it if it was soft-deleted."),
  FORM_OF_KEY(
      "the path of a Transit key, such as {mount}/keys/payments, or of its version 2"
          + " {mount}/keys/payments/2"),
  MOUNT_AND_RIGHTS("the mount and the right to read it"),
  WHICH_NOT_SAID(
      "{transitKey} has versions {least} to {latest}, and it is not said which one is meant.",
      "Write /{latest} after it, or the number of another."),
  DENIED("reading {path} is denied", "Grant read on {path}"),
  NOT_BASE64("with what is no base64"),
  KEY_IMPORTED("The Transit key {path} is there."),
  NOT_AS_IMPORTED("with a key {path} that was not imported as it was sent"),

  // -- settings
  SEEN("{reason}; {seen} is there, which chooses nothing: {setting} does"),
  WRITE_SEAL(
      "Write the type that vault status shows, of a seal with a key in an HSM, such as pkcs11 or"
          + " awskms."),
  WRITE_PATH(
      "Begin with a letter or a digit. Write letters, digits, '.', '_' and '-', with '/' between"
          + " parts and none at the end."),
  WRITE_AUTH("Write kubernetes, jwt, aws, azure, gcp, agent, approle or token."),
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
