package dev.enclave.azure.internal;

import com.azure.core.http.rest.Response;
import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.cryptography.models.SignatureAlgorithm;
import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.CreateKeyOptions;
import com.azure.security.keyvault.keys.models.CreateOctKeyOptions;
import com.azure.security.keyvault.keys.models.CreateRsaKeyOptions;
import com.azure.security.keyvault.keys.models.JsonWebKey;
import com.azure.security.keyvault.keys.models.KeyCurveName;
import com.azure.security.keyvault.keys.models.KeyOperation;
import com.azure.security.keyvault.keys.models.KeyType;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeyPurpose;
import dev.enclave.SignatureEncoding;
import dev.enclave.spi.AlgorithmSupport;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an algorithm is called in a vault ("Key types, algorithms, and operations"). A vault signs
 * digests alone, and makes no difference between one hash and another of the same length.
 */
public record AzureScheme(KeyAlgorithm algorithm) {

  /** Whether vaults have it at all: everything but Ed25519, and AES in managed HSMs alone. */
  public static boolean offered(KeyAlgorithm algorithm, boolean managedHsm) {
    return switch (algorithm.family()) {
      case EDDSA -> false;
      case AES_GCM -> managedHsm;
      case ECDSA, RSA_PSS, RSA_PKCS1, RSA_OAEP -> true;
    };
  }

  /** What a vault takes for every algorithm that it has. */
  public static List<AlgorithmSupport> supported(boolean managedHsm) {
    return KeyAlgorithm.all().stream()
        .filter(algorithm -> offered(algorithm, managedHsm))
        .map(algorithm -> new AzureScheme(algorithm).support())
        .toList();
  }

  public AlgorithmSupport support() {
    return algorithm.purpose() == KeyPurpose.WRAP
        ? AlgorithmSupport.wrapping(algorithm)
        : AlgorithmSupport.digestsOnly(algorithm);
  }

  /** Asks for a key of this kind, in an HSM. */
  public Response<KeyVaultKey> create(KeyClient keys, String name, Map<String, String> tags) {
    return switch (algorithm.family()) {
      case ECDSA ->
          keys.createEcKeyWithResponse(
              with(tags, new CreateEcKeyOptions(name).setCurveName(curve()))
                  .setHardwareProtected(true),
              Context.NONE);
      case RSA_PSS, RSA_PKCS1, RSA_OAEP ->
          keys.createRsaKeyWithResponse(
              with(tags, new CreateRsaKeyOptions(name).setKeySize(algorithm.keyBits()))
                  .setHardwareProtected(true),
              Context.NONE);
      case AES_GCM ->
          keys.createOctKeyWithResponse(
              with(tags, new CreateOctKeyOptions(name).setKeySize(algorithm.keyBits()))
                  .setHardwareProtected(true),
              Context.NONE);
      case EDDSA -> throw new IllegalStateException("no vault has Ed25519");
    };
  }

  private <O extends CreateKeyOptions> O with(Map<String, String> tags, O options) {
    options.setEnabled(true).setExportable(false).setTags(tags).setKeyOperations(operations());
    return options;
  }

  /** A private key of this kind for an HSM, without what is private in it. */
  public JsonWebKey webKey() {
    JsonWebKey key = new JsonWebKey().setKeyOps(List.of(operations()));
    return algorithm.family() == Family.ECDSA
        ? key.setKeyType(KeyType.EC_HSM).setCurveName(curve())
        : key.setKeyType(KeyType.RSA_HSM);
  }

  private KeyOperation[] operations() {
    return switch (algorithm.family()) {
      case RSA_OAEP -> new KeyOperation[] {KeyOperation.WRAP_KEY, KeyOperation.UNWRAP_KEY};
      case AES_GCM -> new KeyOperation[] {KeyOperation.ENCRYPT, KeyOperation.DECRYPT};
      case ECDSA, RSA_PSS, RSA_PKCS1, EDDSA ->
          new KeyOperation[] {KeyOperation.SIGN, KeyOperation.VERIFY};
    };
  }

  KeyCurveName curve() {
    String curve = algorithm.curve().orElseThrow();
    return curve.equals("secp256k1") ? KeyCurveName.P_256K : KeyCurveName.fromString(curve);
  }

  /** The name of a signing algorithm in requests. */
  public SignatureAlgorithm signing() {
    boolean sha512 = algorithm.digest().equals(Optional.of(DigestAlgorithm.SHA_512));
    return switch (algorithm.family()) {
      case ECDSA ->
          algorithm.curve().equals(Optional.of("secp256k1"))
              ? SignatureAlgorithm.ES256K
              : SignatureAlgorithm.fromString(algorithm.joseName().orElseThrow());
      case RSA_PSS -> sha512 ? SignatureAlgorithm.PS512 : SignatureAlgorithm.PS256;
      case RSA_PKCS1 -> sha512 ? SignatureAlgorithm.RS512 : SignatureAlgorithm.RS256;
      case AES_GCM, RSA_OAEP, EDDSA ->
          throw new IllegalStateException(algorithm + " does not sign");
    };
  }

  /** How a vault lays out signatures: r and s side by side, or the number of RSA. */
  public SignatureEncoding encoding() {
    return algorithm.family() == Family.ECDSA ? SignatureEncoding.P1363 : SignatureEncoding.RAW;
  }

  /** How long a signature is, in bytes. */
  public int signatureLength() {
    int bytes = (algorithm.keyBits() + Byte.SIZE - 1) / Byte.SIZE;
    return algorithm.family() == Family.ECDSA ? 2 * bytes : bytes;
  }
}
