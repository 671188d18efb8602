package dev.enclave.azure.internal.keys;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.azure.internal.calls.VaultRefusals;
import dev.enclave.azure.internal.model.VaultMaterial;
import dev.enclave.azure.internal.model.VaultNames;
import dev.enclave.azure.internal.model.VaultVersion;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import java.util.List;
import java.util.Optional;

/**
 * Uses keys that something else made, with the rights to read them and to sign. One version: the
 * one that the identifier names, or the one that is current when the key is read first in a
 * process.
 */
public final class VaultAdopter {

  private final VaultKeys keys;
  private final VaultMaterials materials;

  public VaultAdopter(VaultKeys keys, VaultMaterials materials) {
    this.keys = keys;
    this.materials = materials;
  }

  public KeySnapshot adopt(KeyName name, String providerUri, CallContext call)
      throws BackendFailure {
    int hash = providerUri.indexOf('#');
    String uri = hash < 0 ? providerUri : providerUri.substring(0, hash);
    Optional<String> given =
        hash < 0 ? Optional.empty() : Optional.of(providerUri.substring(hash + 1));
    VaultNames.Id id =
        VaultNames.parse(uri, keys.calls().endpoint().origin())
            .orElseThrow(() -> VaultRefusals.notAKey(keys.calls().endpoint().origin()));
    long began = keys.readings().now();
    VaultVersion version = read(id, uri, call);
    VaultMaterial material = materials.of(version.uri(), call);
    KeyAlgorithm algorithm = algorithm(version, material, given);
    return keys.snapshots().ofForeign(name, version, algorithm, uri, began, call);
  }

  private VaultVersion read(VaultNames.Id id, String uri, CallContext call) throws BackendFailure {
    try {
      return keys.directory().read(id.name(), uri, call);
    } catch (BackendFailure e) {
      throw e.code() == FailureCode.NOT_FOUND ? VaultRefusals.noForeignKey() : e;
    }
  }

  /** What the operator says, else what the tags say, else the only thing it can be. */
  private static KeyAlgorithm algorithm(
      VaultVersion version, VaultMaterial material, Optional<String> given) throws BackendFailure {
    List<KeyAlgorithm> choices = material.algorithms();
    if (given.isPresent()) {
      return choices.stream()
          .filter(choice -> choice.name().equals(given.get()))
          .findFirst()
          .orElseThrow(() -> VaultRefusals.otherAlgorithm(known(given.get()), choices));
    }
    if (version.tags().algorithm().filter(choices::contains).isPresent()) {
      return version.tags().algorithm().get();
    }
    if (choices.isEmpty()) {
      throw VaultRefusals.otherAlgorithm(material.named(), choices);
    }
    if (choices.size() > 1) {
      throw VaultRefusals.ambiguousAlgorithm(choices);
    }
    return choices.get(0);
  }

  private static String known(String given) {
    return KeyAlgorithm.all().stream()
        .map(KeyAlgorithm::name)
        .filter(given::equals)
        .findFirst()
        .orElse("what is after its #");
  }

  /** Notes a new reading of a version that was adopted before; false if it is gone. */
  public boolean readAnew(KeyVersionRef ref, CallContext call) throws BackendFailure {
    long began = keys.readings().now();
    Optional<VaultNames.Id> id =
        VaultNames.parse(ref.providerUri(), keys.calls().endpoint().origin());
    if (id.isEmpty()) {
      return false;
    }
    try {
      VaultVersion version = keys.directory().read(id.get().name(), ref.providerUri(), call);
      if (!materials.of(version.uri(), call).isOf(ref.algorithm())) {
        return false;
      }
      keys.snapshots()
          .ofForeign(ref.name(), version, ref.algorithm(), ref.providerUri(), began, call);
      return true;
    } catch (BackendFailure e) {
      if (e.code() == FailureCode.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }
}
