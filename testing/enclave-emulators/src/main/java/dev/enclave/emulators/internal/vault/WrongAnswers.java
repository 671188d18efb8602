package dev.enclave.emulators.internal.vault;

import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.internal.vault.common.GoBase64;
import dev.enclave.emulators.internal.vault.common.Input;
import dev.enclave.emulators.internal.x509.Pem;
import dev.enclave.emulators.wire.FaultDialect.WrongAnswer;
import dev.enclave.emulators.wire.ServiceResponse;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What Vault could answer wrongly; errors stay as they are. */
final class WrongAnswers {

  private static final List<String> OUTPUTS =
      List.of("signature", "ciphertext", "plaintext", "hmac", "random_bytes");
  private static final List<String> VERSIONS = List.of("key_version", "latest_version", "version");
  private static final String PREFIX = "vault:v";

  private WrongAnswers() {}

  static Map<String, WrongAnswer> with(WrongAnswer anotherKey) {
    Map<String, WrongAnswer> all = new LinkedHashMap<>();
    all.put("another-key", anotherKey);
    all.put("flipped-bit", changing(WrongAnswers::withFlippedBit));
    all.put("another-version", changing(WrongAnswers::ofAnotherVersion));
    all.put("another-name", changing(WrongAnswers::ofAnotherName));
    all.put("another-verdict", changing(WrongAnswers::withOtherVerdict));
    return Map.copyOf(all);
  }

  /** What is right, with other data. */
  private static WrongAnswer changing(UnaryOperator<Map<String, @Nullable Object>> change) {
    return (request, service) -> changed(service.handle(request), change);
  }

  static ServiceResponse changed(
      ServiceResponse right, UnaryOperator<Map<String, @Nullable Object>> change) {
    Optional<Map<String, @Nullable Object>> body = Json.parseObject(right.body());
    Optional<Map<String, @Nullable Object>> data =
        body.flatMap(members -> Input.asObject(members.get("data")));
    if (right.status() != 200 || data.isEmpty()) {
      return right;
    }
    body.get().put("data", withItems(change.apply(data.get()), change));
    return right.withBody(Envelope.written(body.get()));
  }

  /** The items of a batch are changed too. */
  private static Map<String, @Nullable Object> withItems(
      Map<String, @Nullable Object> data, UnaryOperator<Map<String, @Nullable Object>> change) {
    if (data.get("batch_results") instanceof List<?> items) {
      data.put(
          "batch_results",
          items.stream().map(item -> change.apply(Input.asObject(item).orElseThrow())).toList());
    }
    return data;
  }

  private static Map<String, @Nullable Object> withFlippedBit(Map<String, @Nullable Object> data) {
    for (String output : OUTPUTS) {
      if (data.get(output) instanceof String text) {
        data.put(output, flipped(text));
      }
    }
    if (data.get("keys") instanceof Map<?, ?> keys) {
      Map<String, @Nullable Object> changed = Input.asObject(keys).orElseThrow();
      changed.replaceAll(
          (number, version) ->
              version instanceof Map<?, ?>
                  ? withFlippedKey(Input.asObject(version).orElseThrow())
                  : version);
      data.put("keys", changed);
    }
    return data;
  }

  /** Of a public key the last byte, which is a part of the key itself in every encoding. */
  private static Map<String, @Nullable Object> withFlippedKey(
      Map<String, @Nullable Object> version) {
    if (version.get("public_key") instanceof String text && !text.isEmpty()) {
      String base64 = text.replaceAll("-----[A-Z ]+-----|\\s", "");
      byte[] bytes = GoBase64.decode(base64).orElse(new byte[1]);
      bytes[bytes.length - 1] ^= 1;
      String changed = GoBase64.encode(bytes);
      version.put("public_key", text.startsWith("-----") ? Pem.publicKey(bytes) : changed);
    }
    return version;
  }

  /** The last bit of what follows the prefix, in the encoding that it has. */
  private static String flipped(String text) {
    int from = text.startsWith(PREFIX) ? text.indexOf(':', PREFIX.length()) + 1 : 0;
    String encoded = text.substring(from);
    boolean url = encoded.matches(".*[-_].*") || encoded.length() % 4 != 0;
    byte[] bytes =
        url ? Base64.getUrlDecoder().decode(encoded) : GoBase64.decode(encoded).orElse(new byte[0]);
    if (bytes.length == 0) {
      return text;
    }
    bytes[bytes.length - 1] ^= 1;
    return text.substring(0, from)
        + (url
            ? Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)
            : GoBase64.encode(bytes));
  }

  /** Says that it was another version than it was. */
  private static Map<String, @Nullable Object> ofAnotherVersion(
      Map<String, @Nullable Object> data) {
    for (String name : VERSIONS) {
      if (data.get(name) instanceof Number number) {
        data.put(name, number.longValue() + 1);
      }
    }
    for (String output : OUTPUTS) {
      if (data.get(output) instanceof String text && text.startsWith(PREFIX)) {
        int end = text.indexOf(':', PREFIX.length());
        long version = Long.parseLong(text.substring(PREFIX.length(), end));
        data.put(output, PREFIX + (version + 1) + text.substring(end));
      }
    }
    Input.asObject(data.get("metadata"))
        .ifPresent(metadata -> data.put("metadata", ofAnotherVersion(metadata)));
    return data;
  }

  private static Map<String, @Nullable Object> ofAnotherName(Map<String, @Nullable Object> data) {
    if (data.get("name") instanceof String name) {
      data.put("name", "another-" + name);
    }
    return data;
  }

  private static Map<String, @Nullable Object> withOtherVerdict(
      Map<String, @Nullable Object> data) {
    if (data.get("valid") instanceof Boolean valid) {
      data.put("valid", !valid);
    }
    return data;
  }
}
