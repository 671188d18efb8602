package dev.enclave.emulators.internal.aws.crypto;

import java.io.IOException;
import java.security.SecureRandom;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.Ed25519phSigner;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;

/** An Ed25519 key pair (RFC 8032 §5.1). Signatures are 64 bytes, R and S, without an envelope. */
final class EdwardsMaterial implements SigningMaterial {

  private final Ed25519PrivateKeyParameters privateKey;
  private final Ed25519PublicKeyParameters publicKey;
  private final byte[] encodedPublicKey;

  EdwardsMaterial(Ed25519PrivateKeyParameters privateKey) {
    this.privateKey = privateKey;
    publicKey = privateKey.generatePublicKey();
    try {
      encodedPublicKey =
          SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(publicKey).getEncoded("DER");
    } catch (IOException e) {
      throw new IllegalStateException("An Ed25519 public key could not be encoded.");
    }
  }

  static EdwardsMaterial generate(SecureRandom random) {
    return new EdwardsMaterial(new Ed25519PrivateKeyParameters(random));
  }

  @Override
  public byte[] publicKey() {
    return encodedPublicKey.clone();
  }

  @Override
  public byte[] sign(String algorithm, byte[] input, SecureRandom random) {
    Signer signer = engine(algorithm);
    signer.init(true, privateKey);
    signer.update(input, 0, input.length);
    try {
      return signer.generateSignature();
    } catch (org.bouncycastle.crypto.CryptoException e) {
      throw new IllegalStateException("Ed25519 could not sign.");
    }
  }

  @Override
  public boolean verify(String algorithm, byte[] input, byte[] signature) {
    Signer verifier = engine(algorithm);
    verifier.init(false, publicKey);
    verifier.update(input, 0, input.length);
    return verifier.verifySignature(signature);
  }

  /**
   * ED25519_PH_SHA_512 is Ed25519ph with an empty context (RFC 8032 §5.1), whose first step hashes
   * whatever it is given: a digest too.
   */
  private static Signer engine(String algorithm) {
    return algorithm.equals("ED25519_PH_SHA_512")
        ? new Ed25519phSigner(new byte[0])
        : new Ed25519Signer();
  }
}
