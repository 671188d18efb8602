package dev.enclave.gcp.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.RotationInterval;
import dev.enclave.cloud.StoredText;
import dev.enclave.spi.CreateRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the labels of a CryptoKey say: of a key, or of the record of an activation. Written by the
 * request that makes it and never again. What somebody else mangled counts as absent.
 */
final class GcpLabels {

  static final String KEY = "enclave-key";
  static final String STAMP = "enclave-environment";
  static final String ALGORITHM = "enclave-algorithm";
  static final String ROTATION = "enclave-rotation";
  static final String OPERATION = "enclave-operation";
  static final String RECORD_OF = "enclave-activation-of";
  static final String ACTIVE = "enclave-active";
  static final String USED = "enclave-used";

  private final Map<String, String> labels;

  GcpLabels(Map<String, String> labels) {
    this.labels = labels;
  }

  /** Those of a new key. */
  static Map<String, String> of(CreateRequest request) {
    Map<String, String> labels = new HashMap<>();
    LabelText.put(labels, KEY, request.name().value());
    // In lower case as it is, so that conditions and billing reports can name it.
    labels.put(STAMP, label(request.stamp()));
    LabelText.put(labels, ALGORITHM, request.algorithm().name());
    LabelText.put(labels, ROTATION, request.rotation().toString());
    LabelText.put(labels, OPERATION, request.operationId());
    return labels;
  }

  static String label(EnvironmentType stamp) {
    return stamp.name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Those of the record of an activation. */
  static Map<String, String> of(KeyName name, Activation activation) {
    Map<String, String> labels = new HashMap<>();
    LabelText.put(labels, RECORD_OF, name.value());
    labels.put(ACTIVE, Integer.toString(activation.active()));
    LabelText.put(labels, USED, activation.used().toString());
    LabelText.put(labels, OPERATION, activation.operationId());
    return labels;
  }

  /** The key it is; none for what is none of Enclave's. */
  Optional<KeyName> key() {
    return LabelText.get(labels, KEY).flatMap(StoredText::name);
  }

  Optional<EnvironmentType> stamp() {
    String label = labels.getOrDefault(STAMP, "");
    for (EnvironmentType type : EnvironmentType.values()) {
      if (label(type).equals(label)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  Optional<KeyAlgorithm> algorithm() {
    return LabelText.get(labels, ALGORITHM)
        .flatMap(text -> StoredText.constant(KeyAlgorithm.values(), text));
  }

  RotationInterval rotation() {
    return LabelText.get(labels, ROTATION)
        .flatMap(StoredText::interval)
        .orElse(RotationInterval.POLICY);
  }

  String operationId() {
    return LabelText.get(labels, OPERATION).orElse("");
  }

  /** What a record says; nothing if it is none of this key. */
  Optional<Activation> activation(KeyName of, int number) {
    String active = labels.getOrDefault(ACTIVE, "");
    Optional<VersionNumbers> used = LabelText.get(labels, USED).flatMap(VersionNumbers::parse);
    boolean ours = LabelText.get(labels, RECORD_OF).filter(of.value()::equals).isPresent();
    return ours && used.isPresent() && active.matches("0|[1-9][0-9]{0,4}")
        ? Optional.of(new Activation(number, Integer.parseInt(active), used.get(), operationId()))
        : Optional.empty();
  }
}
