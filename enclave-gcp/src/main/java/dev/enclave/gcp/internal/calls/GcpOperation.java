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
import dev.enclave.kit.RemoteRequest;
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
      reading("GetKeyRing", "keyRings.get", "name");
  public static final GcpOperation<GetCryptoKeyRequest, CryptoKey> GET_KEY =
      reading("GetCryptoKey", "cryptoKeys.get", "name");
  public static final GcpOperation<ListCryptoKeysRequest, ListCryptoKeysResponse> LIST_KEYS =
      reading("ListCryptoKeys", "cryptoKeys.list", "parent");
  public static final GcpOperation<ListRetiredResourcesRequest, ListRetiredResourcesResponse>
      LIST_RETIRED = reading("ListRetiredResources", "retiredResources.list", "parent");
  public static final GcpOperation<ListCryptoKeyVersionsRequest, ListCryptoKeyVersionsResponse>
      LIST_VERSIONS = reading("ListCryptoKeyVersions", "cryptoKeyVersions.list", "parent");
  public static final GcpOperation<GetCryptoKeyVersionRequest, CryptoKeyVersion> GET_VERSION =
      reading("GetCryptoKeyVersion", "cryptoKeyVersions.get", "name");
  public static final GcpOperation<GetPublicKeyRequest, PublicKey> GET_PUBLIC_KEY =
      reading("GetPublicKey", "cryptoKeyVersions.viewPublicKey", "name");

  // A signature or ciphertext of which nobody hears changes nothing.
  public static final GcpOperation<AsymmetricSignRequest, AsymmetricSignResponse> SIGN =
      reading("AsymmetricSign", "cryptoKeyVersions.useToSign", "name");
  public static final GcpOperation<EncryptRequest, EncryptResponse> ENCRYPT =
      reading("Encrypt", "cryptoKeyVersions.useToEncrypt", "name");
  public static final GcpOperation<DecryptRequest, DecryptResponse> DECRYPT =
      reading("Decrypt", "cryptoKeyVersions.useToDecrypt", "name");
  public static final GcpOperation<AsymmetricDecryptRequest, AsymmetricDecryptResponse>
      ASYMMETRIC_DECRYPT = reading("AsymmetricDecrypt", "cryptoKeyVersions.useToDecrypt", "name");
  public static final GcpOperation<CreateCryptoKeyRequest, CryptoKey> CREATE_KEY =
      changing("CreateCryptoKey", "cryptoKeys.create", "parent");
  public static final GcpOperation<CreateCryptoKeyVersionRequest, CryptoKeyVersion> CREATE_VERSION =
      changing("CreateCryptoKeyVersion", "cryptoKeyVersions.create", "parent");
  public static final GcpOperation<UpdateCryptoKeyVersionRequest, CryptoKeyVersion> UPDATE_VERSION =
      changing("UpdateCryptoKeyVersion", "cryptoKeyVersions.update", "crypto_key_version.name");
  public static final GcpOperation<DestroyCryptoKeyVersionRequest, CryptoKeyVersion>
      DESTROY_VERSION = changing("DestroyCryptoKeyVersion", "cryptoKeyVersions.destroy", "name");
  public static final GcpOperation<CreateImportJobRequest, ImportJob> CREATE_IMPORT_JOB =
      changing("CreateImportJob", "importJobs.create", "parent");
  public static final GcpOperation<GetImportJobRequest, ImportJob> GET_IMPORT_JOB =
      reading("GetImportJob", "importJobs.get", "name");
  public static final GcpOperation<ImportCryptoKeyVersionRequest, CryptoKeyVersion> IMPORT_VERSION =
      changing("ImportCryptoKeyVersion", "importJobs.useToImport", "parent");
  public static final GcpOperation<TestIamPermissionsRequest, TestIamPermissionsResponse>
      TEST_PERMISSIONS =
          new GcpOperation<>(
              testIamPermissions(), "cloudkms.keyRings.getIamPolicy", false, "resource");

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

  /** A request for it. */
  RemoteRequest on(String subject) {
    return new RemoteRequest(method.getBareMethodName(), changes, subject);
  }

  private static <Q, R> GcpOperation<Q, R> reading(
      String method, String permission, String routing) {
    return new GcpOperation<>(named(method), "cloudkms." + permission, false, routing);
  }

  private static <Q, R> GcpOperation<Q, R> changing(
      String method, String permission, String routing) {
    return new GcpOperation<>(named(method), "cloudkms." + permission, true, routing);
  }

  /** The generated service's method; the constant's type says what it takes and answers. */
  @SuppressWarnings("unchecked")
  private static <Q, R> MethodDescriptor<Q, R> named(String method) {
    return (MethodDescriptor<Q, R>)
        KeyManagementServiceGrpc.getServiceDescriptor().getMethods().stream()
            .filter(each -> method.equals(each.getBareMethodName()))
            .findFirst()
            .orElseThrow();
  }
}
