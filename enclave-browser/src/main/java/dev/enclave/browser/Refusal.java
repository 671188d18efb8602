package dev.enclave.browser;

/** Why a request of a browser's wallet was refused. */
public enum Refusal {
  /** It is longer than {@link BrowserWallets#LONGEST_REQUEST}. */
  TOO_LARGE,
  /** It is not a request that a wallet writes. */
  MALFORMED,
  /** It was signed on a page of another origin. */
  WRONG_ORIGIN,
  /** It was signed for another action. */
  WRONG_ACTION,
  /** It was signed for another purpose. */
  WRONG_PURPOSE,
  /** Its nonce is not open: it was received before, and may have been accepted, or never issued. */
  UNKNOWN_NONCE,
  /** Its nonce was issued to another owner, or for another action, purpose or time. */
  FOREIGN_NONCE,
  /** Its time is over. */
  STALE,
  /** No key of this owner has this id. */
  UNKNOWN_KEY,
  /** The key was rotated or revoked, or its time is over. */
  KEY_ENDED,
  /** The new key is registered already. */
  KEY_EXISTS,
  /** The signature is not one of the key over the request. */
  INVALID_SIGNATURE,
  /** The new key of a rotation did not sign that it succeeds the old one. */
  INVALID_PROOF,
  /** Another request changed the key at the same moment. */
  CONFLICT
}
