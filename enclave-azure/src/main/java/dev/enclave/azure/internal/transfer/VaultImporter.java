package dev.enclave.azure.internal.transfer;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.azure.internal.calls.VaultCalls;
import dev.enclave.azure.internal.calls.VaultRefusals;
import dev.enclave.azure.internal.keys.VaultDirectory.Listing;
import dev.enclave.azure.internal.keys.VaultKeys;
import dev.enclave.azure.internal.keys.VaultMaterials;
import dev.enclave.azure.internal.model.VaultChain;
import dev.enclave.azure.internal.model.VaultPart;
import dev.enclave.azure.internal.model.VaultScheme;
import dev.enclave.azure.internal.model.VaultTags;
import dev.enclave.azure.internal.model.VaultVersion;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.KeyImporter.ImportSupport;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.RestoreRequest;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Takes signing keys in. The versions are brought one after the other, the oldest first, each with
 * its place among them in its tags; the last one makes the key, by the rule of {@link VaultChain}.
 * Until it is there, there is no key, and what was brought signs nothing. A vault deletes no single
 * version, so what can be found wrong is looked for before the first is sent.
 */
public final class VaultImporter {

  private final VaultKeys keys;
  private final VaultMaterials materials;
  private final VaultImports imports;
  private final SecureRandom random;
  private final ImportSupport support;

  public VaultImporter(VaultKeys keys, VaultMaterials materials, SecureRandom random) {
    this.keys = keys;
    this.materials = materials;
    this.imports = new VaultImports(keys.directory(), random);
    this.random = random;
    this.support =
        new ImportSupport(
            KeyAlgorithm.all().stream()
                .filter(algorithm -> keys.calls().endpoint().imports())
                .filter(algorithm -> algorithm.purpose() == KeyPurpose.SIGN)
                .filter(algorithm -> VaultScheme.offered(algorithm, false))
                .collect(Collectors.toUnmodifiableSet()),
            false);
  }

  public ImportSupport support() {
    return support;
  }

  public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
    List<Version> versions = importable(request);
    KeyName name = request.name();
    Listing listing = keys.directory().list(name, call);
    VaultChain now = listing.everything(name);
    if (now.first().isEmpty()) {
      if (!now.unfinished()) {
        throw VaultRefusals.foreign(name);
      }
      bring(request, versions, now.broughtBy(request.operationId()), call);
      VaultChain after =
          BackendFailure.afterChange(
              "All versions of key " + name + " were brought.",
              () -> keys.afterSettling(name, call));
      return settled(request, versions, after, call);
    }
    boolean young = listing.settled(name).first().filter(now.first().get()::equals).isEmpty();
    return settled(request, versions, young ? keys.afterSettling(name, call) : now, call);
  }

  private List<Version> importable(RestoreRequest request) throws BackendFailure {
    KeyAlgorithm algorithm = request.key().algorithm();
    if (!support.algorithms().contains(algorithm)) {
      throw keys.calls().endpoint().imports()
          ? VaultRefusals.notImported(algorithm)
          : VaultRefusals.importsNothing(algorithm);
    }
    List<Version> versions =
        request.key().versions().stream().filter(v -> v.material().isPresent()).toList();
    if (versions.isEmpty() || versions.get(0).state() == KeyState.PENDING) {
      throw VaultRefusals.neverActive(request.key().name());
    }
    for (Version version : versions) {
      if (!belongsTogether(version, algorithm)) {
        throw VaultRefusals.notItsKey(version.id(), algorithm);
      }
    }
    return versions;
  }

  private boolean belongsTogether(Version version, KeyAlgorithm algorithm) {
    try (LocalKey key = LocalKey.decode(algorithm, version.material().orElseThrow(), random)) {
      return key.publicKey().equals(version.publicKey());
    } catch (EnclaveException e) {
      return false;
    }
  }

  private void bring(
      RestoreRequest request,
      List<Version> versions,
      Map<Integer, VaultVersion> there,
      CallContext call)
      throws BackendFailure {
    for (int place = 1; place <= versions.size(); place++) {
      Version version = versions.get(place - 1);
      VaultVersion earlier = there.get(place);
      VaultVersion brought =
          earlier == null
              ? bring(
                  request, version, new VaultPart(place, versions.size(), version.state()), call)
              : broughtEarlier(request, version, earlier, call);
      if (place < versions.size()) {
        requireItsPublicKey(request, version, brought, call);
      } else {
        // The last one makes the key.
        BackendFailure.afterChange(
            "All versions of key " + request.name() + " were brought.",
            () -> requireItsPublicKey(request, version, brought, call));
      }
    }
  }

  private VaultVersion broughtEarlier(
      RestoreRequest request, Version version, VaultVersion earlier, CallContext call)
      throws BackendFailure {
    if (earlier.enabled() == (version.state() == KeyState.DISABLED)) {
      // It was taken for something left over.
      keys.directory().enable(request.name(), earlier, !earlier.enabled(), call);
    }
    return earlier;
  }

  private VaultVersion bring(
      RestoreRequest request, Version version, VaultPart part, CallContext call)
      throws BackendFailure {
    KeyAlgorithm algorithm = request.key().algorithm();
    return imports.bring(
        request.name(),
        algorithm,
        version.material().orElseThrow(),
        VaultTags.first(
                request.name(),
                algorithm,
                request.key().rotation(),
                request.stamp(),
                request.operationId())
            .restored(part),
        version.state() != KeyState.DISABLED,
        call);
  }

  private VaultVersion requireItsPublicKey(
      RestoreRequest request, Version version, VaultVersion brought, CallContext call)
      throws BackendFailure {
    boolean same =
        version.state() == KeyState.DISABLED
            || materials
                .publicKey(brought.uri(), request.key().algorithm(), call)
                .equals(version.publicKey());
    if (!same) {
      keys.discard(request.name(), brought, call);
      throw VaultRefusals.otherPublicKey(brought.uri());
    }
    return brought;
  }

  private KeySnapshot settled(
      RestoreRequest request, List<Version> versions, VaultChain chain, CallContext call)
      throws BackendFailure {
    VaultVersion first =
        chain.first().orElseThrow(() -> VaultCalls.REFUSALS.notSeenYet("Key " + request.name()));
    for (VaultVersion version : chain.lost()) {
      if (version.tags().operationId().equals(request.operationId())) {
        keys.discard(request.name(), version, call);
      }
    }
    if (!first.tags().operationId().equals(request.operationId())) {
      throw VaultCalls.REFUSALS.alreadyExists(request.name());
    }
    return BackendFailure.afterChange(
        "Key " + request.name() + " was restored.", () -> restored(versions, chain, call));
  }

  private KeySnapshot restored(List<Version> versions, VaultChain chain, CallContext call)
      throws BackendFailure {
    KeySnapshot restored = keys.snapshots().of(chain, keys.readings().now(), call);
    for (int i = 0; i < Math.min(versions.size(), restored.versions().size()); i++) {
      KeyVersion version = restored.versions().get(i);
      if (version.state() != KeyState.DISABLED
          && !version.publicKey().equals(versions.get(i).publicKey())) {
        throw VaultRefusals.otherPublicKey(version.providerUri());
      }
    }
    return restored;
  }
}
