package dev.enclave.crypto.internal.signature;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningInput;
import dev.enclave.crypto.internal.encoding.PublicKeys;
import dev.enclave.crypto.internal.hash.Digests;
import dev.enclave.internal.PublicKeyEngine;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.function.UnaryOperator;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.bouncycastle.util.BigIntegers;

/**
 * RSASSA-PSS and RSASSA-PKCS1-v1_5 verification (RFC 8017 §8.1.2, §8.2.2). The paddings are checked
 * here; an engine only raises to the public exponent.
 *
 * @param operation x^e mod n on blocks as long as the modulus
 */
public record RsaVerifier(
    KeyAlgorithm algorithm, RSAKeyParameters key, UnaryOperator<byte[]> operation)
    implements PublicKeyEngine.Verifier {

  public static RsaVerifier of(PublicKeyInfo info, UnaryOperator<byte[]> operation) {
    return new RsaVerifier(
        info.algorithm(),
        (RSAKeyParameters) PublicKeys.parse(info.spki().toByteArray(), info.algorithm()),
        operation);
  }

  public static RsaVerifier of(KeyAlgorithm algorithm, RSAKeyParameters key) {
    return new RsaVerifier(algorithm, key, block -> power(block, key));
  }

  private static byte[] power(byte[] block, RSAKeyParameters key) {
    BigInteger result = new BigInteger(1, block).modPow(key.getExponent(), key.getModulus());
    return BigIntegers.asUnsignedByteArray(block.length, result);
  }

  @Override
  public boolean verify(SigningInput input, Bytes signature, SignatureEncoding encoding) {
    SignatureLayout.requireEncoding(algorithm, encoding);
    byte[] digest = Digests.of(input, algorithm);
    byte[] bytes = signature.toByteArray();
    if (bytes.length != SignatureLayout.rawLength(algorithm)
        || new BigInteger(1, bytes).compareTo(key.getModulus()) >= 0) {
      return false;
    }
    return algorithm.family() == KeyAlgorithm.Family.RSA_PSS
        ? verifyPss(digest, bytes)
        : verifyPkcs1(digest, bytes);
  }

  // Builds the one valid encoding and compares, rather than parse what the signature holds: no
  // leniency in the parser can let a forgery through.
  private boolean verifyPkcs1(byte[] digest, byte[] signature) {
    return MessageDigest.isEqual(operation.apply(signature), RsaPadding.pkcs1(digest, algorithm));
  }

  private boolean verifyPss(byte[] digest, byte[] signature) {
    PSSSigner signer = RsaPadding.pss(new RawRsa(algorithm.keyBits(), operation), algorithm);
    signer.init(false, key);
    signer.update(digest, 0, digest.length);
    return signer.verifySignature(signature);
  }
}
