package dev.enclave.browser;

import dev.enclave.Fingerprint;

/** What an accepted request changes in a {@link WalletStore}. */
public sealed interface WalletChange {

  /** Nothing, but the key must be active at that moment. */
  record Use(Fingerprint id) implements WalletChange {}

  /** A key that was not there comes in. */
  record Add(WalletKey key) implements WalletChange {}

  /**
   * An active key is {@link WalletKey.State#ROTATED}, and one that was not there comes in.
   *
   * @param request what asked for it, as it was received
   */
  record Replace(Fingerprint id, WalletKey successor, String request) implements WalletChange {}

  /** An active key is {@link WalletKey.State#REVOKED}. */
  record Revoke(Fingerprint id) implements WalletChange {}
}
