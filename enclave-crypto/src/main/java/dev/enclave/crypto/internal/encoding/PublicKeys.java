package dev.enclave.crypto.internal.encoding;

import static dev.enclave.crypto.internal.encoding.DerWriter.bitString;
import static dev.enclave.crypto.internal.encoding.DerWriter.integer;
import static dev.enclave.crypto.internal.encoding.DerWriter.sequence;

import dev.enclave.KeyAlgorithm;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** SubjectPublicKeyInfo (RFC 5280 §4.1.2.7, RFC 5480, RFC 8410) in and out. */
public final class PublicKeys {

  private static final String ED25519 = "300506032b6570";
  private static final String RSA_ENCRYPTION = "300d06092a864886f70d0101010500";
  private static final String EC_PUBLIC_KEY = "06072a8648ce3d0201";

  // [0] EXPLICIT Version of a TBSCertificate.
  private static final int CERTIFICATE_VERSION = 0xa0;

  private static final BigInteger LEAST_EXPONENT = BigInteger.valueOf(65537);
  private static final int MOST_EXPONENT_BITS = 256;

  private PublicKeys() {}

  /**
   * The key in {@code spki}.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_PUBLIC_KEY})
   */
  public static AsymmetricKeyParameter parse(byte[] spki, KeyAlgorithm algorithm) {
    BouncyCastle.require();
    if (!algorithm.asymmetric()) {
      throw invalid(algorithm, Texts.SECRET_HAS_NO_PUBLIC_KEY.with());
    }
    try {
      DerReader outer = new DerReader(spki);
      DerReader info = outer.sequence();
      byte[] identifier = info.element(DerWriter.SEQUENCE);
      byte[] key = info.bitString();
      info.end();
      outer.end();
      if (RsaPssIdentifier.is(identifier)) {
        RsaPssIdentifier.requireFit(identifier, algorithm);
      } else if (!Arrays.equals(identifier, algorithmIdentifier(algorithm))) {
        throw new DerException(Texts.OTHER_ALGORITHM_IDENTIFIER.with());
      }
      return switch (algorithm.family()) {
        case ECDSA -> ecKey(Curve.of(algorithm), key);
        case EDDSA -> ed25519Key(key);
        default -> rsaKey(algorithm.keyBits(), key);
      };
    } catch (DerException | IllegalArgumentException e) {
      // What Bouncy Castle says of them is its own.
      String why =
          e instanceof DerException der
              ? String.valueOf(der.getMessage())
              : Texts.NO_SUCH_KEY.with();
      throw invalid(algorithm, Texts.WAS_GIVEN_BYTES.with(spki.length, why));
    }
  }

  /**
   * The SubjectPublicKeyInfo in a certificate (RFC 5280 §4.1).
   *
   * @throws UsageException ({@link ErrorCode#INVALID_PUBLIC_KEY})
   */
  public static byte[] ofCertificate(byte[] certificate) {
    try {
      DerReader outer = new DerReader(certificate);
      DerReader signed = outer.sequence();
      DerReader body = signed.sequence();
      body.skipOptional(CERTIFICATE_VERSION);
      body.content(DerWriter.INTEGER);
      for (String passedOver : List.of("signature", "issuer", "validity", "subject")) {
        requireSequence(body, passedOver);
      }
      byte[] spki = body.element(DerWriter.SEQUENCE);
      requireSequence(signed, "signatureAlgorithm");
      signed.bitString();
      signed.end();
      outer.end();
      return spki;
    } catch (DerException e) {
      throw Texts.CERTIFICATE_INVALID.as(
          ErrorCode.INVALID_PUBLIC_KEY, certificate.length, String.valueOf(e.getMessage()));
    }
  }

  private static void requireSequence(DerReader in, String field) throws DerException {
    if (!in.nextIs(DerWriter.SEQUENCE)) {
      throw new DerException(Texts.LACKS_FIELD.with(field));
    }
    in.skipOptional(DerWriter.SEQUENCE);
  }

  /** The canonical encoding of {@code key}. */
  public static byte[] spki(AsymmetricKeyParameter key, KeyAlgorithm algorithm) {
    byte[] encoded;
    if (key instanceof ECPublicKeyParameters ec) {
      encoded = ec.getQ().getEncoded(false);
    } else if (key instanceof Ed25519PublicKeyParameters ed) {
      encoded = ed.getEncoded();
    } else {
      RSAKeyParameters rsa = (RSAKeyParameters) key;
      encoded = sequence(integer(rsa.getModulus()), integer(rsa.getExponent()));
    }
    return sequence(algorithmIdentifier(algorithm), bitString(encoded));
  }

  /** The DER AlgorithmIdentifier of keys, in SubjectPublicKeyInfo and in PKCS#8. */
  public static byte[] algorithmIdentifier(KeyAlgorithm algorithm) {
    return switch (algorithm.family()) {
      case EDDSA -> HexFormat.of().parseHex(ED25519);
      case ECDSA -> sequence(HexFormat.of().parseHex(EC_PUBLIC_KEY), Curve.of(algorithm).oid());
      default -> HexFormat.of().parseHex(RSA_ENCRYPTION);
    };
  }

  /** Checks that the numbers can be a key of {@code bits}; says why not. */
  public static void requireRsa(int bits, BigInteger modulus, BigInteger exponent)
      throws DerException {
    if (modulus.bitLength() != bits || !modulus.testBit(0)) {
      throw new DerException(Texts.MODULUS_LENGTH.with(modulus.bitLength(), bits));
    }
    if (Fermat.factors(modulus)) {
      throw new DerException(Texts.PRIMES_TOO_CLOSE.with(Fermat.ROUNDS));
    }
    if (exponent.compareTo(LEAST_EXPONENT) < 0
        || exponent.bitLength() > MOST_EXPONENT_BITS
        || !exponent.testBit(0)) {
      throw new DerException(Texts.EXPONENT_INVALID.with());
    }
  }

  static EnclaveException invalid(KeyAlgorithm algorithm, String observed) {
    return Texts.PUBLIC_KEY_INVALID.as(ErrorCode.INVALID_PUBLIC_KEY, algorithm, observed);
  }

  private static ECPublicKeyParameters ecKey(Curve curve, byte[] encoded) throws DerException {
    boolean uncompressed = encoded.length == 1 + 2 * curve.length() && encoded[0] == 4;
    boolean compressed =
        encoded.length == 1 + curve.length() && (encoded[0] == 2 || encoded[0] == 3);
    if (!uncompressed && !compressed) {
      throw new DerException(Texts.POINT_FORM_UNKNOWN.with());
    }
    ECPoint point = curve.domain().getCurve().decodePoint(encoded);
    return new ECPublicKeyParameters(point, curve.domain());
  }

  private static Ed25519PublicKeyParameters ed25519Key(byte[] encoded) throws DerException {
    if (encoded.length != Ed25519.PUBLIC_KEY_SIZE || !Ed25519.validatePublicKeyFull(encoded, 0)) {
      throw new DerException(Texts.POINT_NOT_IN_GROUP.with());
    }
    return new Ed25519PublicKeyParameters(encoded);
  }

  private static RSAKeyParameters rsaKey(int bits, byte[] encoded) throws DerException {
    DerReader outer = new DerReader(encoded);
    DerReader numbers = outer.sequence();
    BigInteger modulus = numbers.natural();
    BigInteger exponent = numbers.natural();
    numbers.end();
    outer.end();
    requireRsa(bits, modulus, exponent);
    return new RSAKeyParameters(false, modulus, exponent);
  }
}
