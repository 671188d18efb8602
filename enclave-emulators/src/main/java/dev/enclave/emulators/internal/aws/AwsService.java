package dev.enclave.emulators.internal.aws;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.util.List;
import java.util.Map;

/** Takes each request to the service that it is for. */
public final class AwsService implements Service {

  private static final String KMS_TARGET = "TrentService.";

  /** The name of the operation that {@code request} asks for, or an empty string. */
  public static String operationOf(ServiceRequest request) {
    return request
        .header("x-amz-target")
        .filter(target -> target.startsWith(KMS_TARGET))
        .map(target -> target.substring(KMS_TARGET.length()))
        .orElse("");
  }

  @Override
  public ServiceResponse handle(ServiceRequest request) {
    try {
      if (!request.operation().equals("ListKeys")) {
        throw AwsFailure.of("UnknownOperationException", "");
      }
      return json(request, 200, Map.of("Keys", List.of(), "Truncated", false));
    } catch (AwsFailure failure) {
      return json(
              request,
              failure.status(),
              Map.of("__type", failure.name(), "message", failure.text()))
          .withHeader("x-amzn-ErrorType", failure.name())
          .failedWith(failure.name());
    }
  }

  private static ServiceResponse json(
      ServiceRequest request, int status, Map<String, Object> body) {
    return ServiceResponse.of(status, Json.write(body))
        .withHeader("x-amzn-RequestId", request.id())
        .withHeader("Content-Type", "application/x-amz-json-1.1");
  }
}
