package dev.enclave.browser;

import java.time.Instant;

/**
 * One request that the server is ready to receive, once. The browser's wallet signs the nonce with
 * the request.
 *
 * @param nonce 32 random bytes, base64url without padding (RFC 4648 §5)
 * @param owner whose request it is, as the application names its users; never sent to the browser
 * @param action what the request may be
 * @param purpose what the signature is for, as the application names it
 * @param expiresAt whole seconds; from then on the request is refused
 */
public record Challenge(
    String nonce, String owner, WalletAction action, String purpose, Instant expiresAt) {

  /** As the wallet in the browser takes it: compact JSON, without the owner. */
  public String toJson() {
    // No character of these needs to be escaped.
    return "{\"action\":\""
        + action.spelled()
        + "\",\"purpose\":\""
        + purpose
        + "\",\"nonce\":\""
        + nonce
        + "\",\"exp\":"
        + expiresAt.getEpochSecond()
        + "}";
  }
}
