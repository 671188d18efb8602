package dev.enclave.jca;

import dev.enclave.Keys;
import dev.enclave.SignOptions;
import dev.enclave.SigningKey;
import dev.enclave.error.EnclaveException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.ProviderException;

/**
 * Signing keys and their certificate chains, in the forms in which libraries take them.
 * Thread-safe.
 *
 * @param keys where the keys are found, as {@code enclave.signingKeys()}
 * @param chains of those that have one
 * @param options caller and deadline of every signature
 */
public record CertifiedKeys(Keys<SigningKey> keys, CertificateChains chains, SignOptions options) {

  /** With default options. */
  public static CertifiedKeys of(Keys<SigningKey> keys, CertificateChains chains) {
    return new CertifiedKeys(keys, chains, SignOptions.defaults());
  }

  /**
   * A {@link KeyStore} of type {@value EnclaveProvider#KEY_STORE} whose aliases are the names of
   * the keys that have a chain. Each key is of the version that is active when the key store is
   * first asked for it, and stays of that version: after a rotation, make another key store.
   * Passwords are ignored. {@link KeyStore#store} writes the chains as {@link
   * CertificateChains#toPem} does; what is deleted is the chain and never the key.
   *
   * <p>What Enclave refuses is thrown as the JCA has it, with code and advice in its message, and
   * with the {@link EnclaveException} as its cause; by methods that declare no exception, the
   * {@link EnclaveException} itself.
   */
  public KeyStore keyStore() {
    KeyStore store = new OpenKeyStore(new EnclaveKeyStore(this), new EnclaveProvider());
    try {
      store.load(null, null);
    } catch (IOException | GeneralSecurityException e) {
      throw new ProviderException("A key store that reads nothing was not loaded.");
    }
    return store;
  }

  /** {@link KeyStore} has no public constructor. */
  private static final class OpenKeyStore extends KeyStore {

    OpenKeyStore(EnclaveKeyStore keys, EnclaveProvider provider) {
      super(keys, provider, EnclaveProvider.KEY_STORE);
    }
  }
}
