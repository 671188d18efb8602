package dev.enclave.aws.internal.texts;

import dev.enclave.internal.Text;

/** All that the backend of AWS KMS says. */
public enum Texts implements Text {
  // -- aws
  ESTIMATE(
      "about 0.35 USD if it ends within an hour, by the price list of November 2026 (1 USD a key"
          + " and month, by the hour; 0.15 USD for 10,000 requests at most)"),

  // -- access
  CLOUD_TRAIL(
      "CloudTrail records each request to AWS KMS, signatures as read events; a trail with"
          + " ReadWriteType WriteOnly, or that excludes kms.amazonaws.com, keeps none of them,"
          + " which cannot be seen from here: see aws cloudtrail get-event-selectors, and"
          + " docs/aws.md for the query that finds an operation of the audit log."),
  KEYS_OF_ACCOUNT("keys of this account"),
  LISTING("listing keys"),
  CREATING("creating and rotating keys"),
  RESTORING("restoring keys"),
  WOULD_NOT_SIGN(
      "AWS KMS would not sign with {uri} for this identity",
      "Allow kms:Sign on the key, in the role's policy or the key's"),
  ANOTHER_ACCOUNT(
      "AWS KMS answers for account {answered} in region {answeredRegion}, and this backend is for"
          + " account {account} in region {region}. Correct enclave.aws-kms.account-id, or use"
          + " credentials of that account."),
  NO_KEY_FOUND(
      "AWS KMS tells it of a key that is there, and no key of Enclave's was found in account"
          + " {account} and region {region}"),
  CREATE_A_KEY("Create a key, and ask again; if there are keys, check account and region"),
  LOOK_AT_STATE("Look at the state of that key, or create another, and ask again"),
  ALLOW("Allow {permission} in the role's policy; doctor --iam prints all"),

  // -- backend
  ADOPTION_KEY("a key for the adoption contract"),
  CONFORMANCE_RUN("Enclave conformance run"),

  // -- calls
  NO_ANSWER_OF_AWS("the connection broke, or what came is no answer of AWS"),
  SETTINGS_OF_ENDPOINT("enclave.aws-kms.{endpoint} and enclave.aws-kms.region"),
  TRUST_CERTIFICATE(
      "name it in enclave.aws-kms.trusted-certificate where the server is not AWS's own"),
  PRIVATE_ENDPOINT("the VPC endpoint and its security group"),
  AN_ERROR("an error"),
  AWS_ANSWERED("AWS answered {error} (HTTP {status})"),
  SERVICE("AWS KMS"),
  RAISE_CONNECTIONS("Raise enclave.aws-kms.connections, or let fewer calls be under way at once."),
  NEEDS_TAGGING("{advice} A key that is made with tags needs kms:TagResource besides."),
  MADE_JUST_NOW(
      "{observed} KMS key {id} was made less than six minutes ago: AWS may take five minutes until"
          + " policies see its tags and aliases.",
      "Repeat the operation by the same id then."),

  // -- connect
  CREDENTIALS_OF_ANOTHER(
      "Setting {setting} is {expected}, and the credentials of {credentials} belong to account"
          + " {account}.",
      "Use credentials of that account, or correct the setting."),
  NO_ROLE(
      "STS says that the credentials of {credentials} are no role's, and {environment} takes roles"
          + " alone.",
      "Give the workload a role."),
  KMS_ALONE(
      "If what answers there is KMS alone, set {setting}, such as 000000000000; else correct"
          + " {endpoint}."),
  ROLE_UNKNOWN(
      "Credentials of {credentials} are taken in {environment} only once STS says that they are a"
          + " role's. {observed}"),
  WHERE_STS_CANNOT("{advice} Where KMS can be reached and STS cannot, set {setting}."),
  CREDENTIALS("credentials of {credentials}"),
  NO_ACCOUNT("what answered names no account"),
  ROLE("role {role}"),
  NO_CREDENTIALS("the answer has no credentials"),
  IS_IT_STS("Is it STS? Check the endpoint."),
  CERTIFICATE_NEEDS_NONE(
      "Setting {setting} is set, and KMS at {kms} or STS at {sts} is AWS's own, whose certificate"
          + " needs no setting.",
      "Remove the setting, or set {endpoint} and {stsEndpoint} to the server that has the"
          + " certificate."),

