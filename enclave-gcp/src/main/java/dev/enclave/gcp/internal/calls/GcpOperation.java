package dev.enclave.gcp.internal.calls;

import com.google.cloud.kms.v1.AsymmetricDecryptRequest;
import com.google.cloud.kms.v1.AsymmetricDecryptResponse;
import com.google.cloud.kms.v1.AsymmetricSignRequest;
import com.google.cloud.kms.v1.AsymmetricSignResponse;
import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CreateCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.CreateImportJobRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.DecryptRequest;
import com.google.cloud.kms.v1.DecryptResponse;
import com.google.cloud.kms.v1.DestroyCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.EncryptRequest;
import com.google.cloud.kms.v1.EncryptResponse;
import com.google.cloud.kms.v1.GetCryptoKeyRequest;
import com.google.cloud.kms.v1.GetCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.GetImportJobRequest;
import com.google.cloud.kms.v1.GetKeyRingRequest;
import com.google.cloud.kms.v1.GetPublicKeyRequest;
import com.google.cloud.kms.v1.ImportCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.ImportJob;
import com.google.cloud.kms.v1.KeyManagementServiceGrpc;
import com.google.cloud.kms.v1.KeyRing;
import com.google.cloud.kms.v1.ListCryptoKeyVersionsRequest;
import com.google.cloud.kms.v1.ListCryptoKeyVersionsResponse;
import com.google.cloud.kms.v1.ListCryptoKeysRequest;
import com.google.cloud.kms.v1.ListCryptoKeysResponse;
import com.google.cloud.kms.v1.ListRetiredResourcesRequest;
import com.google.cloud.kms.v1.ListRetiredResourcesResponse;
import com.google.cloud.kms.v1.PublicKey;
import com.google.cloud.kms.v1.UpdateCryptoKeyVersionRequest;
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

  public static final GcpOperation<GetKeyRingRequest, KeyRing> GET_KEY_RING =
      reading(KeyManagementServiceGrpc.getGetKeyRingMethod(), "cloudkms.keyRings.get");

  public static final GcpOperation<GetCryptoKeyRequest, CryptoKey> GET_KEY =
      reading(KeyManagementServiceGrpc.getGetCryptoKeyMethod(), "cloudkms.cryptoKeys.get");

  public static final GcpOperation<ListCryptoKeysRequest, ListCryptoKeysResponse> LIST_KEYS =
      reading(KeyManagementServiceGrpc.getListCryptoKeysMethod(), "cloudkms.cryptoKeys.list")
          .routedBy("parent");

  public static final GcpOperation<ListRetiredResourcesRequest, ListRetiredResourcesResponse>
      LIST_RETIRED =
          reading(
                  KeyManagementServiceGrpc.getListRetiredResourcesMethod(),
                  "cloudkms.retiredResources.list")
              .routedBy("parent");

  public static final GcpOperation<ListCryptoKeyVersionsRequest, ListCryptoKeyVersionsResponse>
      LIST_VERSIONS =
          reading(
                  KeyManagementServiceGrpc.getListCryptoKeyVersionsMethod(),
                  "cloudkms.cryptoKeyVersions.list")
              .routedBy("parent");

  public static final GcpOperation<GetCryptoKeyVersionRequest, CryptoKeyVersion> GET_VERSION =
      reading(
          KeyManagementServiceGrpc.getGetCryptoKeyVersionMethod(),
          "cloudkms.cryptoKeyVersions.get");

  public static final GcpOperation<GetPublicKeyRequest, PublicKey> GET_PUBLIC_KEY =
      reading(
          KeyManagementServiceGrpc.getGetPublicKeyMethod(),
          "cloudkms.cryptoKeyVersions.viewPublicKey");

  // A signature or ciphertext of which nobody hears changes nothing.
  public static final GcpOperation<AsymmetricSignRequest, AsymmetricSignResponse> SIGN =
      reading(
          KeyManagementServiceGrpc.getAsymmetricSignMethod(),
          "cloudkms.cryptoKeyVersions.useToSign");

  public static final GcpOperation<EncryptRequest, EncryptResponse> ENCRYPT =
      reading(
          KeyManagementServiceGrpc.getEncryptMethod(), "cloudkms.cryptoKeyVersions.useToEncrypt");

  public static final GcpOperation<DecryptRequest, DecryptResponse> DECRYPT =
      reading(
          KeyManagementServiceGrpc.getDecryptMethod(), "cloudkms.cryptoKeyVersions.useToDecrypt");

  public static final GcpOperation<AsymmetricDecryptRequest, AsymmetricDecryptResponse>
      ASYMMETRIC_DECRYPT =
          reading(
              KeyManagementServiceGrpc.getAsymmetricDecryptMethod(),
              "cloudkms.cryptoKeyVersions.useToDecrypt");

  public static final GcpOperation<CreateCryptoKeyRequest, CryptoKey> CREATE_KEY =
      changing(KeyManagementServiceGrpc.getCreateCryptoKeyMethod(), "cloudkms.cryptoKeys.create")
          .routedBy("parent");

  public static final GcpOperation<CreateCryptoKeyVersionRequest, CryptoKeyVersion> CREATE_VERSION =
      changing(
              KeyManagementServiceGrpc.getCreateCryptoKeyVersionMethod(),
              "cloudkms.cryptoKeyVersions.create")
          .routedBy("parent");

  public static final GcpOperation<UpdateCryptoKeyVersionRequest, CryptoKeyVersion> UPDATE_VERSION =
      changing(
              KeyManagementServiceGrpc.getUpdateCryptoKeyVersionMethod(),
              "cloudkms.cryptoKeyVersions.update")
          .routedBy("crypto_key_version.name");

  public static final GcpOperation<DestroyCryptoKeyVersionRequest, CryptoKeyVersion>
      DESTROY_VERSION =
          changing(
              KeyManagementServiceGrpc.getDestroyCryptoKeyVersionMethod(),
              "cloudkms.cryptoKeyVersions.destroy");

  public static final GcpOperation<CreateImportJobRequest, ImportJob> CREATE_IMPORT_JOB =
      changing(KeyManagementServiceGrpc.getCreateImportJobMethod(), "cloudkms.importJobs.create")
          .routedBy("parent");

  public static final GcpOperation<GetImportJobRequest, ImportJob> GET_IMPORT_JOB =
      reading(KeyManagementServiceGrpc.getGetImportJobMethod(), "cloudkms.importJobs.get");

  public static final GcpOperation<ImportCryptoKeyVersionRequest, CryptoKeyVersion> IMPORT_VERSION =
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
}
