package dev.enclave.browser;

import dev.enclave.Fingerprint;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where challenges and public keys of wallets are kept. Nothing in it is secret, and everything in
 * it is to be protected from changes: whoever writes a key here signs for its owner.
 *
 * <p>Implementations are thread-safe, and what one process has done every other one sees. They
 * throw an {@link dev.enclave.error.EnclaveException} when they cannot be reached.
 */
public interface WalletStore {

  /** How many challenges of one owner are kept; the oldest go first. */
  int CHALLENGES_OF_AN_OWNER = 16;

  /** What became of a change. */
  enum Outcome {
    /** The challenge is taken and the change made. */
    DONE,
    /** Nothing changed: the challenge was not there. */
    NO_CHALLENGE,
    /** Nothing changed: a key was not active, or the new one was there already. */
    CONFLICT
  }

  /**
   * Keeps a challenge until it is taken or has expired, and one that a rotation took until it has
   * expired. Drops what expired, and what the owner has beyond {@link #CHALLENGES_OF_AN_OWNER}.
   */
  void add(Challenge challenge, Instant now);

  /**
   * Drops every challenge whose time is over. When this returns, no {@link #commit} takes one of
   * them any more, and what a commit before has done is seen by {@link #keys}.
   */
  void expire(Instant now);

  /** The challenge that is open under this nonce. */
  Optional<Challenge> challenge(String nonce);

  /**
   * The challenge under this nonce that {@link WalletChange.Replace} took, if its request was
   * exactly this one. Only what has not expired need be there; no other change leaves its
   * challenge.
   */
  Optional<Challenge> rotated(String nonce, String request);

  /** A key, whatever its state. */
  Optional<WalletKey> key(Fingerprint id);

  /** All keys of an owner, in the order of their registration. */
  List<WalletKey> keys(String owner);

  /** Takes the challenge and makes the change: both, or neither. Of several callers one wins. */
  Outcome commit(String nonce, WalletChange change);

  /**
   * Revokes an active key without a challenge, for the application.
   *
   * @return whether it was active
   */
  boolean revoke(Fingerprint id);
}
