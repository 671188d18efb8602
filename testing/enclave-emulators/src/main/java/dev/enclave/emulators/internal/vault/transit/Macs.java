package dev.enclave.emulators.internal.vault.transit;

import dev.enclave.emulators.internal.crypto.Hash;
import dev.enclave.emulators.internal.crypto.SecretMaterial;
import dev.enclave.emulators.internal.vault.common.GoBase64;
import dev.enclave.emulators.internal.vault.common.Input;
import dev.enclave.emulators.internal.vault.common.PathTable;
import dev.enclave.emulators.internal.vault.common.PathTable.Parameters;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code path_hmac.go}: every version of every key has a key for HMAC too. */
final class Macs {

  private final Keys keys;

  Macs(Keys keys) {
    this.keys = keys;
  }

  void register(PathTable paths) {
    paths.computing("hmac/{name}(?:/(?<alg>[\\w-]+))?", "transit/hmac", this::make);
  }

  private VaultAnswer make(VaultCall call, Parameters path) {
    Input input = Input.of(call);
    Hash hash = hash(input, path);
    TransitKey key = key(call, path);
    int asked = input.integer("key_version").orElse(0);
    int number = asked == 0 ? key.latest() : asked;
    if (asked != 0 && asked < key.limits().encryption()) {
      throw VaultFailure.invalid("cannot generate HMAC: version is too old (disallowed by policy)");
    }
    KeyVersion version =
        key.version(number).orElseThrow(() -> VaultFailure.invalid("key version does not exist"));
    Batch batch = Batch.of(input);
    if (!batch.many()) {
      return VaultAnswer.of(Map.of("hmac", made(version, number, hash, input)));
    }
    List<Map<String, @Nullable Object>> results = new ArrayList<>();
    for (int index = 0; index < batch.items().size(); index++) {
      Map<String, @Nullable Object> result = new LinkedHashMap<>();
      result.put("hmac", made(version, number, hash, batch.items().get(index)));
      batch.reference(index).ifPresent(reference -> result.put("reference", reference));
      results.add(result);
    }
    return VaultAnswer.of(Map.of("batch_results", results));
  }

  private static String made(KeyVersion version, int number, Hash hash, Input input) {
    return Signing.prefix(number) + GoBase64.encode(mac(version, hash, input));
  }

  private static byte[] mac(KeyVersion version, Hash hash, Input input) {
    String text = input.textOrEmpty("input");
    byte[] message =
        GoBase64.decode(text)
            .orElseThrow(
                () ->
                    VaultFailure.invalid(
                        "unable to decode input as base64: " + GoBase64.error(text)));
    return SecretMaterial.of(version.hmacKey()).mac(hash, message);
  }

  VaultAnswer verify(VaultCall call, Parameters path, Batch batch) {
    Hash hash = hash(Input.of(call), path);
    TransitKey key = key(call, path);
    if (!batch.many()) {
      return VaultAnswer.of(Map.of("valid", verified(key, hash, batch.items().get(0))));
    }
    return VaultAnswer.of(
        Map.of(
            "batch_results",
            batch.items().stream()
                .map(item -> Map.of("valid", verified(key, hash, item)))
                .toList()));
  }

  private static boolean verified(TransitKey key, Hash hash, Input input) {
    try {
      Versioned mac = Versioned.parse("HMAC to verify", input.textOrEmpty("hmac"), key);
      Optional<byte[]> bytes = GoBase64.decode(mac.text());
      KeyVersion version =
          key.version(mac.version()).orElseThrow(() -> UserError.of(Refusals.NO_VERSION));
      return bytes
          .filter(given -> MessageDigest.isEqual(given, mac(version, hash, input)))
          .isPresent();
    } catch (UserError e) {
      throw VaultFailure.invalid(e.text());
    }
  }

  private static Hash hash(Input input, Parameters path) {
    return SigningOptions.hash(input, path.get("alg"))
        .orElseThrow(() -> VaultFailure.invalid("unsupported algorithm \"none\""));
  }

  private TransitKey key(VaultCall call, Parameters path) {
    TransitKey key =
        keys.get(path.get("name"), call)
            .orElseThrow(() -> VaultFailure.invalid("encryption key not found"));
    if (key.softDeleted()) {
      throw VaultFailure.ofCore(500, Refusals.SOFT_DELETED);
    }
    return key;
  }
}
