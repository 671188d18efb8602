package dev.enclave.campaign.cloud;

import java.security.KeyPair;
import java.util.Map;
import java.util.Set;

/**
 * The account as an administrator sees it, by the provider's own client and without Enclave. Keys
 * are named as the provider does in {@link dev.enclave.admin.Orphans.Orphan#providerUri()}.
 */
public interface CloudAccount extends AutoCloseable {

  /** What the provider says of a private key. */
  enum State {
    /** It can be used. */
    LIVE,
    /** It cannot be used: switched off, or destroyed when a waiting time ends. */
    RETIRED,
    /** It is gone, and only its name is left. */
    DESTROYED
  }

  /** The private keys that belong to each of Enclave's key names, whatever their states. */
  Map<String, Set<String>> claimed();

  /** All private keys, those that belong to no name among them. */
  Map<String, State> keys();

  /**
   * Imports a key on P-256 past Enclave, as if it had been made in an HSM.
   *
   * @return what {@code enclave.keys.NAME} adopts it by
   */
  String importP256(KeyPair pair) throws Exception;

  @Override
  void close();
}
