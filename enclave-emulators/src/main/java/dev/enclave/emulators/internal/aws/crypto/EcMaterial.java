package dev.enclave.emulators.internal.aws.crypto;

import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.EnumMap;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;

/** A key pair on a Weierstrass curve. */
final class EcMaterial implements SigningMaterial {

  private static final Map<KeySpec, ECNamedDomainParameters> CURVES = new EnumMap<>(KeySpec.class);

  static {
    CURVES.put(KeySpec.ECC_NIST_P256, curve(SECObjectIdentifiers.secp256r1));
    CURVES.put(KeySpec.ECC_NIST_P384, curve(SECObjectIdentifiers.secp384r1));
    CURVES.put(KeySpec.ECC_NIST_P521, curve(SECObjectIdentifiers.secp521r1));
    CURVES.put(KeySpec.ECC_SECG_P256K1, curve(SECObjectIdentifiers.secp256k1));
  }

  private final ECPrivateKeyParameters privateKey;
  private final ECPublicKeyParameters publicKey;
  private final byte[] encodedPublicKey;

  private EcMaterial(ECPrivateKeyParameters privateKey, ECPublicKeyParameters publicKey) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
    try {
      encodedPublicKey =
          SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(publicKey).getEncoded("DER");
    } catch (IOException e) {
      throw new IllegalStateException("A public key on a named curve could not be encoded.");
    }
  }

  private static ECNamedDomainParameters curve(ASN1ObjectIdentifier identifier) {
    return new ECNamedDomainParameters(identifier, CustomNamedCurves.getByOID(identifier));
  }

  static EcMaterial generate(KeySpec spec, SecureRandom random) {
    ECKeyPairGenerator generator = new ECKeyPairGenerator();
    generator.init(new ECKeyGenerationParameters(domain(spec), random));
    AsymmetricCipherKeyPair pair = generator.generateKeyPair();
    return new EcMaterial(
        (ECPrivateKeyParameters) pair.getPrivate(), (ECPublicKeyParameters) pair.getPublic());
  }

  /** The pair of a private scalar, which must be in range. */
  static EcMaterial of(KeySpec spec, BigInteger scalar) {
    ECNamedDomainParameters domain = domain(spec);
    return new EcMaterial(
        new ECPrivateKeyParameters(scalar, domain),
        new ECPublicKeyParameters(domain.getG().multiply(scalar).normalize(), domain));
  }

  static ECNamedDomainParameters domain(KeySpec spec) {
    ECNamedDomainParameters domain = CURVES.get(spec);
    if (domain == null) {
      throw new IllegalArgumentException(spec + " is on no Weierstrass curve.");
    }
    return domain;
  }

  @Override
  public byte[] publicKey() {
    return encodedPublicKey.clone();
  }

  /**
   * KMS API Reference, Sign: Signature: a DER-encoded object (RFC 3279 §2.2.3). Nothing promises a
   * low s, so about half of them are high, as a random nonce makes them.
   */
  @Override
  public byte[] sign(String algorithm, byte[] input, SecureRandom random) {
    ECDSASigner signer = new ECDSASigner();
    signer.init(true, new ParametersWithRandom(privateKey, random));
    BigInteger[] rs = signer.generateSignature(input);
    try {
      return StandardDSAEncoding.INSTANCE.encode(privateKey.getParameters().getN(), rs[0], rs[1]);
    } catch (IOException e) {
      throw new IllegalStateException("A signature could not be encoded.");
    }
  }

  @Override
  public boolean verify(String algorithm, byte[] input, byte[] signature) {
    BigInteger[] rs;
    try {
      rs = StandardDSAEncoding.INSTANCE.decode(publicKey.getParameters().getN(), signature);
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
    ECDSASigner verifier = new ECDSASigner();
    verifier.init(false, publicKey);
    return verifier.verifySignature(input, rs[0], rs[1]);
  }
}
