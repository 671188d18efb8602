package dev.enclave.emulators.internal.gcp.federation;

import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.ServiceRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A provider for an account of AWS: the subject token is a GetCallerIdentity that the workload
 * signed, and AWS says whose it is (IAM, "Obtain short-lived tokens for Workload Identity
 * Federation", AWS: the URL-encoded JSON of url, method and headers, of which host, x-amz-date,
 * x-goog-cloud-target-resource and Authorization must be there, and the third names the provider).
 *
 * @param audience the provider's full name
 * @param region of the account's STS
 * @param aws whose signed request one is; empty if AWS refuses it
 */
public record AwsCallers(
    String audience, String region, Function<ServiceRequest, Optional<String>> aws) {

  static final String TOKEN_TYPE = "urn:ietf:params:aws:token-type:aws4_request";

  private static final String TARGET = "x-goog-cloud-target-resource";
  private static final String QUERY = "Action=GetCallerIdentity&Version=2011-06-15";

  Optional<String> subjectOf(String token, ServiceRequest request) {
    Optional<Map<String, @Nullable Object>> json =
        Json.parseObject(
            URLDecoder.decode(token, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
    if (json.isEmpty() || !(json.get().get("headers") instanceof List<?> list)) {
      return Optional.empty();
    }
    String host = "sts." + region + ".amazonaws.com";
    Map<String, List<String>> headers = headers(list);
    boolean asExpected =
        ("https://" + host + "?" + QUERY).equals(json.get().get("url"))
            && "POST".equals(json.get().get("method"))
            && List.of(host).equals(headers.get("host"))
            && List.of(audience).equals(headers.get(TARGET))
            && headers.getOrDefault("authorization", List.of("")).get(0).contains(TARGET);
    return asExpected
        ? aws.apply(
            ServiceRequest.of(
                request.id(), request.time(), "POST", "/", QUERY, headers, new byte[0]))
        : Optional.empty();
  }

  private static Map<String, List<String>> headers(List<?> list) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (Object entry : list) {
      if (entry instanceof Map<?, ?> header
          && header.get("key") instanceof String name
          && header.get("value") instanceof String value) {
        headers.put(name, List.of(value));
      }
    }
    return headers;
  }
}
