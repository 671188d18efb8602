package dev.enclave.jca;

import dev.enclave.KeyName;
import dev.enclave.SignOptions;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.VersionSigner;
import java.io.InvalidObjectException;
import java.io.NotSerializableException;
import java.io.ObjectStreamException;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A key whose parts stay where they are; by family, what its public half says of it. */
abstract sealed class OpaqueKey implements EnclavePrivateKey {

  private static final long serialVersionUID = 1L;

  private final transient VersionSigner signer;
  private final transient SignOptions options;
  private final transient PublicKey publicKey;

  OpaqueKey(VersionSigner signer, SignOptions options, PublicKey publicKey) {
    this.signer = signer;
    this.options = options;
    this.publicKey = publicKey;
  }

  /** The signature's bytes, laid out as {@code encoding} says. */
  final byte[] sign(SigningInput input, SignatureEncoding encoding) {
    return signer.sign(input, options.encoding(encoding)).toByteArray();
  }

  /** SHA-256 of the public key. */
  final byte[] fingerprint() {
    return signer.publicKey().fingerprint().value().toByteArray();
  }

  @Override
  public final KeyName keyName() {
    return KeyName.of(keyId().substring(0, keyId().indexOf('/')));
  }

  @Override
  public final String keyId() {
    return signer.keyId();
  }

  @Override
  public final SigningAlgorithm signingAlgorithm() {
    return signer.algorithm();
  }

  @Override
  public final PublicKey publicKey() {
    return publicKey;
  }

  @Override
  public final @Nullable String getFormat() {
    return null;
  }

  @Override
  public final byte @Nullable [] getEncoded() {
    return null;
  }

  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof OpaqueKey that
        && keyId().equals(that.keyId())
        && signer.publicKey().equals(that.signer.publicKey());
  }

  @Override
  public final int hashCode() {
    return signer.publicKey().hashCode();
  }

  @Override
  public final String toString() {
    return "EnclavePrivateKey[" + keyId() + ", " + signingAlgorithm() + "]";
  }

  @SuppressWarnings("DoNotCallSuggester") // serialization calls it
  protected final Object writeReplace() throws ObjectStreamException {
    throw new NotSerializableException(
        "EnclavePrivateKey: the key stays in its backend. Store the handle of the SigningKey, and"
            + " take the key from it again.");
  }

  @SuppressWarnings("DoNotCallSuggester")
  protected final Object readResolve() throws ObjectStreamException {
    throw new InvalidObjectException("No EnclavePrivateKey was ever written.");
  }

  /** On an elliptic curve, for ECDSA. */
  static final class Ec extends OpaqueKey implements ECKey {

    private static final long serialVersionUID = 1L;

    private final transient ECParameterSpec curve;

    Ec(VersionSigner signer, SignOptions options, ECPublicKey publicKey) {
      super(signer, options, publicKey);
      this.curve = publicKey.getParams();
    }

    @Override
    public String getAlgorithm() {
      return "EC";
    }

    @Override
    public ECParameterSpec getParams() {
      return curve;
    }
  }

  /** JSSE asks for the modulus, to know how long a signature it has room for. */
  static final class Rsa extends OpaqueKey implements RSAKey {

    private static final long serialVersionUID = 1L;

    private final transient BigInteger modulus;

    Rsa(VersionSigner signer, SignOptions options, RSAPublicKey publicKey) {
      super(signer, options, publicKey);
      this.modulus = publicKey.getModulus();
    }

    @Override
    public String getAlgorithm() {
      return "RSA";
    }

    @Override
    public BigInteger getModulus() {
      return modulus;
    }

    /**
     * The parameters of RSASSA-PSS, without which jarsigner takes those of its own for a key of
     * this length: SHA-384 from JDK 25 on. From JDK 22 two interfaces of this class have the
     * method.
     */
    @Override
    public @Nullable AlgorithmParameterSpec getParams() {
      return signingAlgorithm().jcaParameters().orElse(null);
    }
  }

  /** JSSE knows the key by its algorithm, and jarsigner by its interface. */
  static final class Ed extends OpaqueKey implements EdECPrivateKey {

    private static final long serialVersionUID = 1L;

    Ed(VersionSigner signer, SignOptions options, PublicKey publicKey) {
      super(signer, options, publicKey);
    }

    @Override
    public String getAlgorithm() {
      return "EdDSA";
    }

    @Override
    public NamedParameterSpec getParams() {
      return NamedParameterSpec.ED25519;
    }

    @Override
    public Optional<byte[]> getBytes() {
      return Optional.empty();
    }
  }
}
