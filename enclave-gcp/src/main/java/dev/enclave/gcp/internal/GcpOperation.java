package dev.enclave.gcp.internal;

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
import com.google.cloud.kms.v1.Digest;
import com.google.cloud.kms.v1.EncryptRequest;
import com.google.cloud.kms.v1.EncryptResponse;
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
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Int64Value;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.spi.BackendFailure;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.protobuf.ProtoUtils;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * A request that is sent to Cloud KMS. Whatever field has a checksum beside it, in a request or an
 * answer, is covered by one: CRC32C (RFC 3720 §12.1), as an unsigned number in a 64-bit field
 * ("Verify end-to-end data integrity", Cloud KMS documentation).
 *
 * @param method of the service
 * @param permission as roles call it
 * @param changes whether a lost answer leaves open what is there now
 * @param routing the request's field that names the resource
 * @param <B> builds the request
 * @param <R> its answer
 */
public record GcpOperation<B extends Message.Builder, R extends Message>(
    MethodDescriptor<Message, R> method, String permission, boolean changes, String routing) {

  private static final String CHECKSUM = "_crc32c";
  private static final String VERIFIED = "verified_";

  public static final GcpOperation<Message.Builder, KeyRing> GET_KEY_RING =
      reading("GetKeyRing", "keyRings.get", "name");
  public static final GcpOperation<Message.Builder, CryptoKey> GET_KEY =
      reading("GetCryptoKey", "cryptoKeys.get", "name");
  public static final GcpOperation<ListCryptoKeysRequest.Builder, ListCryptoKeysResponse>
      LIST_KEYS = reading("ListCryptoKeys", "cryptoKeys.list", "parent");
  static final GcpOperation<ListRetiredResourcesRequest.Builder, ListRetiredResourcesResponse>
      LIST_RETIRED = reading("ListRetiredResources", "retiredResources.list", "parent");
  static final GcpOperation<ListCryptoKeyVersionsRequest.Builder, ListCryptoKeyVersionsResponse>
      LIST_VERSIONS = reading("ListCryptoKeyVersions", "cryptoKeyVersions.list", "parent");
  public static final GcpOperation<Message.Builder, CryptoKeyVersion> GET_VERSION =
      reading("GetCryptoKeyVersion", "cryptoKeyVersions.get", "name");
  public static final GcpOperation<Message.Builder, PublicKey> GET_PUBLIC_KEY =
      reading("GetPublicKey", "cryptoKeyVersions.viewPublicKey", "name");

  // A signature or ciphertext of which nobody hears changes nothing.
  public static final GcpOperation<AsymmetricSignRequest.Builder, AsymmetricSignResponse> SIGN =
      reading("AsymmetricSign", "cryptoKeyVersions.useToSign", "name");
  public static final GcpOperation<EncryptRequest.Builder, EncryptResponse> ENCRYPT =
      reading("Encrypt", "cryptoKeyVersions.useToEncrypt", "name");
  public static final GcpOperation<DecryptRequest.Builder, DecryptResponse> DECRYPT =
      reading("Decrypt", "cryptoKeyVersions.useToDecrypt", "name");
  public static final GcpOperation<AsymmetricDecryptRequest.Builder, AsymmetricDecryptResponse>
      ASYMMETRIC_DECRYPT = reading("AsymmetricDecrypt", "cryptoKeyVersions.useToDecrypt", "name");
  public static final GcpOperation<CreateCryptoKeyRequest.Builder, CryptoKey> CREATE_KEY =
      changing("CreateCryptoKey", "cryptoKeys.create", "parent");
  public static final GcpOperation<CreateCryptoKeyVersionRequest.Builder, CryptoKeyVersion>
      CREATE_VERSION = changing("CreateCryptoKeyVersion", "cryptoKeyVersions.create", "parent");
  public static final GcpOperation<UpdateCryptoKeyVersionRequest.Builder, CryptoKeyVersion>
      UPDATE_VERSION =
          changing("UpdateCryptoKeyVersion", "cryptoKeyVersions.update", "crypto_key_version.name");
  public static final GcpOperation<Message.Builder, CryptoKeyVersion> DESTROY_VERSION =
      changing("DestroyCryptoKeyVersion", "cryptoKeyVersions.destroy", "name");
  public static final GcpOperation<CreateImportJobRequest.Builder, ImportJob> CREATE_IMPORT_JOB =
      changing("CreateImportJob", "importJobs.create", "parent");
  public static final GcpOperation<Message.Builder, ImportJob> GET_IMPORT_JOB =
      reading("GetImportJob", "importJobs.get", "name");
  public static final GcpOperation<ImportCryptoKeyVersionRequest.Builder, CryptoKeyVersion>
      IMPORT_VERSION = changing("ImportCryptoKeyVersion", "importJobs.useToImport", "parent");

  /** Served beside the service's own methods ("Using IAM with Cloud KMS"). */
  public static final GcpOperation<TestIamPermissionsRequest.Builder, TestIamPermissionsResponse>
      TEST_PERMISSIONS =
          new GcpOperation<>(
              MethodDescriptor.newBuilder(
                      ProtoUtils.<Message>marshaller(
                          TestIamPermissionsRequest.getDefaultInstance()),
                      ProtoUtils.marshaller(TestIamPermissionsResponse.getDefaultInstance()))
                  .setType(MethodDescriptor.MethodType.UNARY)
                  .setFullMethodName("google.iam.v1.IAMPolicy/TestIamPermissions")
                  .build(),
              "cloudkms.keyRings.getIamPolicy",
              false,
              "resource");

  /** A request for it, to be told of. */
  RemoteRequest on(String subject) {
    return new RemoteRequest(method.getBareMethodName(), changes, subject);
  }

  /** The request itself. */
  @SuppressWarnings("unchecked") // The constant's type says what builds it.
  Message request(String subject, Consumer<B> content) {
    PrototypeMarshaller<?> marshaller = (PrototypeMarshaller<?>) method.getRequestMarshaller();
    Message.Builder request = ((Message) marshaller.getMessagePrototype()).newBuilderForType();
    Message.Builder named = request;
    for (String field : routing.split("\\.", -1)) {
      FieldDescriptor found = named.getDescriptorForType().findFieldByName(field);
      if (found.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        named = named.getFieldBuilder(found);
      } else {
        named.setField(found, subject);
      }
    }
    content.accept((B) request);
    for (FieldDescriptor field : request.getDescriptorForType().getFields()) {
      if (field.getName().endsWith(CHECKSUM) && !bytes(request, field).isEmpty()) {
        request.setField(field, Int64Value.of(crc32c(bytes(request, field))));
      }
    }
    return request.build();
  }

  /**
   * Checks that the service has got the request's fields as they were sent, that those of its
   * answer are as it sent them, one without a checksum not among them, and that the answer is about
   * what was asked. Which version signed, the caller looks at, and what became of a change.
   */
  void require(String subject, Message request, Message answer) throws BackendFailure {
    for (FieldDescriptor field : answer.getDescriptorForType().getFields()) {
      String name = field.getName();
      if (name.startsWith(VERIFIED)) {
        String sent = name.substring(VERIFIED.length());
        FieldDescriptor asked = request.getDescriptorForType().findFieldByName(sent);
        if (request.hasField(asked) && !(Boolean) answer.getField(field)) {
          throw wrong(Texts.NOT_UNDAMAGED.with(of(sent)));
        }
      } else if (name.endsWith(CHECKSUM)) {
        if (!answer.hasField(field)) {
          throw wrong(Texts.NO_CHECKSUM.with(of(name)));
        }
        if (((Int64Value) answer.getField(field)).getValue() != crc32c(bytes(answer, field))) {
          throw wrong(Texts.DAMAGED.with(of(name)));
        }
      }
    }
    FieldDescriptor about = answer.getDescriptorForType().findFieldByName("name");
    if (about != null
        && routing.equals("name")
        && !changes
        && !equals(SIGN)
        && !answer.getField(about).equals(subject)) {
      throw GcpCalls.wrongAnswer(Texts.SOMETHING_ELSE.with(), subject);
    }
  }

  private static BackendFailure wrong(String what) {
    return GcpCalls.REFUSALS.wrongAnswer(what);
  }

  private static String of(String checksum) {
    return checksum.substring(0, checksum.length() - CHECKSUM.length());
  }

  private static ByteString bytes(MessageOrBuilder message, FieldDescriptor checksum) {
    String of = of(checksum.getName());
    Object value = message.getField(message.getDescriptorForType().findFieldByName(of));
    if (value instanceof Digest digest) {
      value = digest.getAllFields().values().stream().findFirst().orElse("");
    }
    return value instanceof ByteString bytes ? bytes : ByteString.copyFromUtf8((String) value);
  }

  private static long crc32c(ByteString bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.asReadOnlyByteBuffer());
    return crc.getValue();
  }

  private static <B extends Message.Builder, R extends Message> GcpOperation<B, R> reading(
      String method, String permission, String routing) {
    return new GcpOperation<>(named(method), "cloudkms." + permission, false, routing);
  }

  /** One whose lost answer leaves open what is there now. */
  public static <B extends Message.Builder, R extends Message> GcpOperation<B, R> changing(
      String method, String permission, String routing) {
    return new GcpOperation<>(named(method), "cloudkms." + permission, true, routing);
  }

  /** The generated service's method; the constant's type says what it takes and answers. */
  @SuppressWarnings("unchecked")
  private static <R extends Message> MethodDescriptor<Message, R> named(String method) {
    return (MethodDescriptor<Message, R>)
        KeyManagementServiceGrpc.getServiceDescriptor().getMethods().stream()
            .filter(each -> method.equals(each.getBareMethodName()))
            .findFirst()
            .orElseThrow();
  }
}
