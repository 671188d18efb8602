package dev.enclave.azure.internal.transfer;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureRefusals;
import dev.enclave.azure.internal.keys.AzureDirectory.Listing;
import dev.enclave.azure.internal.keys.AzureKeys;
import dev.enclave.azure.internal.keys.AzurePublicKeys;
import dev.enclave.azure.internal.model.AzurePart;
import dev.enclave.azure.internal.model.AzureScheme;
import dev.enclave.azure.internal.model.AzureTags;
import dev.enclave.azure.internal.model.AzureVersion;
import dev.enclave.azure.internal.model.AzureVersionChain;
import dev.enclave.kit.key.Backups;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.RestoreRequest;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Takes signing keys in. The versions are brought one after the other, the oldest first, each with
 * its place among them in its tags; the last one makes the key, by the rule of {@link
 * AzureVersionChain}. Until it is there, there is no key, and what was brought signs nothing. A
 * vault deletes no single version, so what can be found wrong is looked for before the first is
 * sent.
 */
public final class AzureImporter implements KeyImporter {

  private final AzureKeys keys;
  private final AzurePublicKeys publicKeys;
  private final AzureImports imports;
  private final SecureRandom random;
  private final ImportSupport support;

  public AzureImporter(AzureKeys keys, AzurePublicKeys publicKeys, SecureRandom random) {
    this.keys = keys;
    this.publicKeys = publicKeys;
    this.imports = new AzureImports(keys.directory(), random);
    this.random = random;
    this.support =
        ImportSupport.of(
            KeyAlgorithm.all().stream()
                .filter(algorithm -> keys.calls().endpoint().imports())
                .filter(algorithm -> algorithm.purpose() == KeyPurpose.SIGN)
                .filter(algorithm -> AzureScheme.offered(algorithm, false))
                .collect(Collectors.toUnmodifiableSet()),
            false);
  }

  @Override
  public ImportSupport importSupport() {
    return support;
  }

  @Override
  public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
    List<Version> versions = importable(request);
    KeyName name = request.name();
    keys.requireOneRegion("Restoring key " + name);
    Listing listing = keys.directory().list(name, call);
    AzureVersionChain now = listing.everything(name);
    if (now.first().isEmpty()) {
      if (!now.unfinished()) {
        throw AzureRefusals.foreign(name);
      }
      bring(request, versions, now.broughtBy(request.operationId()), call);
      AzureVersionChain after =
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
    List<Version> versions =
        Backups.versions(
            request,
            support,
            of ->
                keys.calls().endpoint().imports()
                    ? AzureCalls.REFUSALS.notImported(
                        of,
                        "it has no Edwards curves. Keep it in a backend that has them, such as aws-kms.")
                    : AzureRefusals.importsNothing(of));
    Backups.requireBegun(request, versions);
    for (Version version : versions) {
      requireItsOwnKey(version, algorithm);
    }
    return versions;
  }

  private void requireItsOwnKey(Version version, KeyAlgorithm algorithm) throws BackendFailure {
    try (LocalKey key = LocalKey.decode(algorithm, version.material().orElseThrow(), random)) {
      if (!key.publicKey().equals(version.publicKey())) {
        throw AzureCalls.REFUSALS.notItsPublicKey(version.id(), "Nothing was sent.");
      }
    } catch (EnclaveException e) {
      throw AzureCalls.REFUSALS.notOfTheAlgorithm(version.id(), algorithm);
    }
  }

  private void bring(
      RestoreRequest request,
      List<Version> versions,
      Map<Integer, AzureVersion> there,
      CallContext call)
      throws BackendFailure {
    for (int place = 1; place <= versions.size(); place++) {
      Version version = versions.get(place - 1);
      AzureVersion earlier = there.get(place);
      AzureVersion brought =
          earlier == null
              ? bring(
                  request, version, new AzurePart(place, versions.size(), version.state()), call)
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

  private AzureVersion broughtEarlier(
      RestoreRequest request, Version version, AzureVersion earlier, CallContext call)
      throws BackendFailure {
    if (earlier.enabled() == (version.state() == KeyState.DISABLED)) {
      // It was taken for something left over.
      keys.directory().enable(request.name(), earlier, !earlier.enabled(), call);
    }
    return earlier;
  }

  private AzureVersion bring(
      RestoreRequest request, Version version, AzurePart part, CallContext call)
      throws BackendFailure {
    KeyAlgorithm algorithm = request.key().algorithm();
    return imports.bring(
        request.name(),
        algorithm,
        version.material().orElseThrow(),
        AzureTags.first(
                request.name(),
                algorithm,
                request.key().rotation(),
                request.stamp(),
                request.operationId())
            .restored(part),
        version.state() != KeyState.DISABLED,
        call);
  }

  private AzureVersion requireItsPublicKey(
      RestoreRequest request, Version version, AzureVersion brought, CallContext call)
      throws BackendFailure {
    boolean same =
        version.state() == KeyState.DISABLED
            || publicKeys
                .publicKey(brought.uri(), request.key().algorithm(), call)
                .equals(version.publicKey());
    if (!same) {
      keys.discard(request.name(), brought, call);
      throw AzureRefusals.otherPublicKey(brought.uri());
    }
    return brought;
  }

  private KeySnapshot settled(
      RestoreRequest request, List<Version> versions, AzureVersionChain chain, CallContext call)
      throws BackendFailure {
    AzureVersion first =
        chain.first().orElseThrow(() -> AzureCalls.REFUSALS.notSeenYet("Key " + request.name()));
    for (AzureVersion version : chain.lost()) {
      if (version.tags().operationId().equals(request.operationId())) {
        keys.discard(request.name(), version, call);
      }
    }
    if (!first.tags().operationId().equals(request.operationId())) {
      throw AzureCalls.REFUSALS.alreadyExists(request.name());
    }
    return BackendFailure.afterChange(
        "Key " + request.name() + " was restored.", () -> restored(versions, chain, call));
  }

  private KeySnapshot restored(List<Version> versions, AzureVersionChain chain, CallContext call)
      throws BackendFailure {
    KeySnapshot restored = keys.snapshots().of(chain, call);
    for (int i = 0; i < Math.min(versions.size(), restored.versions().size()); i++) {
      KeyVersion version = restored.versions().get(i);
      if (version.state() != KeyState.DISABLED
          && !version.publicKey().equals(versions.get(i).publicKey())) {
        throw AzureRefusals.otherPublicKey(version.providerUri());
      }
    }
    return restored;
  }
}
