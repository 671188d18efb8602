package dev.enclave.benchmarks.setting;

import dev.enclave.SigningAlgorithm;

/** The signature schemes that are measured. */
public enum Scheme {
  P256("P-256", SigningAlgorithm.ECDSA_P256_SHA256, "EC"),
  P384("P-384", SigningAlgorithm.ECDSA_P384_SHA384, "EC"),
  P521("P-521", SigningAlgorithm.ECDSA_P521_SHA512, "EC"),
  SECP256K1("secp256k1", SigningAlgorithm.ECDSA_SECP256K1_SHA256, "EC"),
  ED25519("Ed25519", SigningAlgorithm.ED25519, "Ed25519"),
  RSA_2048("RSA-2048", SigningAlgorithm.RSA_PKCS1_2048_SHA256, "RSA"),
  RSA_4096("RSA-4096", SigningAlgorithm.RSA_PKCS1_4096_SHA256, "RSA");

  private final String title;
  private final SigningAlgorithm algorithm;
  private final String keyType;

  Scheme(String title, SigningAlgorithm algorithm, String keyType) {
    this.title = title;
    this.algorithm = algorithm;
    this.keyType = keyType;
  }

  public String title() {
    return title;
  }

  public SigningAlgorithm algorithm() {
    return algorithm;
  }

  /** What JCA calls the type of its keys. */
  public String keyType() {
    return keyType;
  }

  public boolean rsa() {
    return keyType.equals("RSA");
  }
}
