package dev.enclave.emulators.internal.azure;

import dev.enclave.emulators.internal.azure.common.Base64Url;
import dev.enclave.emulators.internal.azure.keys.use.SignatureAlgorithm;
import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.FaultDialect.WrongAnswer;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a vault could answer wrongly; errors stay as they are. */
final class WrongAnswers {

  static final Map<String, WrongAnswer> ALL =
      Map.of(
          "another-key",
          new AnotherKey(),
          "flipped-bit",
          changing(WrongAnswers::withFlippedBit),
          "another-key-id",
          withKid(WrongAnswers::ofAnotherKey),
          "another-version",
          withKid(WrongAnswers::ofAnotherVersion),
          "software-key",
          WrongAnswers::softwareKey,
          "unlabelled",
          WrongAnswers::unlabelled);

  private static final List<String> OUTPUTS = List.of("value", "x", "n");
  private static final String HSM = "-HSM";

  private WrongAnswers() {}

  /** What is right, changed. */
  private static WrongAnswer changing(UnaryOperator<Map<String, @Nullable Object>> change) {
    return (request, service) -> changed(service.handle(request), change);
  }

  private static ServiceResponse changed(
      ServiceResponse right, UnaryOperator<Map<String, @Nullable Object>> change) {
    Optional<Map<String, @Nullable Object>> body = Json.parseObject(right.body());
    return right.status() != 200 || body.isEmpty()
        ? right
        : right.withBody(Json.write(change.apply(body.get())));
  }

  private static Map<String, @Nullable Object> withFlippedBit(Map<String, @Nullable Object> body) {
    Map<String, @Nullable Object> holder = keyOf(body).orElse(body);
    for (String output : OUTPUTS) {
      if (holder.get(output) instanceof String text) {
        byte[] bytes = Base64Url.decode(text).orElseThrow();
        bytes[bytes.length - 1] ^= 1;
        holder.put(output, Base64Url.encode(bytes));
      }
    }
    return body;
  }

  private static WrongAnswer withKid(UnaryOperator<String> change) {
    return changing(
        body -> {
          Map<String, @Nullable Object> holder = keyOf(body).orElse(body);
          if (holder.get("kid") instanceof String kid) {
            holder.put("kid", change.apply(kid));
          }
          return body;
        });
  }

  private static String ofAnotherKey(String kid) {
    int keys = kid.indexOf("/keys/") + "/keys/".length();
    return kid.substring(0, keys) + "another-" + kid.substring(keys);
  }

  private static String ofAnotherVersion(String kid) {
    char last = kid.charAt(kid.length() - 1);
    return kid.substring(0, kid.length() - 1) + (last == '0' ? '1' : '0');
  }

  /** Where an HSM key is asked for, one in software is made; of one that is there, it is said. */
  private static ServiceResponse softwareKey(ServiceRequest request, Service service) {
    Optional<Map<String, @Nullable Object>> asked = Json.parseObject(request.body());
    if (asked.isPresent() && asked.get().get("kty") instanceof String kty && kty.endsWith(HSM)) {
      asked.get().put("kty", withoutHsm(kty));
      return service.handle(request.withBody(Json.write(asked.get())));
    }
    return changed(
        service.handle(request),
        body -> {
          keyOf(body)
              .filter(key -> key.get("kty") instanceof String)
              .ifPresent(key -> key.put("kty", withoutHsm(String.valueOf(key.get("kty")))));
          return body;
        });
  }

  /** A version is made or changed without the tags that were sent, and none are told. */
  private static ServiceResponse unlabelled(ServiceRequest request, Service service) {
    ServiceRequest asked =
        Json.parseObject(request.body())
            .map(body -> request.withBody(Json.write(withoutTags(body))))
            .orElse(request);
    return changed(service.handle(asked), WrongAnswers::withoutTags);
  }

  private static Map<String, @Nullable Object> withoutTags(Map<String, @Nullable Object> body) {
    body.remove("tags");
    return body;
  }

  private static String withoutHsm(String kty) {
    return kty.endsWith(HSM) ? kty.substring(0, kty.length() - HSM.length()) : kty;
  }

  @SuppressWarnings("unchecked") // Json makes maps with String keys alone.
  private static Optional<Map<String, @Nullable Object>> keyOf(Map<String, @Nullable Object> body) {
    return body.get("key") instanceof Map<?, ?> key
        ? Optional.of((Map<String, @Nullable Object>) key)
        : Optional.empty();
  }

  /** A good signature of another key of the same kind in place of the right one. */
  private static final class AnotherKey implements WrongAnswer {

    private final SecureRandom random = new SecureRandom();
    private final Map<String, Material> others = new ConcurrentHashMap<>();

    @Override
    public ServiceResponse to(ServiceRequest request, Service service) {
      Optional<Map<String, @Nullable Object>> asked = Json.parseObject(request.body());
      return changed(
          service.handle(request),
          body -> {
            byte[] right = Base64Url.decode(String.valueOf(body.get("value"))).orElse(new byte[0]);
            asked
                .flatMap(members -> SignatureAlgorithm.named(String.valueOf(members.get("alg"))))
                .ifPresent(
                    algorithm ->
                        body.put("value", signature(algorithm, asked.get(), right.length)));
            return body;
          });
    }

    private String signature(
        SignatureAlgorithm algorithm, Map<String, @Nullable Object> asked, int length) {
      Material other =
          others.computeIfAbsent(
              algorithm.curve().map(Enum::name).orElse("RSA") + length,
              any ->
                  algorithm
                      .curve()
                      .<Material>map(curve -> EcMaterial.generate(curve, random))
                      .orElseGet(() -> RsaMaterial.generate(length * 8, random)));
      byte[] digest = Base64Url.decode(String.valueOf(asked.get("value"))).orElse(new byte[0]);
      return Base64Url.encode(algorithm.sign(other, digest, random));
    }
  }
}
