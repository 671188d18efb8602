package dev.enclave.campaign.kubernetes;

import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.ServiceRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a request to an API server is about, as RBAC and the audit log name it.
 *
 * @param verb such as {@code get}
 * @param group of the API; empty for the core
 * @param resource such as {@code secrets}; a path where the request is about no resource
 * @param namespace of the resource
 * @param object its name in the path
 * @param name the same, or of the object that is to be made
 */
record ResourceName(
    String verb,
    String group,
    String resource,
    Optional<String> namespace,
    Optional<String> object,
    Optional<String> name) {

  private static final String NAMESPACES = "namespaces";

  static ResourceName of(ServiceRequest request) {
    List<String> rest = new ArrayList<>(List.of(request.path().substring(1).split("/", -1)));
    int prefix = rest.get(0).equals("api") ? 2 : rest.get(0).equals("apis") ? 3 : rest.size();
    if (rest.size() <= prefix) {
      return new ResourceName(
          request.method().toLowerCase(Locale.ROOT),
          "",
          request.path(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
    String group = prefix == 2 ? "" : rest.get(1);
    rest.subList(0, prefix).clear();
    Optional<String> namespace = Optional.empty();
    if (rest.size() > 2 && rest.get(0).equals(NAMESPACES)) {
      namespace = Optional.of(rest.get(1));
      rest.subList(0, 2).clear();
    }
    Optional<String> name = rest.size() > 1 ? Optional.of(rest.get(1)) : Optional.empty();
    String resource = rest.get(0) + (rest.size() > 2 ? "/" + rest.get(2) : "");
    return new ResourceName(
        verb(request, name.isPresent()),
        group,
        resource,
        namespace,
        name,
        name.or(() -> named(request)));
  }

  private static String verb(ServiceRequest request, boolean one) {
    return switch (request.method()) {
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> one ? "delete" : "deletecollection";
      default ->
          request.query().matches("(.*&)?watch=(true|1)(&.*)?") ? "watch" : one ? "get" : "list";
    };
  }

  private static Optional<String> named(ServiceRequest request) {
    return Json.parseObject(request.body())
        .map(object -> object.get("metadata"))
        .flatMap(metadata -> Optional.ofNullable(((Map<?, ?>) metadata).get("name")))
        .map(Object::toString);
  }

  /** As the journal and fault plans name it, such as {@code get secrets}. */
  String operation() {
    return verb + " " + resource;
  }
}
