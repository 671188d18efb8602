package dev.enclave.emulators.internal.vault.transit;

import dev.enclave.emulators.internal.vault.common.GoBase64;
import dev.enclave.emulators.internal.vault.common.Input;
import dev.enclave.emulators.internal.vault.common.Operation;
import dev.enclave.emulators.internal.vault.common.PathTable;
import dev.enclave.emulators.internal.vault.common.PathTable.Parameters;
import dev.enclave.emulators.internal.vault.common.Replicated;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.vault.transit.Ciphering.Surroundings;
import dev.enclave.emulators.internal.vault.transit.TransitKey.Traits;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code path_encrypt.go}, path_decrypt.go, path_rewrap.go, path_datakey.go, path_config_keys.go.
 */
final class Encryption {

  private static final String CONFIG = "config/keys";
  private static final String NO_KEY = "encryption key not found";
  private static final String NO_CIPHERTEXT = "missing ciphertext to decrypt";

  private final Keys keys;
  private final Management management;
  private final Ciphering ciphering;
  private final SecureRandom random;
  private final Replicated<Boolean> upsertDisabled = new Replicated<>();

  Encryption(Keys keys, Management management, SecureRandom random) {
    this.keys = keys;
    this.management = management;
    this.random = random;
    ciphering = new Ciphering(random);
  }

  void register(PathTable paths) {
    paths
        .computing("encrypt/{name}", "transit/encrypt", this::encrypt)
        .computing("decrypt/{name}", "transit/decrypt", this::decrypt)
        .computing("rewrap/{name}", "transit/rewrap", this::rewrap)
        .computing("datakey/(?<kind>\\w+)/{name}", "transit/datakey", this::dataKey)
        .computing("random(?:/(?<bytes>\\d+))?", "transit/random", this::random)
        .on(CONFIG, Operation.READ, "transit/config/keys:read", this::readConfig)
        .on(CONFIG, Operation.UPDATE, "transit/config/keys:write", this::writeConfig);
  }

  private VaultAnswer readConfig(VaultCall call, Parameters path) {
    return VaultAnswer.of(Map.of("disable_upsert", upsertDisabled(call)));
  }

  private boolean upsertDisabled(VaultCall call) {
    return upsertDisabled.get(CONFIG, call.seenAt()).orElse(false);
  }

  private VaultAnswer writeConfig(VaultCall call, Parameters path) {
    boolean disabled = Input.of(call).flag("disable_upsert").orElse(false);
    upsertDisabled.update(CONFIG, call.time(), old -> Optional.of(disabled));
    return VaultAnswer.of(Map.of("disable_upsert", disabled));
  }

  /** A key that does not exist is made, when the policy grants {@code create}. */
  private VaultAnswer encrypt(VaultCall call, Parameters path) {
    Input input = Input.of(call);
    Batch batch = Batch.of(input);
    if (!batch.many() && !input.has("plaintext")) {
      throw VaultFailure.invalid("missing plaintext to encrypt");
    }
    boolean contexts = requireSameContexts(batch);
    String name = path.get("name");
    boolean upserted = call.operation() == Operation.CREATE && upsert(call, name, input, contexts);
    TransitKey key = keys.get(name, call).orElseThrow(() -> VaultFailure.invalid(NO_KEY));
    VaultAnswer answer =
        answer(
            batch,
            input,
            item -> {
              String text = item.textOrEmpty("plaintext");
              byte[] plaintext =
                  GoBase64.decode(text).orElseThrow(() -> UserError.of(GoBase64.error(text)));
              return encrypted(key, item, plaintext);
            });
    return call.operation() == Operation.CREATE && !upserted
        ? answer.withWarning(
            "Attempted creation of the key during the encrypt operation, but it was created"
                + " beforehand")
        : answer;
  }

  private boolean upsert(VaultCall call, String name, Input input, boolean derived) {
    boolean convergent = input.flag("convergent_encryption").orElse(false);
    if (convergent && !derived) {
      throw VaultFailure.invalid(
          "convergent encryption requires derivation to be enabled, so context is required");
    }
    String title = input.text("type").orElse(KeyType.AES256_GCM96.title());
    Optional<KeyType> type = KeyType.of(title);
    if (type.filter(each -> each.curve().isPresent()).isPresent()) {
      throw VaultFailure.invalid("key type " + title + " not supported for this operation");
    }
    KeyType symmetric =
        type.filter(KeyType::symmetric)
            .orElseThrow(() -> VaultFailure.invalid("unknown key type " + title));
    if (upsertDisabled(call)) {
      return false;
    }
    Traits traits = new Traits(symmetric, 0, derived, convergent, false, false, false);
    return keys.create(
        name, call, () -> management.fresh(name, traits, Duration.ZERO, input, call));
  }

  private static boolean requireSameContexts(Batch batch) {
    boolean first = !batch.items().get(0).textOrEmpty("context").isEmpty();
    if (batch.items().stream().anyMatch(item -> item.textOrEmpty("context").isEmpty() == first)) {
      throw VaultFailure.invalid(
          "context should be set either in all the request blocks or in none");
    }
    return first;
  }

  private Map<String, @Nullable Object> encrypted(TransitKey key, Input item, byte[] plaintext) {
    Surroundings surroundings = surroundings(key, item);
    int number = Ciphering.versionFor(key, item.integer("key_version").orElse(0));
    return Map.of(
        "ciphertext",
        ciphering.encrypt(key, number, plaintext, surroundings),
        "key_version",
        number);
  }

