package dev.enclave.gcp.internal.calls;

import com.google.cloud.kms.v1.KeyManagementServiceGrpc;
import com.google.iam.v1.TestIamPermissionsRequest;
import com.google.iam.v1.TestIamPermissionsResponse;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;

/**
 * A request that is sent to Cloud KMS.
 *
 * @param method of the service
 * @param permission as roles call it
 * @param changes whether a lost answer leaves open what is there now
 * @param routing the request's field that names the resource
 * @param <Q> the request
 * @param <R> its answer
 */
public record GcpOperation<Q, R>(
    MethodDescriptor<Q, R> method, String permission, boolean changes, String routing) {

  public static final GcpOperation<
          com.google.cloud.kms.v1.GetCryptoKeyRequest, com.google.cloud.kms.v1.CryptoKey>
      GET_KEY =
          reading(KeyManagementServiceGrpc.getGetCryptoKeyMethod(), "cloudkms.cryptoKeys.get");

  public static final GcpOperation<
          com.google.cloud.kms.v1.ListCryptoKeysRequest,
          com.google.cloud.kms.v1.ListCryptoKeysResponse>
      LIST_KEYS =
          reading(KeyManagementServiceGrpc.getListCryptoKeysMethod(), "cloudkms.cryptoKeys.list")
              .routedBy("parent");

  public static final GcpOperation<
          com.google.cloud.kms.v1.ListCryptoKeyVersionsRequest,
          com.google.cloud.kms.v1.ListCryptoKeyVersionsResponse>
      LIST_VERSIONS =
          reading(
                  KeyManagementServiceGrpc.getListCryptoKeyVersionsMethod(),
                  "cloudkms.cryptoKeyVersions.list")
              .routedBy("parent");

  public static final GcpOperation<
          com.google.cloud.kms.v1.GetCryptoKeyVersionRequest,
          com.google.cloud.kms.v1.CryptoKeyVersion>
      GET_VERSION =
          reading(
              KeyManagementServiceGrpc.getGetCryptoKeyVersionMethod(),
              "cloudkms.cryptoKeyVersions.get");

  public static final GcpOperation<
          com.google.cloud.kms.v1.GetPublicKeyRequest, com.google.cloud.kms.v1.PublicKey>
      GET_PUBLIC_KEY =
          reading(
              KeyManagementServiceGrpc.getGetPublicKeyMethod(),
              "cloudkms.cryptoKeyVersions.viewPublicKey");

  // A signature or ciphertext of which nobody hears changes nothing.
  public static final GcpOperation<
          com.google.cloud.kms.v1.AsymmetricSignRequest,
          com.google.cloud.kms.v1.AsymmetricSignResponse>
      SIGN =
          reading(
              KeyManagementServiceGrpc.getAsymmetricSignMethod(),
              "cloudkms.cryptoKeyVersions.useToSign");

  public static final GcpOperation<
          com.google.cloud.kms.v1.EncryptRequest, com.google.cloud.kms.v1.EncryptResponse>
      ENCRYPT =
          reading(
              KeyManagementServiceGrpc.getEncryptMethod(),
              "cloudkms.cryptoKeyVersions.useToEncrypt");

  public static final GcpOperation<
          com.google.cloud.kms.v1.DecryptRequest, com.google.cloud.kms.v1.DecryptResponse>
      DECRYPT =
          reading(
              KeyManagementServiceGrpc.getDecryptMethod(),
              "cloudkms.cryptoKeyVersions.useToDecrypt");

  public static final GcpOperation<
          com.google.cloud.kms.v1.AsymmetricDecryptRequest,
          com.google.cloud.kms.v1.AsymmetricDecryptResponse>
      ASYMMETRIC_DECRYPT =
          reading(
              KeyManagementServiceGrpc.getAsymmetricDecryptMethod(),
              "cloudkms.cryptoKeyVersions.useToDecrypt");

  public static final GcpOperation<
          com.google.cloud.kms.v1.CreateCryptoKeyRequest, com.google.cloud.kms.v1.CryptoKey>
      CREATE_KEY =
          changing(
                  KeyManagementServiceGrpc.getCreateCryptoKeyMethod(), "cloudkms.cryptoKeys.create")
              .routedBy("parent");

  public static final GcpOperation<
          com.google.cloud.kms.v1.CreateCryptoKeyVersionRequest,
          com.google.cloud.kms.v1.CryptoKeyVersion>
      CREATE_VERSION =
          changing(
                  KeyManagementServiceGrpc.getCreateCryptoKeyVersionMethod(),
                  "cloudkms.cryptoKeyVersions.create")
              .routedBy("parent");

  public static final GcpOperation<
          com.google.cloud.kms.v1.UpdateCryptoKeyVersionRequest,
          com.google.cloud.kms.v1.CryptoKeyVersion>
      UPDATE_VERSION =
          changing(
                  KeyManagementServiceGrpc.getUpdateCryptoKeyVersionMethod(),
                  "cloudkms.cryptoKeyVersions.update")
              .routedBy("crypto_key_version.name");

  public static final GcpOperation<
          com.google.cloud.kms.v1.DestroyCryptoKeyVersionRequest,
          com.google.cloud.kms.v1.CryptoKeyVersion>
      DESTROY_VERSION =
          changing(
              KeyManagementServiceGrpc.getDestroyCryptoKeyVersionMethod(),
              "cloudkms.cryptoKeyVersions.destroy");

  public static final GcpOperation<
          com.google.cloud.kms.v1.CreateImportJobRequest, com.google.cloud.kms.v1.ImportJob>
      CREATE_IMPORT_JOB =
          changing(
                  KeyManagementServiceGrpc.getCreateImportJobMethod(), "cloudkms.importJobs.create")
              .routedBy("parent");

  public static final GcpOperation<
          com.google.cloud.kms.v1.GetImportJobRequest, com.google.cloud.kms.v1.ImportJob>
      GET_IMPORT_JOB =
          reading(KeyManagementServiceGrpc.getGetImportJobMethod(), "cloudkms.importJobs.get");

  public static final GcpOperation<
          com.google.cloud.kms.v1.ImportCryptoKeyVersionRequest,
          com.google.cloud.kms.v1.CryptoKeyVersion>
      IMPORT_VERSION =
          changing(
                  KeyManagementServiceGrpc.getImportCryptoKeyVersionMethod(),
                  "cloudkms.importJobs.useToImport")
              .routedBy("parent");

  public static final GcpOperation<TestIamPermissionsRequest, TestIamPermissionsResponse>
      TEST_PERMISSIONS =
          reading(testIamPermissions(), "cloudkms.keyRings.getIamPolicy").routedBy("resource");

  /** Served beside the service's own methods ("Using IAM with Cloud KMS"). */
  private static MethodDescriptor<TestIamPermissionsRequest, TestIamPermissionsResponse>
      testIamPermissions() {
    return MethodDescriptor.<TestIamPermissionsRequest, TestIamPermissionsResponse>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName("google.iam.v1.IAMPolicy/TestIamPermissions")
        .setRequestMarshaller(ProtoUtils.marshaller(TestIamPermissionsRequest.getDefaultInstance()))
        .setResponseMarshaller(
            ProtoUtils.marshaller(TestIamPermissionsResponse.getDefaultInstance()))
        .build();
  }

  private static <Q, R> GcpOperation<Q, R> reading(
      MethodDescriptor<Q, R> method, String permission) {
    return new GcpOperation<>(method, permission, false, "name");
  }

  private static <Q, R> GcpOperation<Q, R> changing(
      MethodDescriptor<Q, R> method, String permission) {
    return new GcpOperation<>(method, permission, true, "name");
  }

  private GcpOperation<Q, R> routedBy(String field) {
    return new GcpOperation<>(method, permission, changes, field);
  }

  /** As a failure names it. */
  String on(String subject) {
    return method.getBareMethodName() + " on " + subject;
  }
}
