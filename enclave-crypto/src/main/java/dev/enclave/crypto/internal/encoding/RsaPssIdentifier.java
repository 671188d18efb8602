package dev.enclave.crypto.internal.encoding;

import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.math.BigInteger;
import java.util.Optional;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;

/** The identifier id-RSASSA-PSS of keys that are for this padding alone (RFC 4055 §1.2, §3.1). */
final class RsaPssIdentifier {

  private static final int HASH = 0xa0;
  private static final int MASK = 0xa1;
  private static final int SALT_LENGTH = 0xa2;
  private static final int TRAILER_FIELD = 0xa3;

  private RsaPssIdentifier() {}

  /** Whether a DER AlgorithmIdentifier is this one, whatever its parameters. */
  static boolean is(byte[] identifier) throws DerException {
    DerReader inside = new DerReader(identifier).sequence();
    return ObjectId.read(inside).equals(PKCSObjectIdentifiers.id_RSASSA_PSS.getId());
  }

  /**
   * Checks that a key under this identifier may be used for {@code algorithm}: it has no
   * parameters, or those of the algorithm. The salt length of a key is the least one allowed.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_PUBLIC_KEY}) when it may not
   */
  static void requireFit(byte[] identifier, KeyAlgorithm algorithm) throws DerException {
    if (algorithm.family() != KeyAlgorithm.Family.RSA_PSS) {
      throw unfit(algorithm, Texts.FOR_PSS_ALONE.with());
    }
    DerReader inside = new DerReader(identifier).sequence();
    ObjectId.read(inside);
    if (inside.nextIs(DerWriter.SEQUENCE)
        && !fit(inside.sequence(), algorithm.digest().orElseThrow())) {
      throw unfit(algorithm, Texts.OTHER_PSS_PARAMETERS.with());
    }
    inside.end();
  }

  /** Every default is one of SHA-1, which no algorithm of ours has, or the salt's 20 bytes. */
  private static boolean fit(DerReader parameters, DigestAlgorithm digest) throws DerException {
    if (!parameters.nextIs(HASH)) {
      return false;
    }
    Optional<String> hash = Optional.of(hash(parameters.inside(HASH)));
    if (!parameters.nextIs(MASK)) {
      return false;
    }
    Optional<String> maskHash = maskHash(parameters.inside(MASK));
    BigInteger least = BigInteger.valueOf(20);
    if (parameters.nextIs(SALT_LENGTH)) {
      DerReader length = parameters.inside(SALT_LENGTH);
      least = length.natural();
      length.end();
    }
    // Its one value is the default, which DER leaves out and others write.
    if (parameters.nextIs(TRAILER_FIELD)) {
      trailerField(parameters.inside(TRAILER_FIELD));
    }
    parameters.end();
    Optional<String> wanted = Optional.of(id(digest));
    return hash.equals(wanted)
        && maskHash.equals(wanted)
        && least.compareTo(BigInteger.valueOf(digest.length())) <= 0;
  }

  /** The hash of MGF1; none for another mask generation function. */
  private static Optional<String> maskHash(DerReader in) throws DerException {
    DerReader mask = in.sequence();
    in.end();
    return ObjectId.read(mask).equals(PKCSObjectIdentifiers.id_mgf1.getId())
        ? Optional.of(hash(mask))
        : Optional.empty();
  }

  private static void trailerField(DerReader in) throws DerException {
    if (!in.natural().equals(BigInteger.ONE)) {
      throw new DerException(Texts.TRAILER_FIELD.with());
    }
    in.end();
  }

  /** RFC 4055 §2.1: parameters of a hash are NULL or absent. */
  private static String hash(DerReader in) throws DerException {
    DerReader hash = in.sequence();
    in.end();
    String id = ObjectId.read(hash);
    hash.skipOptional(DerWriter.NULL);
    hash.end();
    return id;
  }

  private static String id(DigestAlgorithm digest) {
    return switch (digest) {
      case SHA_256 -> NISTObjectIdentifiers.id_sha256.getId();
      case SHA_384 -> NISTObjectIdentifiers.id_sha384.getId();
      case SHA_512 -> NISTObjectIdentifiers.id_sha512.getId();
      case KECCAK_256 -> throw new IllegalArgumentException("RSASSA-PSS has no Keccak-256 here");
    };
  }

  private static EnclaveException unfit(KeyAlgorithm algorithm, String observed) {
    return Texts.PSS_KEY_UNFIT.as(ErrorCode.INVALID_PUBLIC_KEY, algorithm, observed);
  }
}
