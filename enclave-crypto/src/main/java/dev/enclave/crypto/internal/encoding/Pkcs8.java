package dev.enclave.crypto.internal.encoding;

import static dev.enclave.crypto.internal.encoding.DerWriter.integer;
import static dev.enclave.crypto.internal.encoding.DerWriter.octetString;
import static dev.enclave.crypto.internal.encoding.DerWriter.sequence;

import dev.enclave.KeyAlgorithm;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
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
      throw new DerException("it is of another version or algorithm");
    }
    return key;
  }

  /** The envelope around {@code key}, which is overwritten. */
  public static byte[] wrap(KeyAlgorithm algorithm, byte[] key) {
    return sequence(
        integer(BigInteger.ZERO), PublicKeys.algorithmIdentifier(algorithm), octetString(key));
  }

  public static UsageException malformed(KeyAlgorithm algorithm, int length, DerException cause) {
    return new UsageException(
        ErrorCode.INVALID_ENCODING,
        "These "
            + length
            + " bytes are not a PKCS#8 private key for "
            + algorithm
            + ": "
            + cause.getMessage()
            + ". Convert with: openssl pkcs8 -topk8 -nocrypt -outform DER.");
  }
}
