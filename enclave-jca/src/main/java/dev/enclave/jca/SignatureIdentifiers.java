package dev.enclave.jca;

import dev.enclave.DigestAlgorithm;
import dev.enclave.SigningAlgorithm;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.security.spec.PSSParameterSpec;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** What X.509 calls the algorithms of signatures. */
final class SignatureIdentifiers {

  private static final ASN1ObjectIdentifier ED25519 = new ASN1ObjectIdentifier("1.3.101.112");

  private SignatureIdentifiers() {}

  /**
   * With the parameters that the algorithm has (RFC 4055 §3 and §5, RFC 5758 §3.2, RFC 8410 §3).
   *
   * @throws UsageException ({@link ErrorCode#UNSUPPORTED_ALGORITHM}) when it has no name there
   */
  static AlgorithmIdentifier of(SigningAlgorithm algorithm) {
    return switch (algorithm.family()) {
      case EDDSA -> new AlgorithmIdentifier(ED25519);
      case ECDSA -> new AlgorithmIdentifier(ecdsa(algorithm));
      case RSA_PKCS1 -> new AlgorithmIdentifier(pkcs1(digest(algorithm)), DERNull.INSTANCE);
      case RSA_PSS -> pss(algorithm);
      default -> throw unnamed(algorithm);
    };
  }

  private static DigestAlgorithm digest(SigningAlgorithm algorithm) {
    return algorithm.digest().orElseThrow(() -> unnamed(algorithm));
  }

  private static ASN1ObjectIdentifier ecdsa(SigningAlgorithm algorithm) {
    return switch (digest(algorithm)) {
      case SHA_256 -> X9ObjectIdentifiers.ecdsa_with_SHA256;
      case SHA_384 -> X9ObjectIdentifiers.ecdsa_with_SHA384;
      case SHA_512 -> X9ObjectIdentifiers.ecdsa_with_SHA512;
      case KECCAK_256 -> throw unnamed(algorithm);
    };
  }

  private static ASN1ObjectIdentifier pkcs1(DigestAlgorithm digest) {
    return switch (digest) {
      case SHA_256 -> PKCSObjectIdentifiers.sha256WithRSAEncryption;
      case SHA_384 -> PKCSObjectIdentifiers.sha384WithRSAEncryption;
      case SHA_512 -> PKCSObjectIdentifiers.sha512WithRSAEncryption;
      case KECCAK_256 -> throw new IllegalArgumentException("no RSA key has Keccak-256");
    };
  }

  private static AlgorithmIdentifier pss(SigningAlgorithm algorithm) {
    PSSParameterSpec parameters = (PSSParameterSpec) algorithm.jcaParameters().orElseThrow();
    AlgorithmIdentifier hash =
        new AlgorithmIdentifier(
            switch (digest(algorithm)) {
              case SHA_256 -> NISTObjectIdentifiers.id_sha256;
              case SHA_384 -> NISTObjectIdentifiers.id_sha384;
              case SHA_512 -> NISTObjectIdentifiers.id_sha512;
              case KECCAK_256 -> throw new IllegalArgumentException("no RSA key has Keccak-256");
            },
            DERNull.INSTANCE);
    AlgorithmIdentifier mask = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, hash);
    return new AlgorithmIdentifier(
        PKCSObjectIdentifiers.id_RSASSA_PSS,
        new RSASSAPSSparams(
            hash,
            mask,
            new ASN1Integer(parameters.getSaltLength()),
            new ASN1Integer(parameters.getTrailerField())));
  }

  private static EnclaveException unnamed(SigningAlgorithm algorithm) {
    return Texts.X509_HAS_NO_NAME.as(ErrorCode.UNSUPPORTED_ALGORITHM, algorithm);
  }
}
