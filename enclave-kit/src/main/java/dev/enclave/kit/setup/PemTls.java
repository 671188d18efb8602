package dev.enclave.kit.setup;

import dev.enclave.kit.http.CertificateTrust;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** TLS that trusts given authorities alone. */
public final class PemTls {

  /** A client's certificates and key, in PEM; neither is shown. */
  public record Identity(String certificates, String key) {
    @Override
    public String toString() {
      return "Identity[***]";
    }
  }

  private static final Pattern KEY =
      Pattern.compile(
          "-----BEGIN (|RSA |EC )PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END \\1PRIVATE KEY-----");

  /** AlgorithmIdentifiers: rsaEncryption (RFC 8017 §A.1), id-ecPublicKey with P-256 (RFC 5480). */
  private static final String RSA = "300d06092a864886f70d0101010500";

  private static final String P256 = "301306072a8648ce3d020106082a8648ce3d030107";
  private static final String VERSION_0 = "020100";
  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;

  private PemTls() {}

  /**
   * Trusts these authorities.
   *
   * @param authorities in PEM, one after the other
   * @param client whom to be, for a server that asks
   * @return nothing if either cannot be read
   */
  public static Optional<SSLContext> of(String authorities, Optional<Identity> client) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(client.isPresent() ? managers(client.get()) : null, trusting(authorities), null);
      return Optional.of(context);
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Trusts these authorities, for clients that make their own TLS.
   *
   * @param authorities in PEM, one after the other
   * @return nothing if they cannot be read
   */
  public static Optional<TrustManager[]> trust(String authorities) {
    try {
      return Optional.of(trusting(authorities));
    } catch (GeneralSecurityException | IOException e) {
      return Optional.empty();
    }
  }

  private static TrustManager[] trusting(String authorities)
      throws GeneralSecurityException, IOException {
    KeyStore store = store();
    Certificate[] trusted = certificates(authorities);
    for (int i = 0; i < trusted.length; i++) {
      store.setCertificateEntry("authority-" + i, trusted[i]);
    }
    return CertificateTrust.managers(store);
  }

  private static KeyStore store() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Certificate[] certificates(String pem) throws GeneralSecurityException {
    Collection<? extends Certificate> all =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(
                new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    if (all.isEmpty()) {
      throw new GeneralSecurityException("no certificate");
    }
    return all.toArray(Certificate[]::new);
  }

  private static KeyManager[] managers(Identity client)
      throws GeneralSecurityException, IOException {
    KeyStore store = store();
    store.setKeyEntry(
        "client", key(client.key()), new char[0], certificates(client.certificates()));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    return keys.getKeyManagers();
  }

  /** In PKCS #8, PKCS #1 or SEC 1 (P-256), as those who make clusters write them. */
  private static PrivateKey key(String pem) throws GeneralSecurityException {
    Matcher block = KEY.matcher(pem);
    if (!block.find()) {
      throw new GeneralSecurityException("no private key");
    }
    byte[] der = Base64.getMimeDecoder().decode(block.group(2));
    byte[] pkcs8 =
        switch (block.group(1)) {
          case "RSA " -> wrapped(RSA, der);
          case "EC " -> wrapped(P256, der);
          default -> der;
        };
    try {
      return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException e) {
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  /** PrivateKeyInfo (RFC 5208 §5). */
  private static byte[] wrapped(String algorithm, byte[] key) {
    byte[] head = HexFormat.of().parseHex(VERSION_0 + algorithm);
    byte[] octets = tagged(OCTET_STRING, key);
    return tagged(
        SEQUENCE, ByteBuffer.allocate(head.length + octets.length).put(head).put(octets).array());
  }

  private static byte[] tagged(int tag, byte[] content) {
    int length = content.length;
    String head = length < 0x80 ? "%02x%02x" : length < 0x100 ? "%02x81%02x" : "%02x82%04x";
    byte[] first = HexFormat.of().parseHex(String.format(Locale.ROOT, head, tag, length));
    return ByteBuffer.allocate(first.length + length).put(first).put(content).array();
  }
}
