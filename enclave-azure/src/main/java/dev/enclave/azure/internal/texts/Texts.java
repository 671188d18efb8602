package dev.enclave.azure.internal.texts;

import dev.enclave.internal.Text;

/** All that the backend of Azure Key Vault says. */
public enum Texts implements Text {
  // -- azure
  ESTIMATE(
      "up to 5 USD for each key that signs, billed for a month in which it was used, by the price"
          + " list of November 2026 (premium vault); 0.15 USD for 10,000 requests. Take a managed"
          + " HSM that is there, or a vault made for the purpose"),

  // -- internal
  CREATING("creating and rotating keys"),
  DESTROYING("destroying keys"),
  MAY_NOT_READ("The vault does not let this identity read {name}", "Give it a role with {action}"),
  NO_SUCH_KEY("a key that is not"),
  ALLOW("Allow {action}{where}; doctor --iam prints all"),
  BY_LOCAL_ROLE(", by a local role of the managed HSM"),
  BY_ACCESS_POLICY(", or {permission} in the vault's access policy"),
  CARRIED_OUT(
      "what answers for the vault carried out a request about a key that is not there, or refused"
          + " it by no error code of a vault's"),
  CHECK_VAULT_URL("Check enclave.azure-keyvault.vault-url, and what stands between"),
  DIAGNOSTIC_SETTING(
      "Azure logs who uses keys of {host} only once it has a diagnostic setting for AuditEvent,"
          + " which cannot be seen from here; doctor --iam prints the command, and docs/azure.md"
          + " the query that finds an operation of the audit log."),
  ATTESTATION_OF_ANOTHER("the attestation came with another key"),
  NO_ATTESTATION(
      "The managed HSM sent no attestation of {uri}. It has one for keys in its HSM; ask again in a"
          + " while for one just made."),
  CERTIFICATES_UNREADABLE("the attestation's certificates cannot be read"),
  SIGNED_BY_NONE("the attestation is signed by the key of none of its certificates"),
  SIGNED_BY_LEAF("signed by the leaf certificate's key"),
  NOT_CHECKED("not checked"),
  LAYOUT_UNKNOWN("laid out in a way that is not known here"),
  OTHER_VERSION("the attestation is of another version"),
  OF_THIS_VERSION("of this version"),
  YES_BY_NAME("yes, by name and version in it"),
  SERVICE("Azure Key Vault"),
  NOT_SENT_YET(
      "{request} was not sent: the vault refused one that costs as much or less, and asked to wait"
          + " until {time}. {advice}"),
  AND(" and "),
  TRUST_CERTIFICATE(
      "name it in enclave.azure-keyvault.trusted-certificate where the server is not Azure's own"),
  PRIVATE_ENDPOINT("the private endpoint and its name"),
  NO_VAULTS_ANSWER("what came is no answer of a vault"),
  RAISE_CONNECTIONS(
      "Raise enclave.azure-keyvault.connections, or let fewer calls be under way at once."),
  WANTS_ANOTHER_TOKEN(
      "What answers at enclave.azure-keyvault.vault-url wants a token for {audience}, and a host of"
          + " this name gets one for {audiences} alone.",
      "See what answers there: a proxy, or a server that imitates another kind of vault or another"
          + " cloud's."),
  OR(" or "),
  VAULT_ANSWERED("the vault answered {named}{denied}"),
  DATA_ACTION_IS("; the data action is {action}"),
  HTTP("HTTP {status}"),
  NAMED_HTTP("{error} (HTTP {status})"),
  STRANGER(
      "Version {uri} appeared without Enclave: the vault's rotation policy made it, or somebody by"
          + " hand. It signs nothing"),
  TAKE_STRANGER(
      "Rotate the key with enclave.azure-keyvault.rotation-by-vault=used to take it, or disable it"
          + " and look at the key's rotation policy"),
  NO_PURGE_PROTECTION(
      "The vault has no purge protection (recovery level {level}): who may delete and purge keys"
          + " can destroy one for good at once",
      "Switch purge protection on for the vault; it cannot be switched off again"),
  EXPIRES("expires at {at} and signs until then"),
  EXPIRED("expired at {at} and signs no more"),
  NOT_YET_VALID("is not valid before {at}"),
  VERSION_OBSERVED("Version {uri} {observed}"),
  CHANGE_VALIDITY("Rotate the key, or change its attributes nbf and exp"),
  EXPORTABLE(
      "Version {uri} is exportable: the vault releases its private key to who meets its release"
          + " policy, so it counts as SOFTWARE",
      "Make a key that is not exportable, and rotate to it"),
  KEPT_DISABLED(
      "Version {uri} is called destroyed, and the vault keeps it, disabled, as long as the key has"
          + " other versions",
      "Destroy the key's other versions too to have it deleted, or let nobody enable it"),
  NO_EDWARDS_CURVES(
      "it has no Edwards curves. Keep it in a backend that has them, such as aws-kms."),
  NOT_TAKEN_OVER(
      "In Azure operated by 21Vianet, vaults and managed HSMs take no keys over from elsewhere, so"
          + " none for {algorithm}.",
      "Create a key here, and let the old one sign a statement on it."),
  EXCHANGE_KEY_REFUSED(
      "The vault does not take the key any more under which a private key was brought in.",
      "The next attempt makes another one."),
  NO_WRAPPING_KEY("what was sent to wrap a private key with is no RSA key"),
  KEY("key {name}"),
  EXCHANGE_KEY_DELETED(
      "Keys are brought in under this key, which was deleted. Recover or purge it."),
  NOT_ITS_EXCHANGE_KEY(
      "the key to bring a private key in under is none of its HSM that imports and does nothing"
          + " else"),
  OF_BITS(" of {bits} bits"),
  ADOPTION_KEY("a key for the adoption contract"),
  ALGORITHM_NOT_OFFERED("{algorithm} is not to be had in Azure Key Vault{reason}", "{instead}"),
  HAS_NO_EDWARDS(", which has no Edwards curves."),
  AES_IN_HSMS(": AES keys are in managed HSMs alone."),
  TAKE_ANOTHER_CURVE(
      "Take ECDSA_P256_SHA256 here, or keep the key in aws-kms, whose HSMs have Ed25519."),
  TAKE_RSA("Take RSA_OAEP_3072_SHA256 here."),
  NO_KEY_OF_NAME("the vault has no key {vaultKey}"),
  NAME_AND_VAULT("name and vault"),
  CREATE_IT("create it"),
  SWITCHES_OFF("switches off"),
  NO_TAGS(
      "The vault has a key {vaultKey}, and no version of it carries Enclave's tags.",
      "Put the tags back as they were; the vault's log tells who changed them."),
  WHEN_FREED(
      "The vault frees the name when the key is deleted and purged; destroying a version once more"
          + " deletes it."),
  VERSIONS_OF("the versions of key {vaultKey}"),
  NO_VERSION_OF("what it sent for key {vaultKey} is no version of it"),
  DELETED_KEY("deleted key {vaultKey}"),
  OTHER_HOST(
      "The vault pointed to another host for the next page of its list of keys, and no token goes"
          + " there. Check what answers at the vault's address."),
  VAULT("the vault"),
  A_VERSION_OF("a version of key {vaultKey}"),
  VERSION_MADE("A version of key {key} was made."),
  ANOTHER_KEY_MADE("it was asked for a key for {algorithm} and made one {named}"),
  CHANGE_ANSWERED("A change of version {uri} was sent and answered."),
  ANOTHER_CHANGED("another version than {uri} changed"),
  BEING_DELETED(
      "Key {key} is being deleted and not to be seen yet, or the identity may not read deleted keys"
          + " ({action}). Load it in a while."),
  VAULT_AND_VERSION("vault and version"),
  SEVERAL_BY_SETTING("setting {setting} says that the managed HSM is in several regions"),
  REGIONS_ARE("regions "),
  SEVERAL_REGIONS(
      "{doing} was refused: {regions}, and each shows a write of the other up to six minutes later,"
          + " so that two processes could each make the version that counts. Keys that are there"
          + " sign.",
      "Create and rotate keys while the managed HSM is in one region."),
  REGIONS_UNKNOWN(
      "{doing} was refused: setting {setting} is missing, and a managed HSM may be in several"
          + " regions, of which each shows a write of the other up to six minutes later.",
      "Set it to one if az keyvault region list shows one region, else to several."),
  REGIONS_ANSWERED("{regions} of the managed HSM answered"),
  REGIONS_NOT_SET(
      "Setting {setting} is missing, so no key is created or rotated in this managed HSM: in two"
          + " regions, two processes could each make the version that counts",
      "Set it to one if az keyvault region list shows one region, else to several"),
  REGIONS_FOUND(
      "Regions {regions}, and {setting} says that there is one: no key is created or rotated",
      "Set it to several, or create and rotate keys while there is one region"),
  FORM_OF_KEY(
      "the identifier of a key in this vault, such as {example}, with a version after it to use"
          + " just that one"),
  SIGNATURE_LENGTH("what it sent is not as long as a signature by {algorithm}"),
  SIGNED_BY_NOT_SAID("it did not say that the key asked for signed, and by which version"),
  NOT_AES_GCM("what it encrypted is not of AES-256-GCM"),

