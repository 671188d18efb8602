package dev.enclave.emulators.internal.aws;

import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.FaultDialect;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Faults in AWS's words. */
public final class AwsFaultDialect implements FaultDialect {

  /** It has no state. */
  public static final AwsFaultDialect INSTANCE = new AwsFaultDialect();

  private static final Map<String, WrongAnswer> WRONG_ANSWERS =
      Map.of(
          "another-key", new AnotherKey(),
          "flipped-bit", changing(AwsFaultDialect::withFlippedBit),
          "another-key-id", changing(AwsFaultDialect::withAnotherKeyId),
          "another-algorithm", changing(AwsFaultDialect::withAnotherAlgorithm),
          "unlabelled", AwsFaultDialect::unlabelled);

  private static final List<String> OUTPUTS =
      List.of("Signature", "PublicKey", "CiphertextBlob", "Plaintext");

  private AwsFaultDialect() {}

  @Override
  public ServiceResponse refusal(Fault.Refused.Reason reason, ServiceRequest request) {
    return AwsService.failed(request, failure(reason));
  }

  private static AwsFailure failure(Fault.Refused.Reason reason) {
    return switch (reason) {
      // KMS API reference, Sign, Errors: KMSInternalException 500, DependencyTimeoutException 500.
      case INTERNAL_ERROR ->
          AwsFailure.of("KMSInternalException", 500, "An internal exception occurred.");
      case TIMEOUT ->
          AwsFailure.of("DependencyTimeoutException", 500, "The system timed out on a dependency.");
      // API reference, Common Errors: ServiceUnavailable 503, ThrottlingException 400,
      // ExpiredTokenException 403.
      case UNAVAILABLE ->
          AwsFailure.of("ServiceUnavailable", 503, "A temporary failure of the server.");
      case THROTTLED -> AwsFailure.of("ThrottlingException", "Rate exceeded");
      case EXPIRED_TOKEN ->
          AwsFailure.of(
              "ExpiredTokenException", 403, "The security token in the request is expired");
    };
  }

  @Override
  public Map<String, WrongAnswer> wrongAnswers() {
    return WRONG_ANSWERS;
  }

  /** What is right, changed; errors stay as they are. */
  private static WrongAnswer changing(UnaryOperator<Map<String, @Nullable Object>> change) {
    return (request, service) -> {
      ServiceResponse right = service.handle(request);
      Optional<Map<String, @Nullable Object>> body = Json.parseObject(right.body());
      return right.status() != 200 || body.isEmpty()
          ? right
          : right.withBody(Json.write(change.apply(new LinkedHashMap<>(body.get()))));
    };
  }

  /** A key is made without its tags, and of none any are told. */
  private static ServiceResponse unlabelled(ServiceRequest request, Service service) {
    ServiceRequest asked =
        request.operation().equals("CreateKey")
            ? request.withBody(Json.write(withoutTags(Json.parseObject(request.body()))))
            : request;
    ServiceResponse right = service.handle(asked);
    return request.operation().equals("ListResourceTags") && right.status() == 200
        ? right.withBody(Json.write(Map.of("Tags", List.of(), "Truncated", false)))
        : right;
  }

  private static Map<String, @Nullable Object> withoutTags(
      Optional<Map<String, @Nullable Object>> body) {
    Map<String, @Nullable Object> kept = new LinkedHashMap<>(body.orElse(Map.of()));
    kept.remove("Tags");
    return kept;
  }

  private static Map<String, @Nullable Object> withFlippedBit(Map<String, @Nullable Object> body) {
    for (String output : OUTPUTS) {
      if (body.get(output) instanceof String text) {
        byte[] bytes = Base64.getDecoder().decode(text);
        bytes[bytes.length - 1] ^= 1;
        body.put(output, bytes);
      }
    }
    return body;
  }

  private static Map<String, @Nullable Object> withAnotherKeyId(
      Map<String, @Nullable Object> body) {
    if (body.get("KeyId") instanceof String id) {
      char last = id.charAt(id.length() - 1);
      body.put("KeyId", id.substring(0, id.length() - 1) + (last == '0' ? '1' : '0'));
    }
    return body;
  }

  private static Map<String, @Nullable Object> withAnotherAlgorithm(
      Map<String, @Nullable Object> body) {
    if (body.get("SigningAlgorithm") instanceof String algorithm) {
      body.put(
          "SigningAlgorithm",
          algorithm.equals("RSASSA_PSS_SHA_512") ? "ECDSA_SHA_256" : "RSASSA_PSS_SHA_512");
    }
    return body;
  }
}
