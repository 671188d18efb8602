package dev.enclave.crypto.internal.engine;

import static dev.enclave.crypto.internal.encoding.DerWriter.integer;
import static dev.enclave.crypto.internal.encoding.DerWriter.octetString;
import static dev.enclave.crypto.internal.encoding.DerWriter.sequence;

import dev.enclave.KeyAlgorithm;
import dev.enclave.crypto.internal.encoding.Curve;
import dev.enclave.crypto.internal.encoding.Pkcs8;
import java.math.BigInteger;
import java.util.Arrays;

/** Private keys that everybody may know: engines show with them that they work. */
public final class SelfCheckKeys {

  private static final BigInteger EXPONENT = BigInteger.valueOf(65537);

  private static final String P =
      "e9cb31275eb39d23a8fd17197ce9b1990f1f5b7d647ede08739e94a55cf06feef2e0dcd3eed9fcd7"
          + "94941230213a6c19df2209515ed8dbe8a53415ccc20558f93ca0d6caaa25e80cd48a919fb7a38d73"
          + "675ed51f36d28f2bc41bd8428ec7d5ceb47cedd045c7b351c818848a1a81a135095efeec1c55c4a7"
          + "837b1a91de829cd1";
  private static final String Q =
      "c305941932077da08b90179aa7177f4dcb1dfb7bd022d4a20e3260a00c8607db9883041585383c74"
          + "82adf2f418ce086007814f1115a44777f8852f597eae8bb9e11e567efa463f201a665e72d3058635"
          + "d5f2fe672bd648e358bc949ed4a85e3e76d59b04d086037e83f2b8a45f2397fe75ae86363b89fd31"
          + "588484fa3de3d247";

  private SelfCheckKeys() {}

  /** PKCS#8 of a key for {@code algorithm}; of RSA there is one of 2048 bits. */
  public static byte[] of(KeyAlgorithm algorithm) {
    byte[] inner =
        switch (algorithm.family()) {
          case EDDSA -> octetString(pattern(32));
          case ECDSA ->
              sequence(integer(BigInteger.ONE), octetString(pattern(Curve.of(algorithm).length())));
          default -> rsa(EXPONENT);
        };
    return Pkcs8.wrap(algorithm, inner);
  }

  /** PKCS#8 of the RSA key with another public exponent. */
  static byte[] rsa(KeyAlgorithm algorithm, BigInteger exponent) {
    return Pkcs8.wrap(algorithm, rsa(exponent));
  }

  /** Octets that are a number below the order of every curve. */
  private static byte[] pattern(int length) {
    byte[] octets = new byte[length];
    Arrays.fill(octets, 1, length, (byte) 0x5a);
    return octets;
  }

  private static byte[] rsa(BigInteger exponent) {
    BigInteger p = new BigInteger(P, 16);
    BigInteger q = new BigInteger(Q, 16);
    BigInteger p1 = p.subtract(BigInteger.ONE);
    BigInteger q1 = q.subtract(BigInteger.ONE);
    BigInteger d = exponent.modInverse(p1.multiply(q1));
    return sequence(
        integer(BigInteger.ZERO),
        integer(p.multiply(q)),
        integer(exponent),
        integer(d),
        integer(p),
        integer(q),
        integer(d.mod(p1)),
        integer(d.mod(q1)),
        integer(q.modInverse(p)));
  }
}