  // -- credentials
  TOKEN_OF("A token of {name}"),
  LABEL_POD(
      "label the pod azure.workload.identity/use: \"true\", and annotate its service account with"
          + " azure.workload.identity/client-id"),
  SECRET_SET(
      "Variable {secret} is set, and {environment} takes no long-lived secrets.",
      "Unset it, and give the workload a managed identity."),
  RUN_ON_AZURE(
      "Run on Azure, with an identity assigned; a user-assigned one is named by"
          + " enclave.azure-keyvault.identity-client-id.{pod}"),
  NO_WORKLOAD_IDENTITY(
      " This is a pod without workload identity, which {variable} would show: {remedy}."),
  APPLICATION("application {client} by a token from {source}"),
  CHECK_FEDERATED(
      "Check the application's federated credential: audience {audience}, issuer {issuer}."),
  ISSUER_GOOGLE("https://accounts.google.com, and as its subject the service account's unique id"),
  ISSUER_AWS(
      "the one that aws iam get-outbound-web-identity-federation-info prints, and as its subject"
          + " the role's ARN"),
  SETTING("Setting {setting}"),
  ON_AKS("; on AKS {remedy}."),
  VARIABLE("Variable {variable}"),
  BOTH("{set} is set and {missing} is not.", "Set both, or neither{more}"),
  IDENTITY_BINDING(
      "Variable {variable} is set: the pod has an identity binding of AKS, whose token Microsoft"
          + " Entra does not take, and Enclave does not use the cluster's proxy for it.",
      "Remove the pod's annotation azure.workload.identity/use-identity-binding, and give the"
          + " identity a federated credential for the service account."),
  NO_TENANT("Variable {variable} is no tenant's id.", "Correct it."),
  CHECK_SERVICE_ACCOUNT(
      "Check the pod's service account, its federated credential, and {variable}."),
  TOKEN_FILE_EMPTY("There is no token: the file that {variable} names is empty or cannot be read."),
  WORKLOAD_IDENTITY("workload identity {client}"),
  COMMAND_LINE("the Azure CLI"),
  NO_TOKEN_OF_CLI(
      "There is no token: azure-identity got none from {name}.", "Sign in with az login."),
  NAME_CERTIFICATE(
      "If that certificate is the server's own, name it in"
          + " enclave.azure-keyvault.trusted-certificate; else find out who answers there."),

