package dev.enclave.gcp.internal.credentials;

import java.time.Instant;

/**
 * An OAuth 2.0 access token of Google.
 *
 * @param value what the request carries
 * @param expiresAt when it ends
 */
record AccessToken(String value, Instant expiresAt) {

  /** Nothing of it. */
  @Override
  public String toString() {
    return "AccessToken[***, until " + expiresAt + "]";
  }
}
