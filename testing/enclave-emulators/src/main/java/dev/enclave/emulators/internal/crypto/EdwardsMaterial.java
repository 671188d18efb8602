package dev.enclave.emulators.internal.crypto;

import java.io.IOException;
import java.security.SecureRandom;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.Ed25519phSigner;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;

/** An Ed25519 key pair (RFC 8032 §5.1). Signatures are 64 bytes, R and S, without an envelope. */
public final class EdwardsMaterial implements SigningMaterial {

  /** Variants of Ed25519 (RFC 8032 §5.1). */
  public enum Variant {
    /** Ed25519, of a whole message. */
    PURE,
    /** Ed25519ph with an empty context, whose first step hashes whatever it is given. */
    PREHASHED
  }

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

  /** A new pair. */
  public static EdwardsMaterial generate(SecureRandom random) {
    return new EdwardsMaterial(new Ed25519PrivateKeyParameters(random));
  }

  @Override
  public byte[] publicKey() {
    return encodedPublicKey.clone();
  }

  @Override
  public byte[] privateKey() {
    return PrivateKeys.encode(privateKey);
  }

  /** Signs {@code message}. */
  public byte[] sign(Variant variant, byte[] message) {
    Signer signer = engine(variant);
    signer.init(true, privateKey);
    signer.update(message, 0, message.length);
    try {
      return signer.generateSignature();
    } catch (org.bouncycastle.crypto.CryptoException e) {
      throw new IllegalStateException("Ed25519 could not sign.");
    }
  }

  /** Whether {@code signature} is one over {@code message}. */
  public boolean verify(Variant variant, byte[] message, byte[] signature) {
    Signer verifier = engine(variant);
    verifier.init(false, publicKey);
    verifier.update(message, 0, message.length);
    return verifier.verifySignature(signature);
  }

  private static Signer engine(Variant variant) {
    return variant == Variant.PREHASHED ? new Ed25519phSigner(new byte[0]) : new Ed25519Signer();
  }
}
