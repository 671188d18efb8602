package dev.enclave.crypto.internal.signature;

import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.crypto.internal.hash.Digests;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.encodings.OAEPEncoding;
import org.bouncycastle.crypto.signers.PSSSigner;

/** How digests and keys are padded for RSA (RFC 8017 §7.1, §9). */
public final class RsaPadding {

  private static final String SHA_256_INFO = "3031300d060960864801650304020105000420";
  private static final String SHA_512_INFO = "3051300d060960864801650304020305000440";

  private RsaPadding() {}

  /** EMSA-PKCS1-v1_5 (§9.2) of {@code digest}, as long as the modulus. */
  public static byte[] pkcs1(byte[] digest, KeyAlgorithm algorithm) {
    byte[] info =
        HexFormat.of()
            .parseHex(hash(algorithm) == DigestAlgorithm.SHA_256 ? SHA_256_INFO : SHA_512_INFO);
    byte[] encoded = new byte[algorithm.keyBits() / 8];
    int infoAt = encoded.length - digest.length - info.length;
    encoded[1] = 1;
    Arrays.fill(encoded, 2, infoAt - 1, (byte) 0xff);
    System.arraycopy(info, 0, encoded, infoAt, info.length);
    System.arraycopy(digest, 0, encoded, infoAt + info.length, digest.length);
    return encoded;
  }

  /** EMSA-PSS (§9.1) that takes the finished digest: one hash throughout, salt as long as it. */
  public static PSSSigner pss(AsymmetricBlockCipher rsa, KeyAlgorithm algorithm) {
    Digest content = Digests.fastest(hash(algorithm));
    Digest mask = Digests.fastest(hash(algorithm));
    return PSSSigner.createRawSigner(
        rsa, content, mask, content.getDigestSize(), PSSSigner.TRAILER_IMPLICIT);
  }

  /** EME-OAEP (§7.1) with an empty label. */
  public static OAEPEncoding oaep(AsymmetricBlockCipher rsa, KeyAlgorithm algorithm) {
    return new OAEPEncoding(
        rsa, Digests.fastest(hash(algorithm)), Digests.fastest(hash(algorithm)), null);
  }

  private static DigestAlgorithm hash(KeyAlgorithm algorithm) {
    return algorithm.digest().orElseThrow();
  }
}