  private static Surroundings surroundings(TransitKey key, Input item) {
    String context = item.textOrEmpty("context");
    String associated = item.textOrEmpty("associated_data");
    if (!associated.isEmpty() && !key.type().symmetric()) {
      throw UserError.of(
          "'[0].associated_data' provided for non-AEAD cipher suite " + key.type().title());
    }
    return new Surroundings(
        GoBase64.decode(context).orElseThrow(() -> UserError.of(GoBase64.error(context))),
        GoBase64.decode(associated)
            .orElseThrow(
                () ->
                    UserError.internal(
                        "unable to get associated_data/additional_data from factory[0]: failed to"
                            + " decode associated_data: "
                            + GoBase64.error(associated))));
  }

  /** One answer, or the results of all items; a batch with errors is a 400 or a 500. */
  private static VaultAnswer answer(
      Batch batch, Input call, Function<Input, Map<String, @Nullable Object>> work) {
    if (!batch.many()) {
      try {
        return VaultAnswer.of(work.apply(batch.items().get(0)));
      } catch (UserError e) {
        throw e.internal() ? VaultFailure.ofCore(500, e.text()) : VaultFailure.invalid(e.text());
      }
    }
    List<Map<String, @Nullable Object>> results = new ArrayList<>();
    boolean userErrors = false;
    boolean internalErrors = false;
    for (int index = 0; index < batch.items().size(); index++) {
      Map<String, @Nullable Object> result = new LinkedHashMap<>();
      try {
        result.putAll(work.apply(batch.items().get(index)));
      } catch (UserError e) {
        userErrors |= !e.internal();
        internalErrors |= e.internal();
        result.put("error", e.text());
      }
      result.put("reference", batch.reference(index).orElse(""));
      results.add(result);
    }
    VaultAnswer answer = VaultAnswer.of(Map.of("batch_results", results));
    if (!userErrors && !internalErrors) {
      return answer;
    }
    boolean successes = results.stream().anyMatch(result -> !result.containsKey("error"));
    int status = userErrors ? 400 : 500;
    return answer.withStatus(
        successes
            ? call.integer("partial_failure_response_code")
                .filter(code -> code > 0 && code < 600)
                .orElse(status)
            : status);
  }

  private VaultAnswer decrypt(VaultCall call, Parameters path) {
    Input input = Input.of(call);
    Batch batch = batchOfCiphertexts(input);
    TransitKey key =
        keys.get(path.get("name"), call).orElseThrow(() -> VaultFailure.invalid(NO_KEY));
    return answer(batch, input, item -> Map.of("plaintext", GoBase64.encode(decrypted(key, item))));
  }

  private static Batch batchOfCiphertexts(Input input) {
    Batch batch = Batch.of(input);
    if (!batch.many() && input.textOrEmpty("ciphertext").isEmpty()) {
      throw VaultFailure.invalid(NO_CIPHERTEXT);
    }
    requireSameContexts(batch);
    return batch;
  }

  private byte[] decrypted(TransitKey key, Input item) {
    String ciphertext = item.textOrEmpty("ciphertext");
    if (ciphertext.isEmpty()) {
      throw UserError.of(NO_CIPHERTEXT);
    }
    return ciphering.decrypt(key, ciphertext, surroundings(key, item));
  }

  private VaultAnswer rewrap(VaultCall call, Parameters path) {
    Input input = Input.of(call);
    Batch batch = batchOfCiphertexts(input);
    TransitKey key =
        keys.get(path.get("name"), call).orElseThrow(() -> VaultFailure.invalid(NO_KEY));
    VaultAnswer answer = answer(batch, input, item -> encrypted(key, item, decrypted(key, item)));
    // Unlike those of the others, its batches are a 200 whatever is in them.
    return batch.many() ? answer.withStatus(200) : answer;
  }

  private VaultAnswer dataKey(VaultCall call, Parameters path) {
    Input input = Input.of(call);
    String kind = path.get("kind");
    if (!kind.equals("plaintext") && !kind.equals("wrapped")) {
      throw VaultFailure.invalid("Invalid path, must be 'plaintext' or 'wrapped'");
    }
    if (GoBase64.decode(input.textOrEmpty("context")).isEmpty()) {
      throw VaultFailure.invalid("failed to base64-decode context");
    }
    TransitKey key =
        keys.get(path.get("name"), call).orElseThrow(() -> VaultFailure.invalid(NO_KEY));
    int bits = input.integer("bits").orElse(256);
    if (bits != 128 && bits != 256 && bits != 512) {
      throw VaultFailure.invalid("invalid bit length");
    }
    byte[] made = new byte[bits / 8];
    random.nextBytes(made);
    return answer(
        new Batch(List.of(input), false),
        input,
        item -> {
          Map<String, @Nullable Object> data = new LinkedHashMap<>(encrypted(key, item, made));
          if (kind.equals("plaintext")) {
            data.put("plaintext", GoBase64.encode(made));
          }
          return data;
        });
  }

  /** {@code sdk/helper/random}: 32 bytes unless the path or the body says how many. */
  private VaultAnswer random(VaultCall call, Parameters path) {
    Input input = Input.of(call);
    int length =
        path.get("bytes").isEmpty()
            ? input.integer("bytes").orElse(32)
            : Integer.parseInt(path.get("bytes"));
    if (length < 1 || length > 128 * 1024) {
      throw VaultFailure.invalid(
          length < 1 ? "\"bytes\" cannot be less than 1" : "\"bytes\" should be less than 131072");
    }
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    String format = input.text("format").orElse("base64");
    return switch (format) {
      case "base64" -> VaultAnswer.of(Map.of("random_bytes", GoBase64.encode(bytes)));
      case "hex" -> VaultAnswer.of(Map.of("random_bytes", HexFormat.of().formatHex(bytes)));
      default ->
          throw VaultFailure.invalid(
              "unsupported encoding format \"" + format + "\"; must be \"hex\" or \"base64\"");
    };
  }
}
