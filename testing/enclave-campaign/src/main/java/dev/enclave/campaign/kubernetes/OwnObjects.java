package dev.enclave.campaign.kubernetes;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What our API server keeps, with the rules of {@code k8s.io/apiserver} for every kind ({@code
 * registry/rest}) and of {@code pkg/apis/core/validation} for Secrets: names, versions,
 * preconditions, sizes. Objects are never changed, only replaced. Thread-safe.
 */
final class OwnObjects {

  /** A kind of object. */
  record Kind(String resource, String name, String apiVersion) {

    boolean namespaced() {
      return !resource.equals("namespaces");
    }
  }

  private static final String RBAC = "rbac.authorization.k8s.io/v1";
  private static final List<Kind> KINDS =
      List.of(
          new Kind("namespaces", "Namespace", "v1"),
          new Kind("secrets", "Secret", "v1"),
          new Kind("serviceaccounts", "ServiceAccount", "v1"),
          new Kind("roles", "Role", RBAC),
          new Kind("rolebindings", "RoleBinding", RBAC));

  private static final String IMMUTABLE = "Forbidden: field is immutable when `immutable` is set";

  private static final int MOST_DATA = 1 << 20;
  private static final int MOST_ANNOTATIONS = 256 << 10;
  private static final int MOST_RESTS = 64;

  private static final Pattern NAME =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern ENTRY = Pattern.compile("(?!\\.\\.?$)[-._a-zA-Z0-9]{1,253}");
  private static final Pattern LABEL =
      Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");

  private final InstantSource clock;

  /** By resource, namespace and name, in the order in which etcd lists them. */
  private final TreeMap<String, Map<String, @Nullable Object>> stored = new TreeMap<>();

  /** What is left of a list that was given in part, by the token for it; the oldest are dropped. */
  private final LinkedHashMap<String, Page> rests = new LinkedHashMap<>();

  private long version = 1;

  OwnObjects(InstantSource clock) {
    this.clock = clock;
    create(kind("namespaces", "v1"), "", Map.of("metadata", Map.of("name", "default")));
  }

  /** Which kind a resource is of. */
  static Kind kind(String resource, String apiVersion) {
    return KINDS.stream()
        .filter(kind -> kind.resource().equals(resource) && kind.apiVersion().equals(apiVersion))
        .findFirst()
        .orElseThrow(Refusal::unknownResource);
  }

  synchronized Optional<Map<String, @Nullable Object>> find(
      String resource, String namespace, String name) {
    return Optional.ofNullable(stored.get(key(resource, namespace, name)));
  }

  Map<String, @Nullable Object> get(String resource, String namespace, String name) {
    return find(resource, namespace, name).orElseThrow(() -> Refusal.notFound(resource, name));
  }

  /** All of a namespace; of all namespaces, if it is empty. */
  synchronized List<Map<String, @Nullable Object>> all(String resource, String namespace) {
    String from = key(resource, namespace, "");
    return List.copyOf(stored.subMap(from, from + Character.MAX_VALUE).values());
  }

  private static String key(String resource, String namespace, String name) {
    return resource + "/" + (namespace.isEmpty() ? "" : namespace + "/") + name;
  }

  synchronized Map<String, @Nullable Object> create(
      Kind kind, String namespace, Map<String, ? extends @Nullable Object> sent) {
    requireKind(kind, namespace, sent);
    String name = text(sent, "metadata", "name");
    if (kind.namespaced()
        && text(get("namespaces", "", namespace), "status", "phase").equals("Terminating")) {
      throw Refusal.ending(kind.resource(), name, namespace);
    }
    Map<String, @Nullable Object> made = decoded(kind, sent);
    requireValid(kind, name, new ArrayList<>(), sent, made);
    if (!text(sent, "metadata", "resourceVersion").isEmpty()) {
      throw Refusal.of(500, "", "resourceVersion should not be set on objects to be created");
    }
    if (find(kind.resource(), namespace, name).isPresent()) {
      throw Refusal.alreadyExists(kind.resource(), name);
    }
    Map<String, String> about =
        Map.of("uid", UUID.randomUUID().toString(), "creationTimestamp", now());
    return put(kind, namespace, name, Map.of("metadata", about), sent, made);
  }

