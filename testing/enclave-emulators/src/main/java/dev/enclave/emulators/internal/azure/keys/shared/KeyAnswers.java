package dev.enclave.emulators.internal.azure.keys.shared;

import dev.enclave.emulators.internal.azure.common.Base64Url;
import dev.enclave.emulators.internal.azure.keys.model.Curves;
import dev.enclave.emulators.internal.azure.keys.model.KeyAttributes;
import dev.enclave.emulators.internal.azure.keys.model.KeyEntry;
import dev.enclave.emulators.internal.azure.keys.model.KeyVault;
import dev.enclave.emulators.internal.azure.keys.model.KeyVaultSettings;
import dev.enclave.emulators.internal.azure.keys.model.KeyVersion;
import dev.enclave.emulators.internal.azure.keys.request.Call;
import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import java.util.LinkedHashMap;
import java.util.Map;

/** KeyBundle, KeyItem and their deleted forms (REST API reference, Definitions). */
public final class KeyAnswers {

  private final KeyVaultSettings settings;

  public KeyAnswers(KeyVaultSettings settings) {
    this.settings = settings;
  }

  /** A version of a key with its public part. */
  public Map<String, Object> bundle(KeyEntry key, KeyVersion version, Call call) {
    Map<String, Object> bundle = new LinkedHashMap<>();
    bundle.put("key", webKey(key, version));
    bundle.put("attributes", attributes(version, call));
    if (!version.tags().isEmpty()) {
      bundle.put("tags", version.tags());
    }
    version
        .attributes()
        .releasePolicy()
        .ifPresent(
            data ->
                bundle.put(
                    "release_policy",
                    Map.of("contentType", "application/json; charset=utf-8", "data", data)));
    return bundle;
  }

  /** The same with what the HSM says of it. */
  public Map<String, Object> attested(
      KeyEntry key, KeyVersion version, Map<String, Object> attestation, Call call) {
    Map<String, Object> attributes = attributes(version, call);
    attributes.put("attestation", attestation);
    Map<String, Object> bundle = bundle(key, version, call);
    bundle.put("attributes", attributes);
    return bundle;
  }

  /** A version in a list. */
  public Map<String, Object> versionItem(KeyEntry key, KeyVersion version, Call call) {
    return item(kid(key, version), version, call);
  }

  /** A key in a list: without a version, with the attributes of the current one. */
  public Map<String, Object> keyItem(KeyEntry key, Call call) {
    return item(settings.keyUrl(key.name()), key.current(), call);
  }

  public Map<String, Object> deletedBundle(KeyVault.Deleted deleted, Call call) {
    KeyEntry key = deleted.key();
    Map<String, Object> bundle = recovery(deleted);
    bundle.putAll(bundle(key, key.current(), call));
    return bundle;
  }

  public Map<String, Object> deletedItem(KeyVault.Deleted deleted, Call call) {
    Map<String, Object> item = recovery(deleted);
    item.putAll(keyItem(deleted.key(), call));
    return item;
  }

  private Map<String, Object> recovery(KeyVault.Deleted deleted) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("recoveryId", settings.url() + "/deletedkeys/" + deleted.key().name());
    answer.put("deletedDate", deleted.at().getEpochSecond());
    answer.put("scheduledPurgeDate", deleted.purged().getEpochSecond());
    return answer;
  }

  private Map<String, Object> item(String kid, KeyVersion version, Call call) {
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("kid", kid);
    item.put("attributes", attributes(version, call));
    if (!version.tags().isEmpty()) {
      item.put("tags", version.tags());
    }
    return item;
  }

  public String kid(KeyEntry key, KeyVersion version) {
    return settings.keyUrl(key.name()) + "/" + version.id();
  }

  private Map<String, Object> webKey(KeyEntry key, KeyVersion version) {
    Map<String, Object> webKey = new LinkedHashMap<>();
    webKey.put("kid", kid(key, version));
    webKey.put("kty", version.type().wireName());
    webKey.put("key_ops", version.operations());
    Material material = version.material();
    if (material instanceof EcMaterial ec) {
      webKey.put("crv", Curves.nameOf(ec.curve()));
      webKey.put("x", Base64Url.encode(ec.x()));
      webKey.put("y", Base64Url.encode(ec.y()));
    } else if (material instanceof RsaMaterial rsa) {
      webKey.put("n", Base64Url.encode(rsa.modulus()));
      webKey.put("e", Base64Url.encode(rsa.publicExponent()));
    }
    return webKey;
  }

  /**
   * About keys, Compliance: HSM platform 0 is software, 1 is FIPS 140-2 Level 2, 2 is FIPS 140-3
   * Level 3; "all new keys and key versions are now created using HSM Platform 2". The attribute is
   * there from version 7.5 on.
   */
  private Map<String, Object> attributes(KeyVersion version, Call call) {
    KeyAttributes attributes = version.attributes();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("enabled", attributes.enabled());
    attributes.notBefore().ifPresent(second -> answer.put("nbf", second));
    attributes.expires().ifPresent(second -> answer.put("exp", second));
    answer.put("created", attributes.created());
    answer.put("updated", attributes.updated());
    answer.put("recoveryLevel", settings.recoveryLevel());
    answer.put("recoverableDays", settings.retention().toDays());
    answer.put("exportable", attributes.releasePolicy().isPresent());
    if (call.apiVersion().compareTo("7.5") >= 0) {
      answer.put("hsmPlatform", version.type().hsm() ? settings.hsmPlatform() : "0");
    }
    return answer;
  }
}