  // -- http
  NO_HTTP_REQUEST("it is no request that HTTP knows"),
  POINTED_ELSEWHERE("the vault pointed to another host, and no token goes there"),
  NO_TOKEN("there is no token"),

  // -- settings
  NO_VAULT_OF_MICROSOFT("no vault or managed HSM of Microsoft's, and {environment} refuses others"),
  SET_TO_VAULT(
      "Set it to the vault's own address, such as https://wallets.vault.azure.net; a private"
          + " endpoint has the same."),
  NEITHER_VAULT_NOR_LOCAL(
      "neither below a domain of Microsoft's nor on this machine, and no token goes there",
      "Set it to the vault's own address, or to an emulator's on this machine, such as"
          + " https://localhost:8443."),
  CERTIFICATE_NEEDS_NONE(
      "Setting {setting} is set, and {origin} is Microsoft's own, whose certificate needs no"
          + " setting.",
      "Remove it."),
  VAULT_URL_WRONG("Setting {setting} is {vault}, which is {what}.", "{advice}"),
  AUTHORITY_ELSEWHERE(
      "Variable {variable} names another place for tokens than {own}, where {origin} takes them"
          + " from.",
      "Unset it, or correct {setting}."),
  ORIGIN_ALONE("Write https, host and port alone, such as https://wallets.vault.azure.net."),
  WRITE_AWS_OR_GOOGLE("Write aws or google."),
  WRITE_DIRECTORY("Write the directory's id, which az account show prints."),
  USED_WITH("It is used with {setting} alone: set that, or remove this."),
  WRITE_CLIENT("Write the identity's client id, which az identity show prints."),
  WRITE_USED("Write used or ignored."),
  WRITE_ONE("Write one or several."),
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