  synchronized Map<String, @Nullable Object> replace(
      Kind kind, String namespace, String name, Map<String, ? extends @Nullable Object> sent) {
    requireKind(kind, namespace, sent);
    if (!text(sent, "metadata", "name").equals(name)) {
      throw Refusal.badRequest("the name of the object does not match the name on the URL");
    }
    Map<String, @Nullable Object> before = get(kind.resource(), namespace, name);
    requireThat(kind, name, object(sent, "metadata"), before);
    Map<String, @Nullable Object> made = decoded(kind, sent);
    List<String> errors = new ArrayList<>();
    if (kind.resource().equals("secrets")) {
      if (text(sent, "type").isEmpty()) {
        made.put("type", before.get("type"));
      }
      requireUnchanged("type", "Invalid value: field is immutable", before, made, errors);
      if (Boolean.TRUE.equals(before.get("immutable"))) {
        requireUnchanged("immutable", IMMUTABLE, before, made, errors);
        requireUnchanged("data", IMMUTABLE, before, made, errors);
      }
    }
    requireValid(kind, name, errors, sent, made);
    return put(kind, namespace, name, before, sent, made);
  }

  private static void requireUnchanged(
      String field, String error, Map<?, ?> before, Map<?, ?> made, List<String> errors) {
    if (!Objects.equals(before.get(field), made.get(field))) {
      errors.add(field + ": " + error);
    }
  }

  /**
   * Removes it, and says of what uid it was; a namespace alone stays, since nothing empties it.
   *
   * @param preconditions of DeleteOptions
   */
  synchronized Map<String, @Nullable Object> delete(
      Kind kind, String namespace, String name, Map<?, ?> preconditions) {
    Map<String, @Nullable Object> before = get(kind.resource(), namespace, name);
    requireThat(kind, name, preconditions, before);
    if (!list(object(before, "metadata"), "finalizers").isEmpty()) {
      throw Refusal.of(500, "", "This server does not end what has finalizers.");
    }
    version++;
    String key = key(kind.resource(), namespace, name);
    if (!kind.namespaced()) {
      Map<String, @Nullable Object> ending = new LinkedHashMap<>(before);
      ending.put("status", Map.of("phase", "Terminating"));
      stored.put(key, ending);
      return ending;
    }
    stored.remove(key);
    Map<String, @Nullable Object> done = new LinkedHashMap<>();
    done.putAll(Map.of("kind", "Status", "apiVersion", "v1", "status", "Success"));
    done.put("details", Map.of("name", name, "uid", text(before, "metadata", "uid")));
    return done;
  }

  /** That it has the uid and the version that somebody expects, if any. */
  private static void requireThat(Kind kind, String name, Map<?, ?> expected, Map<?, ?> before) {
    for (String field : List.of("uid", "resourceVersion")) {
      String wanted = text(expected, field);
      if (!wanted.isEmpty() && !wanted.equals(text(before, "metadata", field))) {
        throw Refusal.conflict(kind.resource(), name, "it has another " + field);
      }
    }
  }

  /** Stores it with what the server alone says of it; what is the same gets no other version. */
  private Map<String, @Nullable Object> put(
      Kind kind,
      String namespace,
      String name,
      Map<?, ?> before,
      Map<?, ?> sent,
      Map<String, @Nullable Object> content) {
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    metadata.put("name", name);
    if (kind.namespaced()) {
      metadata.put("namespace", namespace);
    }
    for (String field : List.of("uid", "resourceVersion", "creationTimestamp")) {
      metadata.put(field, text(before, "metadata", field));
    }
    for (String field : List.of("labels", "annotations", "ownerReferences", "finalizers")) {
      Object value = object(sent, "metadata").get(field);
      if (value != null && !value.equals(Map.of()) && !value.equals(List.of())) {
        metadata.put(field, value);
      }
    }
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("kind", kind.name());
    object.put("apiVersion", kind.apiVersion());
    object.put("metadata", metadata);
    object.putAll(content);
    if (!kind.namespaced()) {
      Map<?, ?> status = object(before, "status");
      object.put("status", status.isEmpty() ? Map.of("phase", "Active") : status);
    }
    if (!object.equals(before)) {
      metadata.put("resourceVersion", Long.toString(++version));
      stored.put(key(kind.resource(), namespace, name), object);
    }
    return object;
  }

