package dev.enclave.vault.internal.texts;

import dev.enclave.internal.Text;

/** All that the backend for Vault and OpenBao says. */
public enum Texts implements Text {
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
  SIGNING("signing"),
  SEALING("sealing"),
  CREATING("creating keys"),
  ROTATING("rotating and changing keys"),
  LISTING("listing keys"),
  DESTROYING("destroying keys"),
  RESTORING("restoring backups"),
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
  NO_LOOK_UP(
      "The token may not look itself up, so nothing is known of its policies and its end.",
      "Give the identity the policy default, or read on auth/token/lookup-self."),
  ROOT(
      "The token is a root token: it may do everything, and does not end.",
      "Log in with a role that has the policy which enclave doctor --iam prints."),
  ENDLESS(
      "The token does not end: whoever copies it has it for good.",
      "Let the role of the identity give tokens that end (token_ttl)."),
  MAY_LEAVE(
      "Key {key} has {way}, so that it can leave Vault in the clear, and {environment} refuses it.",
      "Vault never takes that back: create another key, and move to it."),
  ANOTHER_SEAL(
      "{setting} says {trusted}, and the server says that its seal is {seal}: its keys count as"
          + " SOFTWARE.",
      "Correct the setting, or find out who changed the server's seal."),
  UNTOLD("none that it tells"),

  // -- settings
  SEEN("{reason}; {seen} is there, which chooses nothing: {address} does"),
  WRITE_SEAL(
      "Write the type that vault status shows, of a seal with a key in an HSM, such as pkcs11 or"
          + " awskms."),
  WRITE_PATH(
      "Write letters, digits, '.', '_' and '-', with '/' between parts and none at the ends."),
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
