package dev.enclave.jca;

import dev.enclave.SignOptions;
import dev.enclave.SigningKey;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
 * when a rotation replaces it at that moment ({@link SignOptions#rotationGrace}).
 *
 * <p>{@link EnclaveProvider} has to be registered: JSSE takes no provider. Where the active version
 * has no chain, or Enclave refuses the key, choosing throws an {@link EnclaveException}, which is
 * the cause of the {@code SSLException}. Thread-safe.
 */
public final class EnclaveKeyManager extends X509ExtendedKeyManager {

  private static final Duration GRACE = Duration.ofSeconds(10);

  private final List<CertifiedVersions> keys;

  private EnclaveKeyManager(List<CertifiedVersions> keys) {
    this.keys = keys;
  }

  /** For one key, with default options. */
  public static EnclaveKeyManager of(SigningKey key, CertificateSource certificates) {
    return of(List.of(key), certificates, SignOptions.defaults());
  }

  /**
   * For several keys, of which the first one that the peer takes is used: one on P-256 and one for
   * RSA, for example.
   *
   * @param certificates gives the chain of each version
   * @param options caller and deadline of every signature
   * @throws UsageException {@link ErrorCode#INVALID_ARGUMENT} for {@link SignOptions#orLater} and
   *     {@link SignOptions#once}
   */
  public static EnclaveKeyManager of(
      List<SigningKey> keys, CertificateSource certificates, SignOptions options) {
    OpaqueKey.requireImmediate(options);
    SignOptions held = options.rotationGrace(GRACE);
    return new EnclaveKeyManager(
        keys.stream().map(key -> new CertifiedVersions(key, certificates, held)).toList());
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
      throw new ConfigurationException(
          ErrorCode.CONFIGURATION_MISSING,
          "Java's TLS finds signatures by the list of providers, and EnclaveProvider is not in it."
              + " Call Security.addProvider(new EnclaveProvider()) at the start.");
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {this}, trust.length == 0 ? null : trust, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new ConfigurationException(
          ErrorCode.CONFIGURATION_MISSING,
          "This JVM has no TLS that can be set up. Look at the security providers in"
              + " java.security.");
    }
  }

  private Optional<String> choose(String keyType, Principal @Nullable [] issuers) {
    return keys.stream()
        .filter(key -> key.isOf(keyType))
        .map(CertifiedVersions::current)
        .filter(version -> version.isIssuedBy(issuers))
        .map(CertifiedVersions.Version::alias)
        .findFirst();
  }

  private Optional<String> choose(String[] keyTypes, Principal @Nullable [] issuers) {
    return Arrays.stream(keyTypes).flatMap(type -> choose(type, issuers).stream()).findFirst();
  }

  private String @Nullable [] aliases(String keyType, Principal @Nullable [] issuers) {
    return choose(keyType, issuers).map(alias -> new String[] {alias}).orElse(null);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return choose(keyType, issuers).orElse(null);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return choose(keyType, issuers).orElse(null);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return choose(keyTypes, issuers).orElse(null);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return choose(keyTypes, issuers).orElse(null);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType, issuers);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType, issuers);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return version(alias).map(CertifiedVersions.Version::key).orElse(null);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return version(alias)
        .map(version -> version.chain().toArray(X509Certificate[]::new))
        .orElse(null);
  }

  private Optional<CertifiedVersions.Version> version(String alias) {
    return keys.stream().flatMap(key -> key.chosen(alias).stream()).findFirst();
  }

  /** One key, and the versions of it that handshakes have chosen. Thread-safe. */
  private static final class CertifiedVersions {

    /** A version with its chain. */
    record Version(EnclavePrivateKey key, List<X509Certificate> chain) {

      String alias() {
        return CertifiedVersions.alias(key);
      }

      boolean isIssuedBy(Principal @Nullable [] issuers) {
        return issuers == null
            || issuers.length == 0
            || chain.stream()
                .anyMatch(c -> Arrays.asList(issuers).contains(c.getIssuerX500Principal()));
      }
    }

    private final SigningKey key;
    private final CertificateSource certificates;
    private final SignOptions options;

    /** The newest, and those before it whose handshakes may not have signed yet. */
    private volatile List<Version> versions = List.of();

    CertifiedVersions(SigningKey key, CertificateSource certificates, SignOptions options) {
      this.key = key;
      this.certificates = certificates;
      this.options = options;
    }

    boolean isOf(String keyType) {
      return switch (key.algorithm().family()) {
        case EDDSA -> keyType.equals("EdDSA");
        case ECDSA -> keyType.equals("EC") || keyType.equals("EC_EC");
        default -> keyType.equals("RSA");
      };
    }

    /** The active version, as a signer that was taken now. */
    Version current() {
      EnclavePrivateKey now = EnclavePrivateKey.of(key.signer(), options);
      return note(now, chosen(alias(now)).map(Version::chain));
    }

    /** One thread asks for the chain of a version, and the others wait for it. */
    private synchronized Version note(
        EnclavePrivateKey now, Optional<List<X509Certificate>> known) {
      List<X509Certificate> chain =
          known
              .or(() -> chosen(alias(now)).map(Version::chain))
              .or(() -> certificates.chain(now))
              .orElseThrow(() -> uncertified(now));
      requireOf(now, chain);
      Version noted = new Version(now, List.copyOf(chain));
      // One that is known stays where it is: who comes late with it may have been overtaken.
      if (versions.stream().anyMatch(version -> version.key().equals(now))) {
        versions =
            versions.stream().map(version -> version.key().equals(now) ? noted : version).toList();
      } else {
        versions = Stream.concat(Stream.of(noted), versions.stream().limit(2)).toList();
      }
      return noted;
    }

    private static void requireOf(EnclavePrivateKey version, List<X509Certificate> chain) {
      if (!CertificateChains.isOf(version.publicKey(), chain)) {
        throw new UsageException(
            ErrorCode.INVALID_PUBLIC_KEY,
            "The CertificateSource gave "
                + (chain.isEmpty() ? "no certificate" : "the certificate of another key")
                + " for version "
                + version.keyId()
                + ". Have it give the chain that was issued for the version's public key, its own"
                + " certificate first.");
      }
    }

    private static UsageException uncertified(EnclavePrivateKey version) {
      return new UsageException(
          ErrorCode.KEY_NOT_FOUND,
          "Version "
              + version.keyId()
              + " is active and has no certificate chain. Have a certificate issued for it with"
              + " Certificates.request, and give its chain to the CertificateSource.");
    }

    Optional<Version> chosen(String alias) {
      return versions.stream().filter(version -> version.alias().equals(alias)).findFirst();
    }

    private static String alias(EnclavePrivateKey version) {
      return version.keyId() + '#' + HexFormat.of().formatHex(((OpaqueKey) version).fingerprint());
    }
  }
}
