package dev.enclave.gcp.internal.transfer;

import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.ProtectionLevel;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.keys.GcpKeys;
import dev.enclave.gcp.internal.model.Activation;
import dev.enclave.gcp.internal.model.GcpKey;
import dev.enclave.gcp.internal.model.GcpLabels;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.gcp.internal.model.GcpScheme;
import dev.enclave.gcp.internal.model.VersionNumbers;
import dev.enclave.gcp.internal.versions.GcpStateChanger;
import dev.enclave.kit.key.Backups;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.RestoreRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Takes signing keys in (docs/adr/0029). A CryptoKey without a version is made and says that it is
 * being restored, so that nothing of it counts; its versions are imported and compared; then one
 * record says which of them count and which is active. That record is the whole restoration: before
 * it there is no key, after it all of it.
 */
public final class GcpImporter implements KeyImporter {

  private static final ImportSupport SUPPORT =
      ImportSupport.of(
          GcpScheme.supported().stream()
              .map(AlgorithmSupport::algorithm)
              .filter(algorithm -> algorithm.purpose() == KeyPurpose.SIGN)
              .collect(Collectors.toUnmodifiableSet()),
          false);

  private final GcpKeys keys;
  private final GcpImports imports;
  private final GcpStateChanger states;

  public GcpImporter(GcpKeys keys, GcpImports imports, GcpStateChanger states) {
    this.keys = keys;
    this.imports = imports;
    this.states = states;
  }

  @Override
  public ImportSupport importSupport() {
    return SUPPORT;
  }

