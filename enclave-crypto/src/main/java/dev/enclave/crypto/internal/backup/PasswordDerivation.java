package dev.enclave.crypto.internal.backup;

import dev.enclave.Bytes;
import dev.enclave.crypto.internal.encoding.BouncyCastle;
import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.crypto.internal.encoding.DerReader;
import dev.enclave.crypto.internal.encoding.DerWriter;
import dev.enclave.crypto.internal.encoding.ObjectId;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.UsageException;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.KeyParameter;

/** How an encrypted private key's key comes from the password, with what it costs. */
public sealed interface PasswordDerivation {

  int KEY_LENGTH = 32;
  int LONGEST_SALT = 256;

  /** Bits. */
  int LONGEST_COST = 31;

  Bytes salt();

  /** The 32-byte key; the caller overwrites it. */
  byte[] derive(byte[] password);

  /** DER AlgorithmIdentifier. */
  byte[] encode();

  /**
   * scrypt (RFC 7914 §7).
   *
   * @param cost N, a power of two
   * @param blockSize r
   * @param parallelism p
   */
  record Scrypt(Bytes salt, int cost, int blockSize, int parallelism)
      implements PasswordDerivation {

    @Override
    public byte[] derive(byte[] password) {
      return SCrypt.generate(
          password, salt.toByteArray(), cost, blockSize, parallelism, KEY_LENGTH);
    }

    @Override
    public byte[] encode() {
      return DerWriter.sequence(
          ObjectId.encode(ObjectId.SCRYPT),
          DerWriter.sequence(
              DerWriter.octetString(salt.toByteArray()),
              DerWriter.integer(BigInteger.valueOf(cost)),
              DerWriter.integer(BigInteger.valueOf(blockSize)),
              DerWriter.integer(BigInteger.valueOf(parallelism))));
    }

    static Scrypt parse(DerReader parameters) throws DerException {
      Bytes salt = readSalt(parameters);
      BigInteger cost = readCost(parameters);
      BigInteger blockSize = readCost(parameters);
      BigInteger parallelism = readCost(parameters);
      requireKeyLength(parameters);
      parameters.end();
      boolean sound =
          cost.bitCount() == 1
              && cost.bitLength() > 1
              && blockSize.signum() > 0
              && parallelism.signum() > 0;
      if (!sound
          || !DerivationCost.affordable(cost, blockSize, parallelism)
          // RFC 7914 §2: N below 2^(128 r / 8), which only r = 1 makes a limit here.
          || (blockSize.intValueExact() == 1 && cost.bitLength() > 16)) {
        throw InvalidBackups.outOfRange(
            Texts.SCRYPT_COST.with(cost, blockSize, parallelism),
            Texts.SCRYPT_RANGE.with(DerivationCost.MOST_SCRYPT_WORK));
      }
      return new Scrypt(
          salt, cost.intValueExact(), blockSize.intValueExact(), parallelism.intValueExact());
    }
  }

  /**
   * PBKDF2 with HMAC-SHA256 (RFC 8018 §5.2).
   *
   * @param iterations how often the hash runs
   */
  record Pbkdf2(Bytes salt, int iterations) implements PasswordDerivation {

    /** RFC 8018 §4.2. */
    private static final int LEAST_ITERATIONS = 1000;

    @Override
    public byte[] derive(byte[] password) {
      PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(BouncyCastle.sha256());
      generator.init(password, salt.toByteArray(), iterations);
      return ((KeyParameter) generator.generateDerivedParameters(8 * KEY_LENGTH)).getKey();
    }

    @Override
    public byte[] encode() {
      return DerWriter.sequence(
          ObjectId.encode(ObjectId.PBKDF2),
          DerWriter.sequence(
              DerWriter.octetString(salt.toByteArray()),
              DerWriter.integer(BigInteger.valueOf(iterations)),
              hmacSha256()));
    }

    private static byte[] hmacSha256() {
      return DerWriter.sequence(ObjectId.encode(ObjectId.HMAC_SHA256), new byte[] {5, 0});
    }

    static Pbkdf2 parse(DerReader parameters) throws DerException {
      Bytes salt = readSalt(parameters);
      BigInteger iterations = readCost(parameters);
      requireKeyLength(parameters);
      // The default that RFC 8018 appendix A.2 gives to an absent hash is SHA-1.
      byte[] hash =
          parameters.nextIs(DerWriter.SEQUENCE)
              ? parameters.element(DerWriter.SEQUENCE)
              : new byte[0];
      parameters.end();
      if (!Arrays.equals(hash, hmacSha256())) {
        throw InvalidBackups.unsupported(Texts.PBKDF2_HASH.with(hashName(hash)));
      }
      if (iterations.compareTo(BigInteger.valueOf(LEAST_ITERATIONS)) < 0
          || iterations.compareTo(BigInteger.valueOf(DerivationCost.MOST_PBKDF2_ITERATIONS)) > 0) {
        throw InvalidBackups.outOfRange(
            Texts.PBKDF2_ITERATIONS.with(iterations),
            Texts.ITERATIONS_RANGE.with(LEAST_ITERATIONS, DerivationCost.MOST_PBKDF2_ITERATIONS));
      }
      return new Pbkdf2(salt, iterations.intValueExact());
    }

    private static String hashName(byte[] hash) throws DerException {
      return hash.length == 0
          ? "HMAC-SHA1"
          : ObjectId.name(ObjectId.read(new DerReader(hash).sequence()));
    }
  }

  /**
   * Reads an AlgorithmIdentifier.
   *
   * @throws UsageException for one that is not supported, or costs too much or too little
   */
  static PasswordDerivation parse(DerReader identifier) throws DerException {
    String id = ObjectId.read(identifier);
    if (!id.equals(ObjectId.SCRYPT) && !id.equals(ObjectId.PBKDF2)) {
      throw InvalidBackups.unsupported(Texts.DERIVED_BY.with(ObjectId.name(id)));
    }
    DerReader parameters = identifier.sequence();
    identifier.end();
    return id.equals(ObjectId.SCRYPT) ? Scrypt.parse(parameters) : Pbkdf2.parse(parameters);
  }

  /** Checked before anything is computed with it, or written out: a file may hold any number. */
  private static BigInteger readCost(DerReader parameters) throws DerException {
    BigInteger cost = parameters.natural();
    if (cost.bitLength() > LONGEST_COST) {
      throw InvalidBackups.outOfRange(
          Texts.COST_BITS.with(cost.bitLength()), Texts.COST_RANGE.with(LONGEST_COST));
    }
    return cost;
  }

  private static Bytes readSalt(DerReader parameters) throws DerException {
    byte[] salt = parameters.octetString();
    if (salt.length == 0 || salt.length > LONGEST_SALT) {
      throw InvalidBackups.outOfRange(
          Texts.SALT_BYTES.with(salt.length), Texts.SALT_RANGE.with(LONGEST_SALT));
    }
    return Bytes.of(salt);
  }

  private static void requireKeyLength(DerReader parameters) throws DerException {
    if (parameters.nextIs(DerWriter.INTEGER)
        && !parameters.natural().equals(BigInteger.valueOf(KEY_LENGTH))) {
      throw new DerException(Texts.KEY_LENGTH_NOT_AES.with());
    }
  }
}
