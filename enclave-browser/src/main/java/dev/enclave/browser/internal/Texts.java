package dev.enclave.browser.internal;

import dev.enclave.internal.Text;

/** All that the reception of wallets says, and its demo. */
public enum Texts implements Text {
  // -- browser
  ORIGIN_INVALID(
      "The origin {origin} is none that a wallet can have. Give scheme, host and port as browsers"
          + " spell them, for example https://wallet.example, without a path; http is for localhost,"
          + " 127.0.0.1 and [::1] only."),
  LIFETIME_INVALID("The lifetime {lifetime} is not possible. Give one from PT1S to {longest}."),
  REQUEST_TOO_LONG(
      "The request has {count} characters, and {most} are the most. Let the user sign a shorter"
          + " text."),
  NONCE_IS_NONE(
      "The nonce of the request is none: 43 characters of base64url are one. Ask for a challenge"
          + " and let the wallet sign it as it is."),
  NONCE_NOT_OPEN(
      "The nonce of the request is not open: the request was received before, its time is over, or"
          + " the nonce is not of this server. Ask for a new challenge and let the user sign again."),
  NONCE_OF_ANOTHER(
      "The nonce of the request was issued to another owner, or for another action, purpose or"
          + " time. Ask for a challenge of this one and let the user sign again."),
  REQUEST_TOO_LATE(
      "The request was to be received before {at}. Ask for a new challenge and let the user sign"
          + " again."),
  SIGNED_FOR_ANOTHER(
      "The request was signed for the {claim} {stated}, and this is received for {wanted} only."
          + " Let the user sign on the right page, for what is received here."),
  OWNER_INVALID(
      "The owner's name has {count} characters. Give the user's id in your application, 1 to"
          + " {mostOfOwner} characters."),
  PURPOSE_INVALID(
      "The purpose {purpose} is none. Give 1 to 52 lower-case letters, digits and hyphens, a"
          + " letter first."),
  DATABASE_FAILED(
      "The database of browser wallets did not do what was asked (SQLSTATE {state}). Check that it"
          + " answers, and that it has the tables of JdbcWalletStore.SCHEMA."),
  SUCCESSION_NOT_SIGNED(
      "The new key did not sign that it succeeds key {oldKey} in this request. Let the wallet"
          + " begin the rotation again."),
  ACTION_LACKS("a request to {action} has no {name}"),
  TEXT_IS_BLANK("its text is blank, and the user was to read what is signed"),
  NO_WALLET_OF_KEY(
      "No wallet of this owner has the key of the request. Register the wallet of this browser"
          + " first."),
  KEY_NOT_ACTIVE(
      "The key of the request is {standing}. Use the wallet's present key, or register a new"
          + " wallet."),
  EXPIRED_SINCE("expired since {at}"),
  KID_NO_FINGERPRINT("its kid is not the fingerprint of a key"),
  KID_OF_ANOTHER_KEY("its kid is not the fingerprint of its key"),
  NO_PUBLIC_KEY("its key is not a public key for {algorithm}"),
  RECEIVED_TWICE(
      "The request was received at the same moment by another call, which had it. Ask for a new"
          + " challenge and let the user sign again."),
  KEY_REGISTERED_ALREADY(
      "The key of the request is registered already. A key is registered once, with one owner; let"
          + " the wallet make a new one."),
  KEY_CHANGED_MEANWHILE(
      "Another request changed the key at the same moment. Look at the wallet's present keys and"
          + " begin again."),
  SIGNATURE_INVALID(
      "The signature is not one of the key over this request: it was changed, or signed by another"
          + " key. Send what the wallet returned, unchanged."),
  NOT_THREE_PARTS("it has {count} parts, and a signed request has three"),
  OTHER_TYPE("its type is {stated} and not {type}"),
  OTHER_ALGORITHM("its algorithm is {name}; wallets use EdDSA or ES256"),
  CLAIM_MISSING("it has no {name}"),
  NO_JSON_OBJECT("its {where} is no JSON object"),
  MEMBER_UNKNOWN("its {where} has a member {name}"),
  VALUE_OF_ANOTHER_KIND("the value of its {name} is of another kind"),
  DOES_NOT_END("its {where} does not end where it should"),
  NO_JSON("its {where} is no JSON"),
  NOT_UTF_8("its {where} is not UTF-8"),
  NOT_BASE64URL("its {where} is not base64url without padding"),
  MALFORMED(
      "The request is not one that a wallet of Enclave writes: {what}. Send what the wallet"
          + " returned, unchanged."),

  // -- demo
  FOR_PAGE_ONLY("This is for the page at {origin} only."),
  SEND_A_POST("Send a POST."),
  NO_SUCH_PAGE("There is no such page."),
  NO_SUCH_ACTION("There is no such action."),
  REGISTERED("The server registered the key."),
  VERIFIED("The server verified the signature over: {text}"),
  ROTATED("The server accepts the new key in place of the old one."),
  REVOKED("The server revoked the key and will never accept it again."),
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
