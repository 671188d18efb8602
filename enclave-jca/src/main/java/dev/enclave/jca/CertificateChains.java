package dev.enclave.jca;

import dev.enclave.KeyName;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The certificate chains of keys: what a backend does not keep. A key may have several, one for
 * each of its versions; a chain belongs to the version whose public key its first certificate has.
 * Immutable.
 *
 * <p>As text, the certificates are PEM blocks, and a line {@code friendlyName: wallet-tls} before
 * the first one of a chain names the key, as OpenSSL writes it. There is nothing secret in it.
 */
public final class CertificateChains {

  private static final CertificateChains NONE = new CertificateChains(List.of());

  private static final int LONGEST_TEXT = 4 * 1024 * 1024;

  /**
   * A name, a certificate, or the begin of a block of another kind. Nothing is tried twice, so that
   * the time is in proportion to the text.
   */
  private static final Pattern PARTS =
      Pattern.compile(
          "^[ \\t]*+friendlyName:(?<name>[^\\r\\n]*+)"
              + "|^-----BEGIN CERTIFICATE-----[ \\t]*+$(?<base64>[A-Za-z0-9+/=\\s]*+)"
              + "(?<=[\\r\\n])-----END CERTIFICATE-----[ \\t]*+$"
              + "|^-----BEGIN (?<other>[^\\r\\n]*)",
          Pattern.MULTILINE);

  private record Named(KeyName key, List<X509Certificate> chain) {

    Named {
      chain = List.copyOf(chain);
    }

    boolean isFor(KeyName wanted, PublicKey version) {
      return key.equals(wanted) && isOf(version, chain);
    }
  }

  private final List<Named> chains;

  private CertificateChains(List<Named> chains) {
    this.chains = List.copyOf(chains);
  }

  /** No chain at all. */
  public static CertificateChains none() {
    return NONE;
  }

  /**
   * Reads a text from a stream, and no more of it than a text may have.
   *
   * @throws UsageException as {@link #parse}
   */
  static CertificateChains read(InputStream text) throws IOException {
    byte[] read = text.readNBytes(LONGEST_TEXT + 1);
    if (read.length > LONGEST_TEXT) {
      throw tooLong();
    }
    return parse(new String(read, StandardCharsets.UTF_8));
  }

  private static EnclaveException tooLong() {
    return invalid(Texts.CHAINS_TOO_LONG.with());
  }

  /**
   * Reads what {@link #toPem()} wrote, or a text of the same form.
   *
   * @param pem at most 4 Mi characters
   * @throws UsageException {@link ErrorCode#INVALID_ENCODING} when a certificate is malformed, has
   *     no name before it, or is issued by another one than the one after it, or when the text has
   *     something else than certificates; {@link ErrorCode#INVALID_NAME}
   */
  public static CertificateChains parse(String pem) {
    if (pem.length() > LONGEST_TEXT) {
      throw tooLong();
    }
    CertificateChains read = NONE;
    Optional<KeyName> name = Optional.empty();
    List<X509Certificate> chain = new ArrayList<>();
    Matcher parts = PARTS.matcher(pem);
    while (parts.find()) {
      if (parts.group("other") != null) {
        throw invalid(Texts.BLOCK_IS_NO_CERTIFICATE.with());
      } else if (parts.group("name") != null) {
        read = read.withRead(name, chain);
        name = Optional.of(KeyName.of(parts.group("name").strip()));
        chain.clear();
      } else {
        chain.add(certificate(parts.group("base64")));
      }
    }
    return read.withRead(name, chain);
  }

  private CertificateChains withRead(Optional<KeyName> name, List<X509Certificate> chain) {
    if (chain.isEmpty()) {
      return this;
    }
    return with(name.orElseThrow(() -> invalid(Texts.CERTIFICATE_WITHOUT_NAME.with())), chain);
  }

  private static X509Certificate certificate(String base64) {
    try {
      return Pem.certificate(Base64.getMimeDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw invalid(Texts.CERTIFICATE_NO_BASE64.with());
    }
  }

  private static EnclaveException invalid(String what) {
    return Texts.CHAINS_INVALID.as(ErrorCode.INVALID_ENCODING, what);
  }

  /** As {@link #with(KeyName, List)}. */
  public CertificateChains with(String key, List<X509Certificate> chain) {
    return with(KeyName.of(key), chain);
  }

  /**
   * These chains and one more, in place of the one that the same version of the key had.
   *
   * @param key whose chain it is
   * @param chain the key's certificate, then each issuer's, as far as peers need them
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when it is empty, or a certificate
   *     is issued by another one than the one after it
   */
  public CertificateChains with(KeyName key, List<X509Certificate> chain) {
    requireOrder(key, chain);
    PublicKey version = chain.get(0).getPublicKey();
    List<Named> all =
        chains.stream()
            .filter(named -> !named.isFor(key, version))
            .collect(Collectors.toCollection(ArrayList::new));
    all.add(new Named(key, chain));
    return new CertificateChains(all);
  }

  private static void requireOrder(KeyName key, List<X509Certificate> chain) {
    boolean ordered = !chain.isEmpty();
    for (int i = 1; i < chain.size(); i++) {
      ordered &=
          chain.get(i - 1).getIssuerX500Principal().equals(chain.get(i).getSubjectX500Principal());
    }
    if (!ordered) {
      throw Texts.CHAIN_OUT_OF_ORDER.as(ErrorCode.INVALID_ENCODING, key);
    }
  }

  /** These chains without those of {@code key}. */
  public CertificateChains without(KeyName key) {
    return new CertificateChains(
        chains.stream().filter(named -> !named.key().equals(key)).toList());
  }

  /** The names of the keys that have a chain. */
  public SortedSet<KeyName> names() {
    return chains.stream().map(Named::key).collect(Collectors.toCollection(TreeSet::new));
  }

  /** The chain of the version of {@code key} that has this public key. */
  public Optional<List<X509Certificate>> find(KeyName key, PublicKey version) {
    return chains.stream().filter(named -> named.isFor(key, version)).map(Named::chain).findFirst();
  }

  /** The key of the chain that begins with {@code certificate}. */
  Optional<KeyName> nameOf(X509Certificate certificate) {
    return chains.stream()
        .filter(named -> named.chain().get(0).equals(certificate))
        .map(Named::key)
        .findFirst();
  }

  /** Whether a chain begins with a certificate of this public key. */
  static boolean isOf(PublicKey version, List<X509Certificate> chain) {
    return !chain.isEmpty() && same(chain.get(0).getPublicKey(), version);
  }

  /** As {@link PublicKey#getEncoded} says, but that an RSA key may be encoded in two ways. */
  private static boolean same(PublicKey one, PublicKey other) {
    if (one instanceof RSAPublicKey a && other instanceof RSAPublicKey b) {
      return a.getModulus().equals(b.getModulus())
          && a.getPublicExponent().equals(b.getPublicExponent());
    }
    return Arrays.equals(one.getEncoded(), other.getEncoded());
  }

  /** All chains, in the order in which they came. */
  public String toPem() {
    StringBuilder text = new StringBuilder();
    for (Named named : chains) {
      text.append("friendlyName: ").append(named.key()).append('\n');
      named
          .chain()
          .forEach(certificate -> text.append(Pem.block(Pem.CERTIFICATE, der(certificate))));
    }
    return text.toString();
  }

  private static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw invalid(Texts.CERTIFICATE_NOT_ENCODED.with());
    }
  }

  @Override
  public String toString() {
    return "CertificateChains" + names();
  }
}
