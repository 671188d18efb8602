package dev.enclave.emulators.internal.azure.keys.transfer;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.keys.management.KeyCreation;
import dev.enclave.emulators.internal.azure.keys.model.AttributeChanges;
import dev.enclave.emulators.internal.azure.keys.model.KeyEntry;
import dev.enclave.emulators.internal.azure.keys.model.KeyType;
import dev.enclave.emulators.internal.azure.keys.model.KeyVersion;
import dev.enclave.emulators.internal.azure.keys.model.Tags;
import dev.enclave.emulators.internal.azure.keys.request.Call;
import dev.enclave.emulators.internal.azure.keys.request.Input;
import dev.enclave.emulators.internal.azure.keys.request.KeyVaultOperation;
import dev.enclave.emulators.internal.azure.keys.request.Operation;
import dev.enclave.emulators.internal.azure.keys.shared.Shared;
import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.PrivateKeys;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.crypto.SecretMaterial;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * REST API, Import Key: a JSON Web Key in the clear, or in key_hsm a transfer blob. "If the named
 * key already exists, Azure Key Vault creates a new version of the key."
 */
public final class Imports {

  private static final List<Integer> RSA_SIZES = List.of(2048, 3072, 4096);
  private static final List<Integer> AES_BYTES = List.of(16, 24, 32);

  private final Shared shared;
  private final TransferBlobs blobs;

  public Imports(Shared shared) {
    this.shared = shared;
    blobs = new TransferBlobs(shared);
  }

  public void register(Map<KeyVaultOperation, Operation> operations) {
    operations.put(KeyVaultOperation.IMPORT_KEY, this::importKey);
  }

  private Map<String, ?> importKey(Call call) {
    Input input = call.input();
    Input webKey = input.requiredObject("key");
    KeyType type = type(input, webKey);
    List<String> operations = KeyCreation.keyOperations(webKey, type);
    if (operations.contains(KeyType.IMPORT)) {
      throw AzureFailure.badParameter("A key exchange key cannot be imported.");
    }
    AttributeChanges attributes = AttributeChanges.keeping(input);
    Map<String, String> tags = Tags.read(input).orElse(Map.of());
    String name = call.route().name();
    shared.vault().requireNotDeleted(name, call.now());
    Material material =
        webKey.has("key_hsm")
            ? transferred(type, webKey, blobs.open(webKey, type, call.now()))
            : JsonWebKeys.material(type.family(), webKey, shared.random());
    requireServedSize(material);
    String id = KeyCreation.newId(shared.random());
    KeyEntry key =
        shared
            .vault()
            .add(
                name,
                now ->
                    new KeyVersion(
                        id, type, material, operations, attributes.asNew(now), tags, true));
    return shared.answers().bundle(key, key.current(), call);
  }

  /** Hsm: "Whether to import as a hardware key (HSM) or software key." */
  private KeyType type(Input input, Input webKey) {
    String name = webKey.requiredText("kty");
    KeyType named =
        KeyType.named(name)
            .orElseThrow(() -> AzureFailure.badParameter("kty " + name + " is not supported."));
    KeyType type =
        input.flag("Hsm").or(() -> input.flag("hsm")).orElse(named.hsm())
            ? named.protectedBy(true)
            : named;
    if (!shared.settings().flavour().takes(type)) {
      throw AzureFailure.badParameter(
          "kty "
              + type.wireName()
              + " is not supported by a resource of type "
              + shared.settings().flavour()
              + ".");
    }
    return type;
  }

  /**
   * "Bring your own key specification", Key Transfer Blob: RSA and EC keys as PKCS#8, an octet key
   * as its raw bytes; of an EC key the request names the curve.
   */
  private Material transferred(KeyType type, Input webKey, byte[] plaintext) {
    Optional<Material> material =
        type.family() == KeyType.Family.OCT
            ? Optional.of(SecretMaterial.of(plaintext))
            : PrivateKeys.parse(plaintext, shared.random()).map(Material.class::cast);
    return material
        .filter(
            key ->
                switch (type.family()) {
                  case EC ->
                      key instanceof EcMaterial ec && ec.curve() == KeyCreation.curve(webKey);
                  case RSA -> key instanceof RsaMaterial;
                  case OCT -> true;
                })
        .orElseThrow(
            () ->
                AzureFailure.badParameter(
                    "The transfer blob holds no key of kty "
                        + type.wireName()
                        + " and its curve."));
  }

  private static void requireServedSize(Material material) {
    boolean served =
        material instanceof RsaMaterial rsa
            ? RSA_SIZES.contains(rsa.bits())
            : !(material instanceof SecretMaterial secret) || AES_BYTES.contains(secret.length());
    if (!served) {
      throw AzureFailure.badParameter("The key's size is not supported.");
    }
  }
}