  /** That an object is what and where the path says. */
  private static void requireKind(Kind kind, String namespace, Map<?, ?> sent) {
    for (String field : List.of("kind", "apiVersion")) {
      String expected = field.equals("kind") ? kind.name() : kind.apiVersion();
      if (!text(sent, field).isEmpty() && !text(sent, field).equals(expected)) {
        throw Refusal.badRequest(text(sent, field) + " cannot be handled as a " + kind.name());
      }
    }
    String in = text(sent, "metadata", "namespace");
    if (!in.isEmpty() && !in.equals(namespace)) {
      throw Refusal.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
  }

  /** What is kept beside metadata: of a Secret what it has, of the others all. */
  private static Map<String, @Nullable Object> decoded(Kind kind, Map<String, ?> sent) {
    Map<String, @Nullable Object> content = new LinkedHashMap<>(sent);
    if (!kind.resource().equals("secrets")) {
      content.keySet().removeAll(List.of("kind", "apiVersion", "metadata", "status"));
      return content;
    }
    if (sent.containsKey("stringData")) {
      throw Refusal.badRequest("This server takes no stringData.");
    }
    content.keySet().retainAll(List.of("immutable"));
    Map<Object, Object> data = new TreeMap<>();
    for (Map.Entry<?, ?> entry : object(sent, "data").entrySet()) {
      try {
        byte[] value = Base64.getDecoder().decode("" + entry.getValue());
        data.put(entry.getKey(), Base64.getEncoder().encodeToString(value));
      } catch (IllegalArgumentException e) {
        throw Refusal.badRequest("Secret in version \"v1\" cannot be handled: illegal base64");
      }
    }
    if (!data.isEmpty()) {
      content.put("data", data);
    }
    content.put("type", text(sent, "type").isEmpty() ? "Opaque" : text(sent, "type"));
    return content;
  }

  private static void requireValid(
      Kind kind, String name, List<String> errors, Map<?, ?> sent, Map<?, ?> content) {
    if (!NAME.matcher(name).matches()) {
      errors.add("metadata.name: Invalid value: \"" + name + "\"");
    }
    object(sent, "metadata", "labels")
        .values()
        .forEach(
            value -> {
              if (!LABEL.matcher("" + value).matches()) {
                errors.add("metadata.labels: Invalid value: \"" + value + "\"");
              }
            });
    if (object(sent, "metadata", "annotations").toString().length() > MOST_ANNOTATIONS) {
      errors.add("metadata.annotations: Too long: must have at most 262144 characters");
    }
    long total = 0;
    for (Map.Entry<?, ?> entry : object(content, "data").entrySet()) {
      total += Base64.getDecoder().decode("" + entry.getValue()).length;
      if (!ENTRY.matcher("" + entry.getKey()).matches()) {
        errors.add("data[" + entry.getKey() + "]: Invalid value");
      }
    }
    if (total > MOST_DATA) {
      errors.add("data: Too long: must have at most 1048576 characters");
    }
    if (!errors.isEmpty()) {
      throw Refusal.invalid(kind.name(), name, errors);
    }
  }

  /** One answer to a list: as many as are wanted of what is left, and the token for the rest. */
  record Page(List<Map<String, @Nullable Object>> items, String rest, String version) {}

  /**
   * Lists, as it was when the list began.
   *
   * @param rest the token of an earlier page; empty for the first
   * @param limit 0 for all
   */
  synchronized Page page(
      Kind kind, String namespace, Predicate<Map<?, ?>> wanted, String rest, int limit) {
    Page left =
        rest.isEmpty()
            ? new Page(
                all(kind.resource(), namespace).stream().filter(wanted).toList(),
                "",
                Long.toString(version))
            : rests.get(rest);
    if (left == null) {
      throw Refusal.of(410, "Expired", "The provided continue parameter is too old");
    }
    List<Map<String, @Nullable Object>> items = left.items();
    if (limit == 0 || items.size() <= limit) {
      return left;
    }
    String token = UUID.randomUUID().toString();
    rests.put(token, new Page(items.subList(limit, items.size()), "", left.version()));
    if (rests.size() > MOST_RESTS) {
      rests.remove(rests.keySet().iterator().next());
    }
    return new Page(items.subList(0, limit), token, left.version());
  }

  private String now() {
    return Instant.ofEpochMilli(clock.millis()).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static @Nullable Object at(Map<?, ?> object, String... path) {
    Object value = object;
    for (String member : path) {
      value = value instanceof Map<?, ?> map ? map.get(member) : null;
    }
    return value;
  }

  /** The text there; empty if there is none. */
  static String text(Map<?, ?> object, String... path) {
    return at(object, path) instanceof String text ? text : "";
  }

  /** The object there; empty if there is none. */
  static Map<?, ?> object(Map<?, ?> object, String... path) {
    return at(object, path) instanceof Map<?, ?> map ? map : Map.of();
  }

  static List<?> list(Map<?, ?> object, String name) {
    return object.get(name) instanceof List<?> list ? list : List.of();
  }

  static List<Map<?, ?>> objects(Map<?, ?> object, String name) {
    List<Map<?, ?>> objects = new ArrayList<>();
    for (Object item : list(object, name)) {
      if (item instanceof Map<?, ?> map) {
        objects.add(map);
      }
    }
    return objects;
  }
}
