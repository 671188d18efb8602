package dev.enclave.jca;

import dev.enclave.SignOptions;
import dev.enclave.SigningKey;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Gives keys of Enclave and their certificates to TLS, on either side of it. Every handshake uses
 * the version that is active when it begins. An alias is that version's id and the SHA-256 of its
 * public key, such as {@code wallet-tls/3#5b0c…}: key and chain are of one version, whatever
 * happens between, and keys of two backends with one name are two identities.
 *
 * <p>A handshake that has chosen its certificate signs with that version for ten seconds more, also
 * when a rotation replaces it at that moment ({@link SigningKey#signer(java.time.Duration)}).
 *
 * <p>{@link EnclaveProvider} has to be registered: JSSE takes no provider. A key whose active
 * version has no chain that is valid now, or that Enclave refuses, is passed over for the next.
 * Where none is left, choosing throws an {@link EnclaveException}, or what the {@link
 * CertificateSource} has thrown, which is the cause of the {@code SSLException}. Thread-safe.
 */
public final class EnclaveKeyManager extends X509ExtendedKeyManager {

  private final List<CertifiedVersions> keys;

  private EnclaveKeyManager(List<CertifiedVersions> keys) {
    this.keys = keys;
  }

  /** For one key, with default options. */
  public static EnclaveKeyManager of(
      SigningKey key, CertificateSource certificates, InstantSource clock) {
    return of(List.of(key), certificates, clock, SignOptions.defaults());
  }

  /**
   * For several keys, of which the first one that the peer takes and that has a valid chain is
   * used: one on P-256 and one for RSA, for example.
   *
   * @param certificates gives the chain of each version
   * @param clock by which chains are valid, for example {@code Clock.systemUTC()}
   * @param options caller and deadline of every signature
   */
  public static EnclaveKeyManager of(
      List<SigningKey> keys,
      CertificateSource certificates,
      InstantSource clock,
      SignOptions options) {
    return new EnclaveKeyManager(
        keys.stream()
            .map(key -> new CertifiedVersions(key, certificates, clock, options))
            .toList());
  }

  /**
   * A context of the JDK's TLS with these keys.
   *
   * @param trust whom to trust; none for the JDK's own certification authorities
   * @throws ConfigurationException ({@link ErrorCode#CONFIGURATION_MISSING}) when {@link
   *     EnclaveProvider} is not registered
   */
  public SSLContext sslContext(TrustManager... trust) {
    if (Security.getProvider(EnclaveProvider.NAME) == null) {
      throw Texts.PROVIDER_NOT_IN_LIST.as(ErrorCode.CONFIGURATION_MISSING);
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {this}, trust.length == 0 ? null : trust, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw Texts.NO_TLS.as(ErrorCode.CONFIGURATION_MISSING);
    }
  }

  /** The first key that is of one of the types and issuers, and has a valid chain. */
  private @Nullable String choose(Principal @Nullable [] issuers, String... keyTypes) {
    RuntimeException failure = null;
    for (String type : keyTypes) {
      for (CertifiedVersions key : keys) {
        if (key.isOf(type)) {
          try {
            CertifiedVersions.Version version = key.current();
            if (version.isIssuedBy(issuers)) {
              return version.alias();
            }
          } catch (RuntimeException e) {
            failure = failure == null ? e : failure;
          }
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
    return null;
  }

  /** JSSE asks a server for one type after the other, until it has a key. */
  private @Nullable String chooseForServer(String keyType, Principal @Nullable [] issuers) {
    try {
      return choose(issuers, keyType);
    } catch (RuntimeException e) {
      if (keys.stream().anyMatch(key -> !key.isOf(keyType) && serves(key))) {
        return null;
      }
      throw e;
    }
  }

  private static boolean serves(CertifiedVersions key) {
    try {
      key.current();
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  private static String @Nullable [] aliases(@Nullable String alias) {
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return chooseForServer(keyType, issuers);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return chooseForServer(keyType, issuers);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return choose(issuers, keyTypes);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return choose(issuers, keyTypes);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(chooseForServer(keyType, issuers));
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(choose(issuers, keyType));
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return version(alias).map(CertifiedVersions.Version::key).orElse(null);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return version(alias)
        .map(version -> version.chain().certificates().toArray(X509Certificate[]::new))
        .orElse(null);
  }

  private Optional<CertifiedVersions.Version> version(String alias) {
    return keys.stream().flatMap(key -> key.chosen(alias).stream()).findFirst();
  }
}
