package dev.enclave.jca;

import dev.enclave.KeyName;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyStore.Entry;
import java.security.KeyStore.PrivateKeyEntry;
import java.security.KeyStore.ProtectionParameter;
import java.security.KeyStoreException;
import java.security.KeyStoreSpi;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keys of an Enclave under their names, with the certificate chains that this object holds. What is
 * loaded and stored is the text of the chains.
 */
final class EnclaveKeyStore extends KeyStoreSpi {

  private final Supplier<CertifiedKeys> opened;

  /** What was read of each key, so that key and chain are of one version. */
  private final Map<KeyName, EnclavePrivateKey> pinned = new ConcurrentHashMap<>();

  private volatile @Nullable CertifiedKeys certified;

  /** Over keys that are there. */
  EnclaveKeyStore(CertifiedKeys certified) {
    this(() -> certified);
  }

  /**
   * Over keys that are opened once they are needed.
   *
   * @param opened gives keys, and the chains that are there before any is loaded
   */
  EnclaveKeyStore(Supplier<CertifiedKeys> opened) {
    this.opened = opened;
  }

  /** Any password is taken, since nothing in the text is secret. */
  @Override
  public void engineLoad(@Nullable InputStream text, char @Nullable [] password)
      throws IOException {
    try {
      CertifiedKeys before = opened.get();
      certified = text == null ? before : withChains(before, CertificateChains.read(text));
      pinned.clear();
    } catch (EnclaveException e) {
      throw new IOException(e.code() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void engineStore(@Nullable OutputStream text, char @Nullable [] password)
      throws IOException {
    if (text == null) {
      throw new IOException(
          "A key store of type Enclave was stored without a stream. Give one for the certificate"
              + " chains: the keys stay in their backend.");
    }
    text.write(loaded().chains().toPem().getBytes(StandardCharsets.UTF_8));
  }

  private CertifiedKeys loaded() {
    CertifiedKeys now = certified;
    if (now == null) {
      throw new IllegalStateException("The key store was not loaded. Call load first.");
    }
    return now;
  }

  private static CertifiedKeys withChains(CertifiedKeys keys, CertificateChains chains) {
    return new CertifiedKeys(keys.keys(), chains, keys.options());
  }

  @Override
  public @Nullable Key engineGetKey(String alias, char @Nullable [] password)
      throws UnrecoverableKeyException {
    try {
      return key(alias).orElse(null);
    } catch (EnclaveException e) {
      UnrecoverableKeyException thrown =
          new UnrecoverableKeyException(e.code() + ": " + e.getMessage());
      thrown.initCause(e);
      throw thrown;
    }
  }

  private Optional<EnclavePrivateKey> key(String alias) {
    return named(alias)
        .map(
            name ->
                pinned.computeIfAbsent(
                    name,
                    n ->
                        EnclavePrivateKey.of(loaded().keys().key(n).signer(), loaded().options())));
  }

  private Optional<KeyName> named(String alias) {
    return loaded().chains().names().stream()
        .filter(name -> name.value().equals(alias))
        .findFirst();
  }

  /** Throws where the active version has no chain, since key and chain are used together. */
  @Override
  public Certificate @Nullable [] engineGetCertificateChain(String alias) {
    return key(alias)
        .map(key -> chain(KeyName.of(alias), key).toArray(Certificate[]::new))
        .orElse(null);
  }

  private List<X509Certificate> chain(KeyName name, EnclavePrivateKey key) {
    return loaded()
        .chains()
        .find(name, key.publicKey())
        .orElseThrow(() -> Texts.CHAINS_OF_OTHER_VERSIONS.as(ErrorCode.KEY_NOT_FOUND, key.keyId()));
  }

  @Override
  public @Nullable Certificate engineGetCertificate(String alias) {
    Certificate[] chain = engineGetCertificateChain(alias);
    return chain == null ? null : chain[0];
  }

  @Override
  public @Nullable Entry engineGetEntry(String alias, @Nullable ProtectionParameter protection)
      throws KeyStoreException {
    try {
      return key(alias)
          .map(key -> (Entry) new PrivateKeyEntry(key, engineGetCertificateChain(alias)))
          .orElse(null);
    } catch (EnclaveException e) {
      throw new KeyStoreException(e.code() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public boolean engineEntryInstanceOf(String alias, Class<? extends Entry> type) {
    return type.isAssignableFrom(PrivateKeyEntry.class) && engineContainsAlias(alias);
  }

  /** When the certificate begins to be valid. */
  @Override
  public @Nullable Date engineGetCreationDate(String alias) {
    return engineGetCertificate(alias) instanceof X509Certificate certificate
        ? certificate.getNotBefore()
        : null;
  }

  @Override
  public synchronized void engineSetKeyEntry(
      String alias, Key key, char @Nullable [] password, Certificate @Nullable [] chain)
      throws KeyStoreException {
    if (!(key instanceof EnclavePrivateKey ours) || !ours.keyName().value().equals(alias)) {
      throw new KeyStoreException(
          "A key store of type Enclave takes the chain of an EnclavePrivateKey under that key's"
              + " name, and was given something else. Use the name of the key as alias.");
    }
    List<X509Certificate> certificates = new ArrayList<>();
    for (Certificate certificate : chain == null ? new Certificate[0] : chain) {
      if (!(certificate instanceof X509Certificate x509)) {
        throw new KeyStoreException(
            "A certificate of the chain is not of type X.509. Give the chain that was issued for"
                + " this key.");
      }
      certificates.add(x509);
    }
    try {
      CertificateChains with = loaded().chains().with(ours.keyName(), certificates);
      if (with.find(ours.keyName(), ours.publicKey()).isEmpty()) {
        throw new KeyStoreException(
            "The certificate is not of version "
                + ours.keyId()
                + ". Give the chain that was issued for this key.");
      }
      certified = withChains(loaded(), with);
      pinned.put(ours.keyName(), ours);
    } catch (EnclaveException e) {
      throw new KeyStoreException(e.code() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void engineSetKeyEntry(String alias, byte[] key, Certificate[] chain)
      throws KeyStoreException {
    throw new KeyStoreException(
        "A key store of type Enclave takes no encrypted keys. Create the key with"
            + " Enclave.createKey.");
  }

  @Override
  public void engineSetCertificateEntry(String alias, Certificate certificate)
      throws KeyStoreException {
    throw new KeyStoreException(
        "A key store of type Enclave has the chains of its keys and no trusted certificates. Keep"
            + " those in a key store of type PKCS12.");
  }

  /** The chains go; the key stays. */
  @Override
  public synchronized void engineDeleteEntry(String alias) {
    named(alias)
        .ifPresent(
            name -> {
              certified = withChains(loaded(), loaded().chains().without(name));
              pinned.remove(name);
            });
  }

  @Override
  public Enumeration<String> engineAliases() {
    return Collections.enumeration(loaded().chains().names().stream().map(KeyName::value).toList());
  }

  @Override
  public boolean engineContainsAlias(String alias) {
    return named(alias).isPresent();
  }

  @Override
  public int engineSize() {
    return loaded().chains().names().size();
  }

  @Override
  public boolean engineIsKeyEntry(String alias) {
    return engineContainsAlias(alias);
  }

  @Override
  public boolean engineIsCertificateEntry(String alias) {
    return false;
  }

  @Override
  public @Nullable String engineGetCertificateAlias(Certificate certificate) {
    return certificate instanceof X509Certificate x509
        ? loaded().chains().nameOf(x509).map(KeyName::value).orElse(null)
        : null;
  }
}
