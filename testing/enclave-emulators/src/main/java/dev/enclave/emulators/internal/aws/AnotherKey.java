package dev.enclave.emulators.internal.aws;

import dev.enclave.emulators.internal.aws.crypto.Algorithms;
import dev.enclave.emulators.internal.aws.crypto.KeySpec;
import dev.enclave.emulators.internal.aws.crypto.Materials;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.SigningMaterial;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.FaultDialect;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Signs, and puts a good signature of another key of the same kind in place of the right one. */
final class AnotherKey implements FaultDialect.WrongAnswer {

  private final SecureRandom random = new SecureRandom();
  private final Map<KeySpec, Material> others = new ConcurrentHashMap<>();

  @Override
  public ServiceResponse to(ServiceRequest request, Service service) {
    Optional<KeySpec> spec = specOf(request, service);
    ServiceResponse right = service.handle(request);
    Map<String, @Nullable Object> answer = parsed(right.body());
    if (spec.isEmpty() || !(answer.get("Signature") instanceof String)) {
      return right;
    }
    Material other = others.computeIfAbsent(spec.get(), s -> Materials.generate(s, random));
    answer.put("Signature", signature((SigningMaterial) other, parsed(request.body())));
    return right.withBody(Json.write(answer));
  }

  private static Optional<KeySpec> specOf(ServiceRequest request, Service service) {
    Object keyId = parsed(request.body()).get("KeyId");
    ServiceResponse described =
        service.handle(
            request
                .named("DescribeKey")
                .withBody(Json.write(Map.of("KeyId", String.valueOf(keyId)))));
    return parsed(described.body()).get("KeyMetadata") instanceof Map<?, ?> metadata
        ? KeySpec.named(String.valueOf(metadata.get("KeySpec")))
        : Optional.empty();
  }

  private byte[] signature(SigningMaterial other, Map<String, @Nullable Object> request) {
    String algorithm = String.valueOf(request.get("SigningAlgorithm"));
    byte[] message = Base64.getDecoder().decode(String.valueOf(request.get("Message")));
    boolean hashed =
        "DIGEST".equals(request.get("MessageType")) || algorithm.equals("ED25519_SHA_512");
    return Algorithms.sign(
        other, algorithm, hashed ? message : Algorithms.hashOf(algorithm).of(message), random);
  }

  private static Map<String, @Nullable Object> parsed(byte[] body) {
    return new LinkedHashMap<>(Json.parseObject(body).orElse(Map.of()));
  }
}
