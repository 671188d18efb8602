package dev.enclave.emulators.internal.azure.keys.management;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.keys.model.AttributeChanges;
import dev.enclave.emulators.internal.azure.keys.model.Curves;
import dev.enclave.emulators.internal.azure.keys.model.Flavour;
import dev.enclave.emulators.internal.azure.keys.model.KeyEntry;
import dev.enclave.emulators.internal.azure.keys.model.KeyType;
import dev.enclave.emulators.internal.azure.keys.model.KeyVersion;
import dev.enclave.emulators.internal.azure.keys.model.Tags;
import dev.enclave.emulators.internal.azure.keys.request.Call;
import dev.enclave.emulators.internal.azure.keys.request.Input;
import dev.enclave.emulators.internal.azure.keys.request.KeyVaultOperation;
import dev.enclave.emulators.internal.azure.keys.request.Operation;
import dev.enclave.emulators.internal.azure.keys.shared.Shared;
import dev.enclave.emulators.internal.crypto.Curve;
import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.crypto.SecretMaterial;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** REST API, Create Key. */
public final class KeyCreation {

  private static final int VERSION_BYTES = 16;
  private static final long F4 = 65_537;

  private final Shared shared;

  public KeyCreation(Shared shared) {
    this.shared = shared;
  }

  public void register(Map<KeyVaultOperation, Operation> operations) {
    operations.put(KeyVaultOperation.CREATE_KEY, this::create);
  }

  /** "If the named key already exists, Azure Key Vault creates a new version of the key." */
  private Map<String, ?> create(Call call) {
    Input input = call.input();
    KeyType type = type(input, shared.settings().flavour());
    List<String> keyOperations = keyOperations(input, type);
    AttributeChanges attributes = AttributeChanges.read(input);
    if (attributes.releasePolicy().isPresent() && !type.hsm()) {
      throw AzureFailure.badParameter("Only a key in an HSM is exportable.");
    }
    Map<String, String> tags = Tags.read(input).orElse(Map.of());
    String name = call.route().name();
    shared.vault().requireNotDeleted(name, call.now());
    String id = newId(shared.random());
    Material material = material(input, type);
    KeyEntry key =
        shared
            .vault()
            .add(
                name,
                now ->
                    new KeyVersion(
                        id, type, material, keyOperations, attributes.asNew(now), tags, false));
    return shared.answers().bundle(key, key.current(), call);
  }

  /** About keys, "Key types and protection methods": which vault has which. */
  static KeyType type(Input input, Flavour flavour) {
    String name = input.requiredText("kty");
    KeyType type =
        KeyType.named(name)
            .orElseThrow(() -> AzureFailure.badParameter("kty " + name + " is not supported."));
    if (!flavour.takes(type)) {
      throw AzureFailure.badParameter(
          "kty " + name + " is not supported by a resource of type " + flavour + ".");
    }
    return type;
  }

  /**
   * "Bring your own key specification", Terminology: a key exchange key is RSA-HSM and has import
   * as its only operation.
   */
  public static List<String> keyOperations(Input input, KeyType type) {
    List<String> asked = input.texts("key_ops").orElse(type.operations());
    if (asked.contains(KeyType.IMPORT)) {
      if (type != KeyType.RSA_HSM || asked.size() > 1) {
        throw AzureFailure.badParameter(
            "The operation import is for RSA-HSM keys, and for no other operation beside it.");
      }
      return List.copyOf(asked);
    }
    for (String operation : asked) {
      if (!type.operations().contains(operation)) {
        throw AzureFailure.badParameter(
            "Key operation " + operation + " is not valid for kty " + type.wireName() + ".");
      }
    }
    return List.copyOf(asked);
  }

  private Material material(Input input, KeyType type) {
    return switch (type.family()) {
      case EC -> EcMaterial.generate(curve(input), shared.random());
      case RSA -> {
        // Microsoft's SDK for Java says 0 where its user says nothing.
        if (input
            .integer("public_exponent")
            .filter(value -> value != 0 && value != F4)
            .isPresent()) {
          throw AzureFailure.badParameter("A public_exponent but 65537 is not served here.");
        }
        yield RsaMaterial.generate(size(input, List.of(2048, 3072, 4096)), shared.random());
      }
      case OCT -> SecretMaterial.generate(size(input, List.of(256, 128, 192)) / 8, shared.random());
    };
  }

  public static Curve curve(Input input) {
    String name = input.text("crv").orElse("P-256");
    return Curves.named(name)
        .orElseThrow(() -> AzureFailure.badParameter("Curve " + name + " is not supported."));
  }

  private static int size(Input input, List<Integer> sizes) {
    long size = input.integer("key_size").orElse((long) sizes.get(0));
    return sizes.stream()
        .filter(served -> served == size)
        .findFirst()
        .orElseThrow(() -> AzureFailure.badParameter("Key size " + size + " is not supported."));
  }

  /** Version ids are 32 hexadecimal digits in every example of the reference. */
  public static String newId(SecureRandom random) {
    byte[] id = new byte[VERSION_BYTES];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }
}
