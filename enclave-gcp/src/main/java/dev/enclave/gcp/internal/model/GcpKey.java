package dev.enclave.gcp.internal.model;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A key as it was read at one moment.
 *
 * @param name what it is called here
 * @param algorithm its scheme
 * @param kms the CryptoKey
 * @param versions by number
 * @param last the last activation
 * @param restored those versions from outside that count
 */
public record GcpKey(
    KeyName name,
    KeyAlgorithm algorithm,
    CryptoKey kms,
    NavigableMap<Integer, CryptoKeyVersion> versions,
    Activation last,
    VersionNumbers restored) {

  public String resource() {
    return kms.getName();
  }

  public GcpLabels labels() {
    return new GcpLabels(kms.getLabelsMap());
  }

  /** How often it is due: as the last activation says, else as it was made. */
  public RotationInterval rotation() {
    return last.rotation().orElseGet(() -> labels().rotation());
  }

  public KeyState state(int number) {
    CryptoKeyVersion version = versions.get(number);
    return version == null ? KeyState.DESTROYED : last.state(number, version.getState());
  }

  /** Versions that are DISABLED and that KMS still has enabled: their rotation crashed. */
  public List<Integer> notYetDisabled() {
    return versions.keySet().stream()
        .filter(number -> last.disabled().contains(number))
        .filter(number -> version(number).getState() == CryptoKeyVersionState.ENABLED)
        .toList();
  }

  /** When a version last became active, as far as records have kept it. */
  public Optional<Instant> activatedAt(CryptoKeyVersion version) {
    int number = GcpNames.numberOf(version.getName()).orElse(0);
    boolean first = number == 1 && !labels().restored();
    return last.times()
        .of(number)
        .or(
            () ->
                first
                    ? Optional.of(
                        Instant.ofEpochSecond(
                            version.getCreateTime().getSeconds(),
                            version.getCreateTime().getNanos()))
                    : Optional.empty());
  }

  /** The version of a number that {@link #versions} has. */
  public CryptoKeyVersion version(int number) {
    return Objects.requireNonNull(versions.get(number));
  }

  /** The number of the active version; 0 if none is. */
  public int active() {
    return versions.keySet().stream()
        .filter(number -> state(number) == KeyState.ACTIVE)
        .findFirst()
        .orElse(0);
  }

  /** The number of that version, if it is there. */
  public Optional<Integer> number(KeyVersionId id) {
    return versions.keySet().stream()
        .filter(number -> Integer.toString(number).equals(id.value()))
        .findFirst();
  }

  /** Whether it is one whose restoration was not finished: then nothing of it counts. */
  public boolean unfinished() {
    return labels().restored() && last.number() < Activation.RESTORATION;
  }

  /**
   * Whether a version came from outside and is none of the restored ones: an attempt's leftover.
   */
  public boolean leftOver(CryptoKeyVersion version) {
    return labels().restored()
        && !version.getImportJob().isEmpty()
        && !restored.contains(GcpNames.numberOf(version.getName()).orElse(0));
  }

  /**
   * Whether a version could sign and no activation ever named it: somebody made it by hand, or a
   * rotation is under way or was cut short.
   */
  public boolean neverUsed(int number) {
    CryptoKeyVersion version = versions.get(number);
    return version != null
        && version.getState() == CryptoKeyVersionState.ENABLED
        && !last.used().contains(number)
        && !restored.contains(number);
  }

  /**
   * The newest version, if it is newer than the active one and no activation names it: a rotation
   * is under way, published it or was cut short, somebody made it by hand, or the record of its
   * activation was deleted.
   */
  public Optional<CryptoKeyVersion> unexplained() {
    return Optional.ofNullable(versions.lastEntry())
        .filter(newest -> active() != 0 && newest.getKey() > active())
        .filter(newest -> !last.used().contains(newest.getKey()))
        .filter(newest -> !restored.contains(newest.getKey()))
        .map(Map.Entry::getValue);
  }

  /** The same without what attempts to restore it left. */
  public GcpKey ofItsOwn() {
    TreeMap<Integer, CryptoKeyVersion> own = new TreeMap<>(versions);
    own.values().removeIf(this::leftOver);
    return new GcpKey(name, algorithm, kms, own, last, restored);
  }

  /** The same after another activation. */
  public GcpKey after(Activation next) {
    return new GcpKey(name, algorithm, kms, versions, next, restored);
  }

  /** The same with what a request has answered on a version. */
  public GcpKey with(CryptoKeyVersion answered) {
    TreeMap<Integer, CryptoKeyVersion> changed = new TreeMap<>(versions);
    GcpNames.numberOf(answered.getName()).ifPresent(number -> changed.put(number, answered));
    return new GcpKey(name, algorithm, kms, changed, last, restored);
  }

  public static NavigableMap<Integer, CryptoKeyVersion> byNumber(
      Iterable<CryptoKeyVersion> versions) {
    TreeMap<Integer, CryptoKeyVersion> byNumber = new TreeMap<>();
    for (CryptoKeyVersion version : versions) {
      GcpNames.numberOf(version.getName()).ifPresent(number -> byNumber.put(number, version));
    }
    return byNumber;
  }
}
