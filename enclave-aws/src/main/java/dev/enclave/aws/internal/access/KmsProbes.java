package dev.enclave.aws.internal.access;

import dev.enclave.aws.internal.calls.KmsCalls.Request;
import dev.enclave.aws.internal.calls.KmsOperation;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.AlgorithmSpec;
import software.amazon.awssdk.services.kms.model.EncryptionAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.ExpirationModelType;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/** Requests that tell a permission on a key and leave the key as it is. */
final class KmsProbes {

  /**
   * One of them.
   *
   * @param neededFor what fails without the permission
   * @param proof error codes that KMS answers to those alone who may
   */
  record Probe(KmsOperation operation, String neededFor, Set<String> proof, Request<?> request) {}

  private static final String SIGNING = "signing";
  private static final String SEALING = "sealing";
  static final String CREATING = "creating and rotating keys";
  private static final String IMPORTING = "restoring keys";

  /** What is said of a key's kind: to whom it may not be said, KMS denies the request. */
  private static final Set<String> KIND =
      Set.of("InvalidKeyUsageException", "UnsupportedOperationException");

  /** On no key, and nobody's. */
  private static final String NO_TAG = "enclave:permission-probe";

  private static final SdkBytes NOTHING = SdkBytes.fromByteArray(new byte[32]);

  private KmsProbes() {}

  /** By readings and dry runs. */
  static List<Probe> ofUse(String key) {
    return List.of(
        new Probe(
            KmsOperation.DESCRIBE_KEY,
            SIGNING,
            Set.of(),
            (kms, limits) -> kms.describeKey(r -> r.keyId(key).overrideConfiguration(limits))),
        new Probe(
            KmsOperation.LIST_RESOURCE_TAGS,
            SIGNING,
            Set.of(),
            (kms, limits) -> kms.listResourceTags(r -> r.keyId(key).overrideConfiguration(limits))),
        new Probe(
            KmsOperation.GET_PUBLIC_KEY,
            SIGNING,
            KIND,
            (kms, limits) -> kms.getPublicKey(r -> r.keyId(key).overrideConfiguration(limits))),
        new Probe(
            KmsOperation.SIGN,
            SIGNING,
            KIND,
            (kms, limits) ->
                kms.sign(
                    r ->
                        r.keyId(key)
                            .message(NOTHING)
                            .messageType(MessageType.DIGEST)
                            .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256)
                            .dryRun(true)
                            .overrideConfiguration(limits))),
        new Probe(
            KmsOperation.ENCRYPT,
            SEALING,
            KIND,
            (kms, limits) ->
                kms.encrypt(
                    r ->
                        r.keyId(key)
                            .plaintext(NOTHING)
                            .dryRun(true)
                            .overrideConfiguration(limits))),
        new Probe(
            KmsOperation.DECRYPT,
            SEALING,
            // By RSA, where no ciphertext names a key: that this is none is found with the key.
            Set.of("InvalidKeyUsageException", "InvalidCiphertextException"),
            (kms, limits) ->
                kms.decrypt(
                    r ->
                        r.keyId(key)
                            .ciphertextBlob(NOTHING)
                            .encryptionAlgorithm(EncryptionAlgorithmSpec.RSAES_OAEP_SHA_256)
                            .dryRun(true)
                            .overrideConfiguration(limits))));
  }

  /**
   * By changes that are refused for another reason, or that name what is there already.
   *
   * @param alias that of the version, which names this key for ever
   */
  static List<Probe> ofChange(String key, String alias) {
    return List.of(
        new Probe(
            KmsOperation.CREATE_ALIAS,
            CREATING,
            Set.of("AlreadyExistsException"),
            (kms, limits) ->
                kms.createAlias(
                    r -> r.aliasName(alias).targetKeyId(key).overrideConfiguration(limits))),
        new Probe(
            KmsOperation.UPDATE_ALIAS,
            CREATING,
            Set.of(),
            (kms, limits) ->
                kms.updateAlias(
                    r -> r.aliasName(alias).targetKeyId(key).overrideConfiguration(limits))),
        // "if the specified tag key isn't found on the KMS key, it doesn't throw an exception"
        new Probe(
            KmsOperation.UNTAG_RESOURCE,
            CREATING,
            Set.of(),
            (kms, limits) ->
                kms.untagResource(r -> r.keyId(key).tagKeys(NO_TAG).overrideConfiguration(limits))),
        new Probe(
            KmsOperation.GET_PARAMETERS_FOR_IMPORT,
            IMPORTING,
            KIND,
            (kms, limits) ->
                kms.getParametersForImport(
                    r ->
                        r.keyId(key)
                            .wrappingAlgorithm(AlgorithmSpec.RSAES_OAEP_SHA_256)
                            .wrappingKeySpec(WrappingKeySpec.RSA_4096)
                            .overrideConfiguration(limits))),
        new Probe(
            KmsOperation.IMPORT_KEY_MATERIAL,
            IMPORTING,
            Set.of("UnsupportedOperationException", "InvalidImportTokenException"),
            (kms, limits) ->
                kms.importKeyMaterial(
                    r ->
                        r.keyId(key)
                            .importToken(NOTHING)
                            .encryptedKeyMaterial(NOTHING)
                            .expirationModel(ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE)
                            .overrideConfiguration(limits))));
  }
}
