package dev.enclave.gcp.internal.keys;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.protobuf.Timestamp;
import dev.enclave.Assurance;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.kit.key.LastToSign;
import dev.enclave.kit.key.ParallelReads;
import dev.enclave.kit.key.ParallelReads.Read;
import dev.enclave.kit.key.ToldPublicKey;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.model.Activation;
import dev.enclave.gcp.internal.model.GcpKey;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.gcp.internal.model.VersionNumbers;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns what Cloud KMS says into the engine's words. */
public final class GcpSnapshots {

  private final GcpPublicKeys publicKeys;
  private final GcpLevels levels;
  private final LastToSign lastToSign;
  private final ParallelReads parallel;
  private final boolean reportsHsm;
  private final GcpFindings findings;

  public GcpSnapshots(
      GcpPublicKeys publicKeys,
      GcpLevels levels,
      LastToSign lastToSign,
      ParallelReads parallel,
      boolean reportsHsm,
      GcpFindings findings) {
    this.parallel = parallel;
    this.publicKeys = publicKeys;
    this.levels = levels;
    this.lastToSign = lastToSign;
    this.reportsHsm = reportsHsm;
    this.findings = findings;
  }

  /** What is remarkable about the keys read so far. */
  public List<Finding> findings() {
    return findings.all();
  }

  /** Orphans of this key were not looked for. */
  public void notePassedOver(KeyName name, BackendFailure failure) {
    findings.notePassedOver(name, failure);
  }

  GcpFindings noted() {
    return findings;
  }

  /** As it was read. */
  public KeySnapshot of(GcpKey key, CallContext call) throws BackendFailure {
    findings.note(key, call);
    List<Read<Optional<PublicKeyInfo>>> reads = new ArrayList<>();
    key.versions()
        .values()
        .forEach(
            version ->
                reads.add(c -> ToldPublicKey.ifAny(() -> publicKey(version, key.algorithm(), c))));
    parallel.ahead(reads, call);
    List<KeyVersion> versions = new ArrayList<>();
    for (int number : key.versions().keySet()) {
      versions.add(version(key, number, call));
    }
    if (versions.isEmpty()) {
      throw GcpRefusals.wrongAnswer(key.resource() + " has no version").naming(key.resource());
    }
    return KeySnapshot.of(key.name(), key.algorithm(), versions, key.resource())
        .withRotation(key.rotation())
        .withMovedTo(key.last().movedTo())
        .withStamp(key.labels().stamp());
  }

  /** A version's public key, where KMS tells it. */
  public Optional<PublicKeyInfo> publicKey(
      CryptoKeyVersion version, KeyAlgorithm algorithm, CallContext call) throws BackendFailure {
    levels.note(version);
    return publicKeys.of(version, algorithm, call);
  }

  /** One version. */
  public KeyVersion version(GcpKey key, int number, CallContext call) throws BackendFailure {
    CryptoKeyVersion version = key.versions().get(number);
    if (version == null) {
      throw GcpRefusals.COMMON.noVersion(key.name(), KeyVersionId.of(Integer.toString(number)));
    }
    return version(key.algorithm(), version, key.state(number), call)
        .withActivatedAt(key.activatedAt(version));
  }

  private KeyVersion version(
      KeyAlgorithm algorithm, CryptoKeyVersion version, KeyState state, CallContext call)
      throws BackendFailure {
    KeyVersionId id = GcpNames.idOfVersion(version.getName()).orElseThrow();
    KeyVersion described =
        ToldPublicKey.onto(
                KeyVersion.of(id, state, instant(version.getCreateTime()), version.getName()),
                () -> publicKey(version, algorithm, call))
            .withAssurance(assurance(version.getProtectionLevel()))
            .withOrigin(origin(version));
    if (state == KeyState.ACTIVE) {
      lastToSign.note(new LastToSign.Usable(version.getName(), algorithm));
    }
    return described;
  }

  /** A version that is not Enclave's: active while KMS has it enabled. */
  KeySnapshot ofForeign(
      KeyName name,
      KeyAlgorithm algorithm,
      CryptoKeyVersion version,
      StampReading stamp,
      CallContext call)
      throws BackendFailure {
    KeyVersion described = version(algorithm, version, foreignState(version), call);
    return KeySnapshot.of(name, algorithm, List.of(described), version.getName())
        .withStamp(stamp)
        .withCreatedAt(described.createdAt());
  }

  private static KeyState foreignState(CryptoKeyVersion version) {
    int number = GcpNames.numberOf(version.getName()).orElseThrow();
    return new Activation(1, number, VersionNumbers.of(number), "")
        .state(number, version.getState());
  }

  /** As the version says, whatever was asked for: SOFTWARE is what KMS makes by default. */
  private Assurance assurance(ProtectionLevel level) {
    return reportsHsm
            && (level == ProtectionLevel.HSM || level == ProtectionLevel.HSM_SINGLE_TENANT)
        ? Assurance.HSM
        : Assurance.SOFTWARE;
  }

  private static KeyOrigin origin(CryptoKeyVersion version) {
    if (!version.getImportJob().isEmpty() || version.hasImportTime()) {
      return KeyOrigin.IMPORTED;
    }
    boolean external =
        version.getProtectionLevel() == ProtectionLevel.EXTERNAL
            || version.getProtectionLevel() == ProtectionLevel.EXTERNAL_VPC;
    boolean made =
        version.hasGenerateTime() || version.getState() == CryptoKeyVersionState.PENDING_GENERATION;
    return made && !external ? KeyOrigin.GENERATED : KeyOrigin.UNKNOWN;
  }

  public static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
