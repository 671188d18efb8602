package dev.enclave.aws.internal.calls;

import dev.enclave.kit.RemoteRequest;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.CreateAliasRequest;
import software.amazon.awssdk.services.kms.model.CreateKeyRequest;
import software.amazon.awssdk.services.kms.model.CreateKeyResponse;
import software.amazon.awssdk.services.kms.model.DecryptRequest;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.DescribeKeyRequest;
import software.amazon.awssdk.services.kms.model.DescribeKeyResponse;
import software.amazon.awssdk.services.kms.model.DisableKeyRequest;
import software.amazon.awssdk.services.kms.model.EnableKeyRequest;
import software.amazon.awssdk.services.kms.model.EncryptRequest;
import software.amazon.awssdk.services.kms.model.EncryptResponse;
import software.amazon.awssdk.services.kms.model.GetParametersForImportRequest;
import software.amazon.awssdk.services.kms.model.GetParametersForImportResponse;
import software.amazon.awssdk.services.kms.model.GetPublicKeyRequest;
import software.amazon.awssdk.services.kms.model.GetPublicKeyResponse;
import software.amazon.awssdk.services.kms.model.ImportKeyMaterialRequest;
import software.amazon.awssdk.services.kms.model.ImportKeyMaterialResponse;
import software.amazon.awssdk.services.kms.model.KmsRequest;
import software.amazon.awssdk.services.kms.model.KmsResponse;
import software.amazon.awssdk.services.kms.model.ListAliasesRequest;
import software.amazon.awssdk.services.kms.model.ListAliasesResponse;
import software.amazon.awssdk.services.kms.model.ListKeysRequest;
import software.amazon.awssdk.services.kms.model.ListKeysResponse;
import software.amazon.awssdk.services.kms.model.ListResourceTagsRequest;
import software.amazon.awssdk.services.kms.model.ListResourceTagsResponse;
import software.amazon.awssdk.services.kms.model.ScheduleKeyDeletionRequest;
import software.amazon.awssdk.services.kms.model.SignRequest;
import software.amazon.awssdk.services.kms.model.SignResponse;
import software.amazon.awssdk.services.kms.model.TagResourceRequest;
import software.amazon.awssdk.services.kms.model.UntagResourceRequest;
import software.amazon.awssdk.services.kms.model.UpdateAliasRequest;

/**
 * A request that is sent to KMS.
 *
 * @param changes whether a lost answer leaves open what is there now
 * @param sender the SDK's method
 * @param <B> what the request is made of
 * @param <R> its answer
 */
public record KmsOperation<B extends KmsRequest.Builder, R extends KmsResponse>(
    String apiName, boolean changes, BiFunction<KmsClient, Consumer<B>, R> sender) {

  public static final KmsOperation<CreateKeyRequest.Builder, CreateKeyResponse> CREATE_KEY =
      new KmsOperation<>("CreateKey", true, KmsClient::createKey);
  public static final KmsOperation<DescribeKeyRequest.Builder, DescribeKeyResponse> DESCRIBE_KEY =
      new KmsOperation<>("DescribeKey", false, KmsClient::describeKey);
  public static final KmsOperation<GetPublicKeyRequest.Builder, GetPublicKeyResponse>
      GET_PUBLIC_KEY = new KmsOperation<>("GetPublicKey", false, KmsClient::getPublicKey);
  // A signature or ciphertext of which nobody hears changes nothing.
  public static final KmsOperation<SignRequest.Builder, SignResponse> SIGN =
      new KmsOperation<>("Sign", false, KmsClient::sign);
  public static final KmsOperation<EncryptRequest.Builder, EncryptResponse> ENCRYPT =
      new KmsOperation<>("Encrypt", false, KmsClient::encrypt);
  public static final KmsOperation<DecryptRequest.Builder, DecryptResponse> DECRYPT =
      new KmsOperation<>("Decrypt", false, KmsClient::decrypt);
  public static final KmsOperation<CreateAliasRequest.Builder, ?> CREATE_ALIAS =
      new KmsOperation<>("CreateAlias", true, KmsClient::createAlias);
  public static final KmsOperation<UpdateAliasRequest.Builder, ?> UPDATE_ALIAS =
      new KmsOperation<>("UpdateAlias", true, KmsClient::updateAlias);
  public static final KmsOperation<ListAliasesRequest.Builder, ListAliasesResponse> LIST_ALIASES =
      new KmsOperation<>("ListAliases", false, KmsClient::listAliases);
  public static final KmsOperation<ListKeysRequest.Builder, ListKeysResponse> LIST_KEYS =
      new KmsOperation<>("ListKeys", false, KmsClient::listKeys);
  public static final KmsOperation<ListResourceTagsRequest.Builder, ListResourceTagsResponse>
      LIST_RESOURCE_TAGS =
          new KmsOperation<>("ListResourceTags", false, KmsClient::listResourceTags);
  public static final KmsOperation<TagResourceRequest.Builder, ?> TAG_RESOURCE =
      new KmsOperation<>("TagResource", true, KmsClient::tagResource);
  public static final KmsOperation<UntagResourceRequest.Builder, ?> UNTAG_RESOURCE =
      new KmsOperation<>("UntagResource", true, KmsClient::untagResource);
  public static final KmsOperation<EnableKeyRequest.Builder, ?> ENABLE_KEY =
      new KmsOperation<>("EnableKey", true, KmsClient::enableKey);
  public static final KmsOperation<DisableKeyRequest.Builder, ?> DISABLE_KEY =
      new KmsOperation<>("DisableKey", true, KmsClient::disableKey);
  public static final KmsOperation<ScheduleKeyDeletionRequest.Builder, ?> SCHEDULE_KEY_DELETION =
      new KmsOperation<>("ScheduleKeyDeletion", true, KmsClient::scheduleKeyDeletion);
  public static final KmsOperation<
          GetParametersForImportRequest.Builder, GetParametersForImportResponse>
      GET_PARAMETERS_FOR_IMPORT =
          new KmsOperation<>("GetParametersForImport", false, KmsClient::getParametersForImport);
  public static final KmsOperation<ImportKeyMaterialRequest.Builder, ImportKeyMaterialResponse>
      IMPORT_KEY_MATERIAL =
          new KmsOperation<>("ImportKeyMaterial", true, KmsClient::importKeyMaterial);

  /**
   * Whether AWS allows 15 of these a second or fewer, by its defaults (KMS Developer Guide,
   * "Request quotas"). It counts them anew each second.
   */
  static boolean fewASecond(RemoteRequest request) {
    return request.changes() || request.operation().equals(GET_PARAMETERS_FOR_IMPORT.permission());
  }

  /** As policies call it. */
  public String permission() {
    return "kms:" + apiName;
  }

  /** A request for it. */
  RemoteRequest on(String subject) {
    return new RemoteRequest(permission(), changes, subject);
  }
}
