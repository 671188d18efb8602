package dev.enclave.gcp.internal.model;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.RotationInterval;
import dev.enclave.kit.key.MovedTags;
import dev.enclave.kit.key.StoredText;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.RestoreRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the labels of a CryptoKey say: of a key, or of the record of an activation. Written by the
 * request that makes it and never again. What somebody else mangled counts as absent, except a
 * stamp.
 */
public final class GcpLabels {

  static final String KEY = "enclave-key";
  public static final String STAMP = "enclave-environment";
  static final String ALGORITHM = "enclave-algorithm";
  static final String ROTATION = "enclave-rotation";
  static final String OPERATION = "enclave-operation";
  static final String RECORD_OF = "enclave-activation-of";
  static final String ACTIVE = "enclave-active";
  static final String USED = "enclave-used";
  static final String ACTIVATED = "enclave-activated";
  static final String DISABLED = "enclave-disabled";

  /** On the record of an activation: where the key was migrated to. */
  static final String MOVED = "enclave-moved-to";

  /** On the record of an operation that began: on which key. */
  static final String BEGUN_ON = "enclave-operation-on";

  /** On it too: the highest version before. */
  static final String BEFORE = "enclave-versions-before";

  /** On a key: its first versions come from outside, and count once a record names them. */
  static final String RESTORED = "enclave-restored";

  /** On the record that ends a restoration: the versions that were restored. */
  static final String RESTORED_VERSIONS = "enclave-restored-versions";

  private final Map<String, String> labels;

  public GcpLabels(Map<String, String> labels) {
    this.labels = labels;
  }

  /** Those of a new key. */
  public static Map<String, String> of(CreateRequest request) {
    return of(
        request.name(),
        request.algorithm(),
        request.rotation(),
        request.stamp(),
        request.operationId());
  }

  /** Those of a key that is to be restored. */
  public static Map<String, String> of(RestoreRequest request) {
    Map<String, String> labels =
        of(
            request.name(),
            request.key().algorithm(),
            request.key().rotation(),
            request.stamp(),
            request.operationId());
    labels.put(RESTORED, "yes");
    return labels;
  }

  private static Map<String, String> of(
      KeyName name,
      KeyAlgorithm algorithm,
      RotationInterval rotation,
      EnvironmentType stamp,
      String operationId) {
    Map<String, String> labels = new HashMap<>();
    LabelText.put(labels, KEY, name.value());
    // In lower case as it is, so that conditions and billing reports can name it.
    labels.put(STAMP, label(stamp));
    LabelText.put(labels, ALGORITHM, algorithm.name());
    LabelText.put(labels, ROTATION, rotation.toString());
    LabelText.put(labels, OPERATION, operationId);
    return labels;
  }

  static String label(EnvironmentType stamp) {
    return stamp.name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Those of the record of an activation. */
  public static Map<String, String> of(KeyName name, Activation activation) {
    Map<String, String> labels = new HashMap<>();
    LabelText.put(labels, RECORD_OF, name.value());
    labels.put(ACTIVE, Integer.toString(activation.active()));
    LabelText.put(labels, USED, activation.used().toString());
    LabelText.put(labels, OPERATION, activation.operationId());
    activation
        .rotation()
        .ifPresent(interval -> LabelText.put(labels, ROTATION, interval.toString()));
    activation.movedTo().ifPresent(to -> LabelText.put(labels, MOVED, to.toString()));
    if (!activation.times().isEmpty()) {
      LabelText.put(labels, ACTIVATED, activation.times().text());
    }
    if (!activation.disabled().isEmpty()) {
      LabelText.put(labels, DISABLED, activation.disabled().toString());
    }
    return labels;
  }

  /** Those of the record that ends a restoration, by which these versions count. */
  public static Map<String, String> of(
      KeyName name, Activation activation, VersionNumbers restored) {
    Map<String, String> labels = of(name, activation);
    LabelText.put(labels, RESTORED_VERSIONS, restored.toString());
    return labels;
  }

  /** Those of the record that an operation begins on a key that has so many versions. */
  public static Map<String, String> beginning(KeyName name, String operationId, int before) {
    Map<String, String> labels = new HashMap<>();
    LabelText.put(labels, BEGUN_ON, name.value());
    LabelText.put(labels, OPERATION, operationId);
    labels.put(BEFORE, Integer.toString(before));
    return labels;
  }

  /** The highest version before that operation; nothing if this is no record of it. */
  public Optional<Integer> before(KeyName name, String operationId) {
    boolean ours =
        LabelText.get(labels, BEGUN_ON).filter(name.value()::equals).isPresent()
            && operationId().equals(operationId);
    String before = labels.getOrDefault(BEFORE, "");
    return ours && before.matches("[1-9][0-9]{0,4}")
        ? Optional.of(Integer.valueOf(before))
        : Optional.empty();
  }

  /** Whether its first versions come from outside. */
  public boolean restored() {
    return labels.containsKey(RESTORED);
  }

  /** Whether a restoration may go on where another one stopped: all is the same but who asked. */
  public boolean sameRestoration(GcpLabels other) {
    return restored()
        && other.restored()
        && key().equals(other.key())
        && algorithm().equals(other.algorithm())
        && rotation().equals(other.rotation())
        && stamp().equals(other.stamp());
  }

  /** The versions that a record says were restored. */
  public Optional<VersionNumbers> restoredVersions() {
    return LabelText.get(labels, RESTORED_VERSIONS).flatMap(VersionNumbers::parse);
  }

  /** The key it is; none for what is none of Enclave's. */
  public Optional<KeyName> key() {
    return LabelText.get(labels, KEY).flatMap(StoredText::name);
  }

  public StampReading stamp() {
    return StoredText.stamp("label " + STAMP, labels.get(STAMP), GcpLabels::label);
  }

  public Optional<KeyAlgorithm> algorithm() {
    return LabelText.get(labels, ALGORITHM).flatMap(text -> StoredText.algorithm(text));
  }

  /** The interval that a key was made with; never, if none is recorded. */
  public RotationInterval rotation() {
    return storedRotation().orElse(RotationInterval.NEVER);
  }

  private Optional<RotationInterval> storedRotation() {
    return LabelText.get(labels, ROTATION).flatMap(StoredText::interval);
  }

  public String operationId() {
    return LabelText.get(labels, OPERATION).orElse("");
  }

  /** What a record says; nothing if it is none of this key. */
  public Optional<Activation> activation(KeyName of, int number) {
    String active = labels.getOrDefault(ACTIVE, "");
    Optional<VersionNumbers> used = LabelText.get(labels, USED).flatMap(VersionNumbers::parse);
    boolean ours = LabelText.get(labels, RECORD_OF).filter(of.value()::equals).isPresent();
    return ours && used.isPresent() && active.matches("0|[1-9][0-9]{0,4}")
        ? Optional.of(
            new Activation(
                number,
                Integer.parseInt(active),
                used.get(),
                operationId(),
                storedRotation(),
                LabelText.get(labels, ACTIVATED)
                    .map(ActivationTimes::parse)
                    .orElse(ActivationTimes.NONE),
                LabelText.get(labels, MOVED).flatMap(MovedTags::handle),
                LabelText.get(labels, DISABLED)
                    .flatMap(VersionNumbers::parse)
                    .orElse(VersionNumbers.of())))
        : Optional.empty();
  }
}