  @Override
  public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
    List<Version> versions = importable(request);
    CryptoKey key = claimed(request, call);
    Optional<Activation> recorded =
        keys.activations().record(request.name(), Activation.RESTORATION, call);
    if (recorded.isPresent()) {
      requireOwn(request, recorded.get());
      return keys.load(request.name(), call);
    }
    return recorded(request, key, versions, brought(request, key, versions, call), call);
  }

  private List<Version> importable(RestoreRequest request) throws BackendFailure {
    KeyAlgorithm algorithm = request.key().algorithm();
    List<Version> versions =
        Backups.versions(
            request,
            SUPPORT,
            of ->
                GcpRefusals.COMMON.notImported(
                    of, "it has no keys for it. Restore it in another backend."));
    for (Version version : versions) {
      imports.requireWhole(version, algorithm);
    }
    return versions;
  }

  /** The CryptoKey of the name: a new one, or one whose restoration went no further. */
  private CryptoKey claimed(RestoreRequest request, CallContext call) throws BackendFailure {
    String resource = keys.directory().resource(request.name());
    Optional<CryptoKey> there = keys.directory().find(resource, call);
    if (there.isEmpty()) {
      there = make(request, call);
    }
    CryptoKey key =
        there.isPresent()
            ? there.get()
            : keys.directory()
                .find(resource, call)
                .orElseThrow(() -> GcpRefusals.deletedKey(request.name()));
    if (!new GcpLabels(key.getLabelsMap()).sameRestoration(new GcpLabels(GcpLabels.of(request)))
        || !key.getName().equals(resource)) {
      throw GcpRefusals.COMMON.alreadyExists(request.name());
    }
    return key;
  }

  private Optional<CryptoKey> make(RestoreRequest request, CallContext call) throws BackendFailure {
    // What is not allowed shows before a name is taken that can never be given back.
    imports.requireJob(call);
    GcpScheme scheme = GcpScheme.of(request.key().algorithm());
    String keyRing = keys.calls().session().keyRing();
    return keys.calls()
        .makeKey(
            CreateCryptoKeyRequest.newBuilder()
                .setParent(keyRing)
                .setCryptoKeyId(request.name().value())
                .setSkipInitialVersionCreation(true)
                // Not import_only, which is for good: it is to be rotated.
                .setCryptoKey(
                    CryptoKey.newBuilder()
                        .setPurpose(scheme.purpose())
                        .setVersionTemplate(
                            CryptoKeyVersionTemplate.newBuilder()
                                .setProtectionLevel(ProtectionLevel.HSM)
                                .setAlgorithm(scheme.kms()))
                        .putAllLabels(GcpLabels.of(request)))
                .build(),
            call);
  }

  private static void requireOwn(RestoreRequest request, Activation recorded)
      throws BackendFailure {
    if (!recorded.operationId().equals(request.operationId())) {
      throw GcpRefusals.COMMON.alreadyExists(request.name());
    }
  }

  /**
   * Versions with the private halves, in order, enabled; what earlier attempts brought included.
   */
  private List<CryptoKeyVersion> brought(
      RestoreRequest request, CryptoKey key, List<Version> versions, CallContext call)
      throws BackendFailure {
    KeyAlgorithm algorithm = request.key().algorithm();
    List<CryptoKeyVersion> brought = earlier(key, versions, algorithm, call);
    int earlier = brought.size();
    try {
      for (Version version : versions.subList(earlier, versions.size())) {
        brought.add(imports.bring(key.getName(), version, algorithm, call));
      }
      // All are sent before any is waited for.
      for (int i = 0; i < brought.size(); i++) {
        CryptoKeyVersion settled = keys.settled(brought.get(i), call);
        brought.set(i, settled);
        requireImported(settled);
        if (!imports.match(settled, versions.get(i), algorithm, call)) {
          throw GcpRefusals.wrongAnswer(
                  settled.getName() + " has another public key than the key that was sent for it")
              .naming(settled.getName());
        }
      }
      return brought;
    } catch (BackendFailure e) {
      if (e.failureClass() == FailureClass.PERMANENT) {
        giveUp(request, brought.subList(earlier, brought.size()), call);
      }
      throw e;
    }
  }

  /** As many of the first versions as are there, in their order. */
  private List<CryptoKeyVersion> earlier(
      CryptoKey key, List<Version> versions, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    List<CryptoKeyVersion> found = new ArrayList<>();
    for (CryptoKeyVersion listed :
        GcpKey.byNumber(keys.directory().versions(key.getName(), call)).values()) {
      if (found.size() < versions.size() && !listed.getImportJob().isEmpty()) {
        CryptoKeyVersion version = keys.settled(listed, call);
        boolean usable =
            version.getState() == CryptoKeyVersionState.ENABLED
                || version.getState() == CryptoKeyVersionState.DISABLED;
        if (usable && imports.match(version, versions.get(found.size()), algorithm, call)) {
          found.add(version);
        }
      }
    }
    return found;
  }

  private static void requireImported(CryptoKeyVersion version) throws BackendFailure {
    switch (version.getState()) {
      case ENABLED, DISABLED -> {}
      case IMPORT_FAILED ->
          throw GcpRefusals.importFailed(version.getName(), version.getImportFailureReason());
      default -> throw GcpRefusals.changedMeanwhile(version.getName());
    }
  }

  /**
   * Destroys what this attempt brought, unless somebody who restores the same has recorded it. What
   * others brought may be used by them; what is left, reconcile finds.
   */
  private void giveUp(RestoreRequest request, List<CryptoKeyVersion> versions, CallContext call) {
    try {
      if (keys.activations().record(request.name(), Activation.RESTORATION, call).isPresent()) {
        return;
      }
      for (CryptoKeyVersion version : versions) {
        states.destroy(version.getName(), call);
      }
    } catch (BackendFailure e) {
      // The failure that led here is the one to tell.
    }
  }

  private KeySnapshot recorded(
      RestoreRequest request,
      CryptoKey key,
      List<Version> versions,
      List<CryptoKeyVersion> brought,
      CallContext call)
      throws BackendFailure {
    NavigableMap<Integer, CryptoKeyVersion> byNumber = new TreeMap<>();
    VersionNumbers restored = VersionNumbers.of();
    VersionNumbers used = VersionNumbers.of();
    int active = 0;
    for (int i = 0; i < versions.size(); i++) {
      KeyState state = versions.get(i).state();
      int number = GcpNames.numberOf(brought.get(i).getName()).orElseThrow();
      byNumber.put(number, inState(state, brought.get(i), call));
      restored = restored.with(number);
      used = state == KeyState.PENDING ? used : used.with(number);
      active = state == KeyState.ACTIVE ? number : active;
    }
    Activation activation =
        new Activation(Activation.RESTORATION, active, used, request.operationId());
    if (!keys.activations().claim(request.name(), activation, restored, call)) {
      throw GcpRefusals.COMMON.alreadyExists(request.name());
    }
    GcpKey whole =
        new GcpKey(request.name(), request.key().algorithm(), key, byNumber, activation, restored);
    return BackendFailure.afterChange(
        "Key " + request.name() + " was restored.", () -> keys.snapshots().of(whole, call));
  }

  /** Switched off if it is to be; its public key is known by now. */
  private CryptoKeyVersion inState(KeyState state, CryptoKeyVersion version, CallContext call)
      throws BackendFailure {
    boolean disabled = version.getState() == CryptoKeyVersionState.DISABLED;
    if (disabled == (state == KeyState.DISABLED)) {
      return version;
    }
    return states.set(
        version.getName(),
        disabled ? CryptoKeyVersionState.ENABLED : CryptoKeyVersionState.DISABLED,
        call);
  }
}
