package dev.enclave.crypto.internal.encoding;

import static dev.enclave.crypto.internal.encoding.DerWriter.integer;
import static dev.enclave.crypto.internal.encoding.DerWriter.octetString;
import static dev.enclave.crypto.internal.encoding.DerWriter.sequence;

import dev.enclave.KeyAlgorithm;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.math.BigInteger;
import java.util.Arrays;

/** The envelope of private keys: OneAsymmetricKey (RFC 5958 §2), not encrypted. */
public final class Pkcs8 {

  private static final int ATTRIBUTES = 0xa0;
  private static final int PUBLIC_KEY = 0x81;

  private Pkcs8() {}

  /** The algorithm's own private-key structure; attributes and a public key are passed over. */
  public static byte[] unwrap(KeyAlgorithm algorithm, byte[] encoded) throws DerException {
    DerReader outer = new DerReader(encoded);
    DerReader info = outer.sequence();
    BigInteger version = info.natural();
    byte[] identifier = info.element(DerWriter.SEQUENCE);
    byte[] key = info.octetString();
    info.skipOptional(ATTRIBUTES);
    info.skipOptional(PUBLIC_KEY);
    info.end();
    outer.end();
    if (version.bitLength() > 1
        || !Arrays.equals(identifier, PublicKeys.algorithmIdentifier(algorithm))) {
      Arrays.fill(key, (byte) 0);
      throw new DerException(Texts.OTHER_VERSION_OR_ALGORITHM.with());
    }
    return key;
  }

  /** The envelope around {@code key}, which is overwritten. */
  public static byte[] wrap(KeyAlgorithm algorithm, byte[] key) {
    return sequence(
        integer(BigInteger.ZERO), PublicKeys.algorithmIdentifier(algorithm), octetString(key));
  }

  public static EnclaveException malformed(KeyAlgorithm algorithm, int length, DerException cause) {
    String why = String.valueOf(cause.getMessage());
    return Texts.NOT_PKCS8.as(ErrorCode.INVALID_ENCODING, length, algorithm, why);
  }
}
