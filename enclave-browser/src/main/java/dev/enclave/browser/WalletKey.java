package dev.enclave.browser;

import dev.enclave.Fingerprint;
import dev.enclave.PublicKeyInfo;
import java.time.Instant;

/**
 * A public key of a browser's wallet. Keys that followed one another by rotation are one wallet.
 *
 * @param id the key's fingerprint
 * @param wallet the fingerprint of the wallet's first key
 * @param owner whose wallet it is, as the application names its users
 * @param key for Ed25519 or ECDSA on P-256
 * @param state whether it counts
 * @param registeredAt when the server accepted it
 * @param expiresAt from then on what it signs is refused
 */
public record WalletKey(
    Fingerprint id,
    Fingerprint wallet,
    String owner,
    PublicKeyInfo key,
    State state,
    Instant registeredAt,
    Instant expiresAt) {

  /** Whether a key counts. */
  public enum State {
    /** What it signs is accepted. */
    ACTIVE,
    /** Another key of the wallet took its place. */
    ROTATED,
    /** Its user, or the application, ended it. */
    REVOKED
  }

  /** The same in another state. */
  WalletKey in(State other) {
    return new WalletKey(id, wallet, owner, key, other, registeredAt, expiresAt);
  }
}
