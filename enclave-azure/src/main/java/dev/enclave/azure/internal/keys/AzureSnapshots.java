package dev.enclave.azure.internal.keys;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.azure.internal.calls.AzureRefusals;
import dev.enclave.azure.internal.model.AzureKeyParameters;
import dev.enclave.azure.internal.model.AzureNames;
import dev.enclave.azure.internal.model.AzureVersion;
import dev.enclave.azure.internal.model.AzureVersionChain;
import dev.enclave.kit.key.LastToSign;
import dev.enclave.kit.key.LastToSign.Usable;
import dev.enclave.kit.key.ParallelReads;
import dev.enclave.kit.key.ParallelReads.Read;
import dev.enclave.kit.key.ToldPublicKey;
import dev.enclave.kit.setup.Origin;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns what the vault says into the engine's words. */
public final class AzureSnapshots {

  private final AzurePublicKeys publicKeys;
  private final LastToSign lastToSign;
  private final ParallelReads parallel;
  private final boolean believed;
  private final Origin vault;
  private final AzureFindings findings = new AzureFindings();

  /**
   * For one vault.
   *
   * @param believed whether a vault that says HSM is believed
   */
  public AzureSnapshots(
      AzurePublicKeys publicKeys,
      LastToSign lastToSign,
      ParallelReads parallel,
      Origin vault,
      boolean believed) {
    this.publicKeys = publicKeys;
    this.parallel = parallel;
    this.lastToSign = lastToSign;
    this.vault = vault;
    this.believed = believed;
  }

  /** What is remarkable about the keys read so far. */
  public List<HealthReport.Finding> findings() {
    return findings.all();
  }

  /** What becomes of deleted keys, in the vault's words. */
  public void noteRecovery(Optional<String> level) {
    findings.noteRecovery(level);
  }

  /** As it was read. */
  public KeySnapshot of(AzureVersionChain chain, CallContext call) throws BackendFailure {
    return of(chain, Map.of(), call);
  }

  /**
   * As it is now.
   *
   * @param written states that were written since, by version
   */
  public KeySnapshot of(AzureVersionChain chain, Map<String, KeyState> written, CallContext call)
      throws BackendFailure {
    AzureVersion first = chain.first().orElseThrow(() -> AzureRefusals.noKey(chain.name()));
    KeyAlgorithm algorithm = first.tags().algorithm().orElseThrow();
    findings.note(chain, call.time().now());
    List<Read<AzureKeyParameters>> reads = new ArrayList<>();
    chain.versions().forEach(version -> reads.add(c -> publicKeys.of(version.uri(), c)));
    parallel.ahead(reads, call);
    List<KeyVersion> versions = new ArrayList<>();
    for (AzureVersion version : chain.versions()) {
      if (!chain.isStranger(version) || publicKeys.of(version.uri(), call).isOf(algorithm)) {
        versions.add(version(chain, version, written, call));
      }
    }
    return KeySnapshot.of(chain.name(), algorithm, versions, keyUri(AzureNames.of(chain.name())))
        .withRotation(first.tags().rotation())
        .withMovedTo(chain.movedTo())
        .withStamp(first.tags().stamp())
        .withCreatedAt(first.createdAt());
  }

  /** One version. */
  public KeyVersion version(
      AzureVersionChain chain,
      AzureVersion version,
      Map<String, KeyState> written,
      CallContext call)
      throws BackendFailure {
    AzureVersion first = chain.first().orElseThrow(() -> AzureRefusals.noKey(chain.name()));
    KeyState state = written.getOrDefault(version.id(), chain.state(version));
    return version(
            version,
            state,
            first.tags().algorithm().orElseThrow(),
            chain.isStranger(version) ? KeyOrigin.UNKNOWN : origin(version),
            call)
        .withActivatedAt(chain.activatedAt(version));
  }

  private static KeyOrigin origin(AzureVersion version) {
    return version.tags().restored().isPresent() ? KeyOrigin.IMPORTED : KeyOrigin.GENERATED;
  }

  private KeyVersion version(
      AzureVersion version,
      KeyState state,
      KeyAlgorithm algorithm,
      KeyOrigin origin,
      CallContext call)
      throws BackendFailure {
    if (state == KeyState.ACTIVE && algorithm.purpose() == KeyPurpose.SIGN) {
      lastToSign.note(new Usable(version.uri(), algorithm));
    }
    AzureKeyParameters parameters = publicKeys.of(version.uri(), call);
    if (parameters.exportable()) {
      findings.noteExportable(version.uri());
    }
    return ToldPublicKey.onto(
            KeyVersion.of(version.version(), state, version.createdAt(), version.uri()),
            () -> publicKeys.publicKey(version.uri(), algorithm, call))
        .withAssurance(parameters.assurance(believed))
        .withOrigin(origin);
  }

  /**
   * A key that was deleted: of its versions the vault still shows the current one. Handles name the
   * first one's public key, so that of a later one would pass for another key's and is left out.
   */
  public KeySnapshot ofDeleted(KeyName name, AzureVersion version, CallContext call)
      throws BackendFailure {
    KeyAlgorithm algorithm = version.tags().algorithm().orElseThrow();
    return KeySnapshot.of(
            name,
            algorithm,
            List.of(deletedVersion(version, algorithm, call)),
            keyUri(AzureNames.of(name)))
        .withRotation(version.tags().rotation())
        .withStamp(version.tags().stamp())
        .withCreatedAt(version.createdAt());
  }

  private KeyVersion deletedVersion(AzureVersion version, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    KeyVersion shown = version(version, KeyState.DESTROYED, algorithm, origin(version), call);
    return version.tags().isOfFirst() ? shown : shown.withPublicKey(Optional.empty());
  }

  /** A key that is not Enclave's: one version, active while the vault has it enabled. */
  KeySnapshot ofForeign(
      KeyName name, AzureVersion version, KeyAlgorithm algorithm, String uri, CallContext call)
      throws BackendFailure {
    KeyState state = version.enabled() ? KeyState.ACTIVE : KeyState.DISABLED;
    findings.noteValidity(version, call.time().now());
    findings.noteRecovery(version.recoveryLevel());
    return KeySnapshot.of(
            name,
            algorithm,
            List.of(version(version, state, algorithm, version.tags().saidOrigin(), call)),
            uri)
        .withStamp(version.tags().stamp())
        .withCreatedAt(version.createdAt());
  }

  public String keyUri(String vaultName) {
    return vault + "/keys/" + vaultName;
  }
}
