package dev.enclave.emulators.internal.azure.keys.transfer;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.common.Base64Url;
import dev.enclave.emulators.internal.azure.keys.model.KeyEntry;
import dev.enclave.emulators.internal.azure.keys.model.KeyType;
import dev.enclave.emulators.internal.azure.keys.model.KeyVersion;
import dev.enclave.emulators.internal.azure.keys.model.UsageRules;
import dev.enclave.emulators.internal.azure.keys.request.Input;
import dev.enclave.emulators.internal.azure.keys.shared.Shared;
import dev.enclave.emulators.internal.crypto.Hash;
import dev.enclave.emulators.internal.crypto.KeyUnwrapping;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * "Bring your own key specification": a JSON document around what CKM_RSA_AES_KEY_WRAP made for a
 * key exchange key of the same vault, with SHA-1 in RSA-OAEP.
 */
final class TransferBlobs {

  private final Shared shared;

  TransferBlobs(Shared shared) {
    this.shared = shared;
  }

  /** The key that {@code key_hsm} holds. */
  byte[] open(Input webKey, KeyType type, Instant now) {
    if (!type.hsm()) {
      throw AzureFailure.badParameter("A transfer blob is imported as an HSM key alone.");
    }
    // "The entire contents of the .byok file encoded in the Base64 format"; the reference says
    // Base64url of every binary member.
    String text = webKey.requiredText("key_hsm").replace('+', '-').replace('/', '_');
    Input blob =
        Base64Url.decode(text)
            .flatMap(Json::parseObject)
            .map(Input::new)
            .orElseThrow(() -> malformed("it is no JSON document in Base64"));
    Input header = blob.requiredObject("header");
    requireMember(blob, "schema_version", "1.0.0");
    requireMember(header, "alg", "dir");
    requireMember(header, "enc", "CKM_RSA_AES_KEY_WRAP");
    return KeyUnwrapping.rsaAes(
            exchangeKey(header.requiredText("kid"), now),
            Hash.SHA_1,
            blob.requiredBytes("ciphertext"))
        .orElseThrow(() -> malformed("its ciphertext was not made for the key that it names"));
  }

  private static void requireMember(Input object, String name, String value) {
    if (!object.requiredText(name).equals(value)) {
      throw malformed(name + " is not " + value);
    }
  }

  /** User steps, "Generate KEK": RSA-HSM, with import as its only operation, in the same vault. */
  private RsaMaterial exchangeKey(String kid, Instant now) {
    String keys = shared.settings().url() + "/keys/";
    if (!kid.toLowerCase(Locale.ROOT).startsWith(keys.toLowerCase(Locale.ROOT))) {
      throw malformed("its kid is not in this vault");
    }
    String[] parts = kid.substring(keys.length()).split("/", -1);
    KeyEntry key = shared.vault().key(parts[0], now);
    KeyVersion version = shared.vault().version(key, parts.length > 1 ? parts[1] : "");
    UsageRules.require(version, KeyType.IMPORT, now);
    if (!version.operations().equals(List.of(KeyType.IMPORT))) {
      throw malformed("its kid names a key that is not for import alone");
    }
    return (RsaMaterial) version.material();
  }

  private static AzureFailure malformed(String why) {
    return AzureFailure.badParameter("The transfer blob is not valid: " + why + ".");
  }
}
