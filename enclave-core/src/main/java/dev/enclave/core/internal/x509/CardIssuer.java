package dev.enclave.core.internal.x509;

import dev.enclave.Bytes;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.HexFormat;
import javax.security.auth.x500.X500Principal;

/**
 * The one root whose certificates of HSM cards are of X.509 version 1, which has no extension to
 * say that a card may issue those of its partitions. RFC 5280 §6.1.4 (k) leaves it to the
 * application how it knows that of version 1; here by the root's name and public key together.
 *
 * @param subject the root's
 * @param publicKey SHA-256 of its SubjectPublicKeyInfo
 */
record CardIssuer(X500Principal subject, Bytes publicKey) {

  /** Of the LiquidSecurity cards, in Google's Cloud HSM; an expired root has the same key. */
  static final CardIssuer LIQUID_SECURITY =
      new CardIssuer(
          new X500Principal(
              "CN=localca.liquidsecurity.cavium.com, OU=LiquidSecurity, O=\"Cavium, Inc.\","
                  + " L=San Jose, ST=California, C=US"),
          Bytes.of(
              HexFormat.of()
                  .parseHex("78adcba1f38bee304bc44d6a086503f2940037d4b3d58a1bf66a3282ef58cd41")));

  private static final String SHA256_WITH_RSA = "1.2.840.113549.1.1.11";
  private static final int LEAST_BITS = 2048;

  boolean is(X509Certificate root, Provider hashes) throws GeneralSecurityException {
    byte[] spki = root.getPublicKey().getEncoded();
    return root.getSubjectX500Principal().equals(subject)
        && Bytes.of(MessageDigest.getInstance("SHA-256", hashes).digest(spki)).equals(publicKey);
  }

  /** Whether the algorithm and the key of a card's certificate are what they are in all of them. */
  static boolean isUsual(X509Certificate card) {
    return card.getSigAlgOID().equals(SHA256_WITH_RSA)
        && card.getPublicKey() instanceof RSAPublicKey key
        && key.getModulus().bitLength() >= LEAST_BITS;
  }
}
