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

  // -- settings
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
