package dev.enclave.kubernetes.internal.store;

import dev.enclave.kit.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A Secret as the API server gave it, as far as it counts here. Shows nothing of its data.
 *
 * @param owners its ownerReferences
 * @param data base64 by name
 */
record SecretObject(
    String namespace,
    String name,
    String uid,
    String resourceVersion,
    String type,
    Map<String, String> labels,
    Map<String, String> annotations,
    List<?> finalizers,
    List<?> owners,
    boolean immutable,
    Map<String, String> data) {

  /** kubectl apply keeps there what it sent: an older record, maybe of a destroyed version. */
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  /** How often it was replaced: the API server gives the same content no other revision. */
  private static final String WRITES = "enclave.dev/writes";

  private static final String PREFIX = "enclave.dev/";

  static SecretObject of(Map<String, Object> object) {
    return new SecretObject(
        Json.text(object, "metadata", "namespace"),
        Json.text(object, "metadata", "name"),
        Json.text(object, "metadata", "uid"),
        Json.text(object, "metadata", "resourceVersion"),
        Json.text(object, "type"),
        Json.texts(object, "metadata", "labels"),
        Json.texts(object, "metadata", "annotations"),
        Json.list(object, "metadata", "finalizers"),
        Json.list(object, "metadata", "ownerReferences"),
        Boolean.TRUE.equals(object.get("immutable")),
        Json.texts(object, "data"));
  }

  /** Its labels and annotations that are Enclave's. */
  Map<String, String> marks() {
    Map<String, String> marks = new LinkedHashMap<>(labels);
    marks.putAll(annotations);
    marks.keySet().removeIf(mark -> !mark.startsWith(PREFIX));
    return marks;
  }

  /** A new one, as it is sent. */
  static Map<String, Object> json(
      String namespace,
      String name,
      String type,
      Map<String, String> labels,
      Map<String, String> data) {
    return json(Map.of("namespace", namespace, "name", name, "labels", labels), type, data);
  }

  /**
   * This one with other data, as it is sent: the API server takes it only over this revision of
   * this very Secret. What others noted on it stays.
   */
  Map<String, Object> with(Map<String, String> other) {
    Map<String, String> kept = new LinkedHashMap<>(annotations);
    kept.remove(LAST_APPLIED);
    kept.merge(WRITES, "1", (before, one) -> Long.toString(count(before) + 1));
    return json(
        Map.of(
            "namespace", namespace,
            "name", name,
            "uid", uid,
            "resourceVersion", resourceVersion,
            "labels", labels,
            "annotations", kept,
            "finalizers", finalizers),
        type,
        other);
  }

  /** Anybody may have written it. */
  private static long count(String text) {
    return text.matches("[0-9]{1,15}") ? Long.parseLong(text) : 0;
  }

  private static Map<String, Object> json(
      Map<String, Object> metadata, String type, Map<String, String> data) {
    return Map.of(
        "apiVersion", "v1", "kind", "Secret", "metadata", metadata, "type", type, "data", data);
  }

  /** Names this content among all that the name ever had: a Secret made anew has another uid. */
  String revision() {
    return uid + "/" + resourceVersion;
  }

  /** Where it is and which revision. */
  @Override
  public String toString() {
    return "SecretObject[" + namespace + "/" + name + ", " + revision() + "]";
  }
}