  // -- credentials
  SETTING_IS_SET("Setting {setting} is set"),
  NOT_ANOTHER_CLOUD("another cloud: not set: {setting}"),
  NOT_SETTINGS("settings: not set: {setting} and {secondSetting}"),
  NOT_VARIABLES("variables: not set: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
  NOT_WEB_IDENTITY("web identity: not both set: {role} and {tokenFile}"),
  NOT_CONTAINER("container: not set: {relative} or {full}"),
  NOT_FOUND(
      "No AWS credentials were found. Looked for: {places}; instance profile: the instance metadata"
          + " service: {reason}.",
      "{remedy}"),
  SET_ONE("Set one of these."),
  SETTINGS_AND_OTHERS("settings {setting} and others"),
  WEB_IDENTITY("the web identity of role {role}"),
  TOKEN_FILE_EMPTY("The file that {variable} names is empty or cannot be read."),
  CHECK_TOKEN_VOLUME("Check the service account's token volume."),
  SET_WITHOUT("is set and {setting} is not."),
  SET_BOTH("Set both, or neither."),
  NEITHER_CLOUD("is neither google nor azure.", "Write one of them."),
  NO_ROLE_NAMED("names no role.", "Write its ARN, such as arn:aws:iam::111122223333:role/wallet."),
  NOT_SET(
      "is not set.",
      "Write the id URI of the application that stands for AWS in the directory, such as"
          + " api://enclave-aws."),
  ROLE_BY_TOKEN("role {role} by a token from {source}"),
  SETTING_WRONG("Setting {setting} {observed}", "{advice}"),
  TOKEN_HAS("The token has {token}; the role's trust policy must name these. {advice}"),
  CREDENTIALS_FROM("Credentials from {source}"),

  // -- keys
  TAGS_DENIED("keys whose tags are denied"),
  MULTI_REGION(
      "KMS key {arn} is a multi-Region key",
      "Its private key may be used in every Region it is replicated to; use a key of one Region"
          + " unless that is wanted"),
  EXTERNAL_STORE(
      "KMS key {arn} lies in an external key store, outside AWS",
      "AWS cannot say how it is protected, so it counts as SOFTWARE; use a key of AWS KMS or of AWS"
          + " CloudHSM"),
  CUSTOM_STORE("KMS key {arn} lies in custom key store {store}"),
  STORE_CONNECTED("It can be used only while that store is connected; see to its availability"),
  ALIAS_NAMES_OTHER(
      "{alias} names KMS key {other}, which Enclave did not make: somebody rotated by hand. It"
          + " signs nothing; {uri} does"),
  LET_ALIAS_NAME(
      "Let the alias name that again, or use the other KMS key with the setting enclave.keys"),
  PASSED_OVER(
      "{number} of the keys of this account and region were passed over, since kms:ListResourceTags"
          + " is denied for them",
      "AWS's own keys and those of other environments are usually among them. To look at all, allow"
          + " kms:ListResourceTags on every key: enclave doctor --iam prints the statement"),
  NOT_IN_CHINA(
      "in the China Regions it knows no wrapping that is long enough for a private key of RSA."
          + " Create a key here and rotate to it."),
  KMS_KEY("KMS key {id}"),
  MATERIAL("The material of KMS key {id}"),
  NO_WRAPPING_KEY("what was sent to wrap a private key with is no RSA key"),
  ANOTHER_KEY_MEANT("another key than {uri} was meant"),
  EVERYTHING("this account and region"),
  NO_AES_IN_CHINA(
      "There are no keys for {algorithm} in the China Regions: what is one of AES with 256 bits"
          + " elsewhere is one of SM4 with 128 there.",
      "Use RSA_OAEP_3072_SHA256 or RSA_OAEP_4096_SHA256."),
  NO_ALIAS("no alias {alias} and no later one"),
  NAME_ACCOUNT_REGION("name, account and region"),
  WHEN_FREED(
      "AWS KMS frees the name when it has deleted them, 7 to 30 days after they were destroyed."),
  KEY_BEHIND("The key behind {alias}"),
  TAGS_BEHIND("The tags of the key behind {alias}"),
  TAGS_WRONG(
      "{alias} names KMS key {keyId}, whose tags {nameTag} and {algorithmTag} do not say that it is"
          + " a version of key {key}.",
      "Put the alias or the tags back as they were; CloudTrail tells who changed them."),
  NO_KMS_KEY("what it says of {keyId} names no KMS key"),
  ANOTHER_PUBLIC_KEY("another key's public key was sent for {arn}"),
  NEW_VERSION("a new version of key {key}"),
  DESCRIPTION("Enclave key {key}"),
  MADE_NO_KEY("what it made is no KMS key"),
  KIND("{spec} for {usage} of origin {madeBy}"),
  ANOTHER_KEY_MADE("it was asked for a key {asked} and made one {got}"),
  MADE_IN_STATE("the key that it made of origin {keyOrigin} is {state}"),
  ALIAS_BEHIND("{alias} does not name the active version of the key: {reason}"),
  NO_KEY_ID("what it listed is no key id"),
  FORM_OF_KEY("the ARN of a key or alias, a key id, or an alias such as alias/treasury"),
  ACCOUNT_AND_REGION("account and region"),
  ANOTHER_REGION(
      "The key is in region {region} and this backend works in {ownRegion}.",
      "Set enclave.aws-kms.region, or use a key of this region."),
  NO_TAGS_FOUND("AWS KMS finds no tags of the key"),
  LIST_TAGS_DENIED("kms:ListResourceTags is denied"),
  LIST_TAGS_REJECTED("AWS KMS rejects kms:ListResourceTags"),
  ALLOW_LIST_TAGS("Allow kms:ListResourceTags on the key"),
  TAGS_OF_OTHER_ACCOUNT(
      "{reason}, and the key is in account {account}, whose tags AWS KMS tells no other account"),
  USE_KEY_OF_ACCOUNT("Use a key of account {account}"),
  NOT_BY_ALGORITHM("it did not sign by the algorithm asked for"),
  SIGNED_BY_NOT_SAID("it did not say that the key asked for signed"),

  // -- settings
  SETTING_IS("Setting {setting} is {origin}, "),
  WITHOUT_TLS(
      "{endpoint}without TLS, which {environment} refuses.", "Write https, or remove the setting."),
  NO_ENDPOINT_OF_AWS(
      "{endpoint}which is no endpoint of AWS {service} in {region}, and {environment} refuses"
          + " others.",
      "Remove the setting; or, if you trust whoever answers there with your keys, put exactly that"
          + " into {setting} too."),
  WOULD_REDIRECT(
      "{kind}{by} would send requests for AWS {service} elsewhere than to {origin}, and Enclave"
          + " does not follow it.",
      "Unset it; or set {setting} to what you want."),
  SYSTEM_PROPERTY("System property "),
  VARIABLE_BEFORE("Variable "),
  METADATA_SERVICE("The instance metadata service"),
  NO_REGION(
      "No region is known: setting {setting} and variables {variables} are not set; the instance"
          + " metadata service{metadata}.",
      "Set {setting}."),
  AND(" and "),
  NAMES_NONE(" names none"),
  SETTING("Setting {setting}"),
  VARIABLE("Variable {variable}"),
  NO_SUCH_REGION(
      "{who} names region {region}, which AWS does not have.",
      "Correct it{alike}. For a region younger than this library set {setting} and {stsSetting}"
          + " too."),
  SUCH_AS(", such as eu-west-1"),
  THERE_ARE(": there are {alike}"),
  ORIGIN_ALONE("Write scheme, host and port alone, such as https://kms.eu-west-1.amazonaws.com."),
  WINDOW_OF_AWS("AWS takes {shortest} to {longest}."),
  TWELVE_DIGITS("An account id is twelve digits."),
  REGION_UNKNOWN(
      "this is AWS ({evidence}), and no region is known: {setting} and {variable} are not set"),
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
