package dev.enclave.gcp.internal.model;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.kit.key.StoredText;
import dev.enclave.kit.ledger.Decision;
import dev.enclave.kit.ledger.KeyMetadata;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the labels of a CryptoKey say: of a key, of the record of a decision, or of the note that an
 * operation began. Written by the request that makes it and never again. {@link LabelText} spells
 * them.
 */
public final class GcpLabels {

  public static final String PREFIX = "enclave-";
  public static final String STAMP = PREFIX + KeyMetadata.STAMP;

  /** On the record of a decision: of which key. */
  static final String RECORD_OF = "enclave-activation-of";

  /** On the note that an operation began: on which key. */
  static final String BEGUN_ON = "enclave-operation-on";

  /** On it too: the highest version before. */
  static final String BEFORE = "enclave-versions-before";

  private static final String NUMBER = PREFIX + Decision.NUMBER;
  private static final String USED = PREFIX + Decision.USED;
  private static final String MANGLED = "\u0000";

  private GcpLabels() {}

  /** In lower case as it is, so that conditions and billing reports can name it. */
  public static String spelled(EnvironmentType stamp) {
    return stamp.name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, String> labels(Map<String, String> tags) {
    Map<String, String> labels = new HashMap<>();
    tags.forEach(
        (name, text) -> {
          if (!text.isEmpty() || name.equals(USED)) {
            LabelText.put(labels, name, text);
          }
        });
    return labels;
  }

  /** Their texts; of what was mangled one that nothing is. */
  public static Map<String, String> texts(Map<String, String> labels) {
    Map<String, String> texts = new HashMap<>();
    labels.forEach((name, label) -> texts.put(name, LabelText.get(labels, name).orElse(MANGLED)));
    return texts;
  }

  /** Those of a new key. */
  public static Map<String, String> of(KeyMetadata wanted) {
    return labels(wanted.toTags(PREFIX, GcpLabels::spelled));
  }

  /** Those of the record of a decision. */
  public static Map<String, String> of(KeyName name, Decision decision) {
    Map<String, String> labels = labels(decision.toTags(PREFIX));
    // The record's own name says it.
    labels.remove(NUMBER);
    LabelText.put(labels, RECORD_OF, name.value());
    return labels;
  }

  /** What the record of a decision says; nothing if it is none of this key and number. */
  public static Optional<Decision> decision(KeyName of, int number, Map<String, String> labels) {
    Map<String, String> texts = texts(labels);
    texts.put(NUMBER, Integer.toString(number));
    return of.value().equals(texts.get(RECORD_OF)) && texts.containsKey(USED)
        ? Decision.parse(PREFIX, texts)
        : Optional.empty();
  }

  /** Those of the note that an operation began. */
  public static Map<String, String> beginning(KeyName name, String operationId, int before) {
    return labels(
        Map.of(
            BEGUN_ON,
            name.value(),
            PREFIX + KeyMetadata.OPERATION,
            operationId,
            BEFORE,
            Integer.toString(before)));
  }

  /** The highest version before an operation began; nothing if it is no note of that operation. */
  public static Optional<Integer> before(
      KeyName name, String operationId, Map<String, String> labels) {
    Map<String, String> texts = texts(labels);
    return Optional.of(StoredText.number(texts.get(BEFORE)))
        .filter(before -> before > 0)
        .filter(before -> name.value().equals(texts.get(BEGUN_ON)))
        .filter(before -> operationId.equals(texts.get(PREFIX + KeyMetadata.OPERATION)));
  }
}
