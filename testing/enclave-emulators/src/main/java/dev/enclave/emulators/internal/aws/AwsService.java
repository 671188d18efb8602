package dev.enclave.emulators.internal.aws;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.kms.KmsService;
import dev.enclave.emulators.internal.aws.metadata.MetadataService;
import dev.enclave.emulators.internal.aws.sts.StsService;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.util.Optional;

/**
 * Takes each request to the service that it is for: by its path to the places of credentials, by a
 * form's Action to STS, and anything else to KMS.
 */
public final class AwsService implements Service {

  // KMS Developer Guide, request examples: X-Amz-Target: TrentService.Operation.
  private static final String KMS_TARGET = "TrentService.";

  private final KmsService kms;
  private final StsService sts;
  private final MetadataService metadata;

  public AwsService(KmsService kms, StsService sts, MetadataService metadata) {
    this.kms = kms;
    this.sts = sts;
    this.metadata = metadata;
  }

  /** The name of the operation that {@code request} asks for, or an empty string. */
  public static String operationOf(ServiceRequest request) {
    return MetadataService.operationOf(request)
        .or(() -> actionOf(request))
        .or(
            () ->
                request
                    .header("x-amz-target")
                    .filter(target -> target.startsWith(KMS_TARGET))
                    .map(target -> target.substring(KMS_TARGET.length())))
        .orElse("");
  }

  /** An error answer in the words of the service that {@code request} is for. */
  static ServiceResponse failed(ServiceRequest request, AwsFailure failure) {
    return isForm(request)
        ? StsService.failed(request, failure)
        : KmsService.failed(request, failure);
  }

  private static Optional<String> actionOf(ServiceRequest request) {
    return isForm(request)
        ? Optional.ofNullable(StsService.parameters(request).get("Action"))
        : Optional.empty();
  }

  /** "Making Query API requests", IAM User Guide: in the body, or in the query. */
  private static boolean isForm(ServiceRequest request) {
    return request.query().contains("Action=")
        || request
            .header("content-type")
            .filter(type -> type.startsWith("application/x-www-form-urlencoded"))
            .isPresent();
  }

  @Override
  public ServiceResponse handle(ServiceRequest request) {
    if (MetadataService.operationOf(request).isPresent()) {
      return metadata.handle(request);
    }
    return isForm(request) ? sts.handle(request) : kms.handle(request);
  }
}
