package dev.enclave.kubernetes.internal.access;

import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.kubernetes.internal.calls.ApiCalls;
import dev.enclave.kubernetes.internal.calls.ApiRequest;
import dev.enclave.records.json.Json;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.PermissionProber;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the service account may do, by asking the API server for just that. */
public final class KubernetesPermissions implements PermissionProber {

  static final String SIGNING = "signing and sealing";

  private static final String SECRETS = "secrets";

  /** Verbs by which Secrets that are there are reached, so that a Role may name them. */
  private static final List<String> OF_NAMED = List.of("get", "update");

  private final ApiCalls calls;

  public KubernetesPermissions(ApiCalls calls) {
    this.calls = calls;
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    Map<String, Object> rules = rules(call);
    List<Permission> answers = new ArrayList<>();
    answers.add(permission("get", SIGNING, rules, call));
    answers.add(permission("create", "creating keys", rules, call));
    answers.add(permission("update", "rotating and changing keys", rules, call));
    answers.add(permission("list", "listing keys", rules, call));
    return answers;
  }

  /** Whether keys that are there may be read, by one request that needs no permission. */
  boolean mayRead(CallContext call) throws BackendFailure {
    return granted("get", rules(call), call);
  }

  /** Whether all keys may be listed and changed, by as many requests. */
  public boolean mayWrite(CallContext call) throws BackendFailure {
    Map<String, Object> rules = rules(call);
    return granted("list", rules, call)
        && granted("get", rules, call)
        && granted("update", rules, call);
  }

  private Permission permission(
      String verb, String neededFor, Map<String, Object> rules, CallContext call)
      throws BackendFailure {
    return Permission.of(
        verb + " " + SECRETS,
        neededFor,
        granted(verb, rules, call),
        "Add to a Role in namespace "
            + calls.server().namespace()
            + ", bound to the service account: "
            + rule(verb));
  }

  static String rule(String verb) {
    return "{apiGroups: [\"\"], resources: [secrets], verbs: [" + verb + "]}";
  }

  private Map<String, Object> rules(CallContext call) throws BackendFailure {
    return Json.map(
        calls.send(
            ApiRequest.review(
                "SelfSubjectRulesReview", Map.of("namespace", calls.server().namespace())),
            call),
        "status");
  }

  /** Authorizers that list no rules, such as a cloud's, are asked about the verb itself. */
  private boolean granted(String verb, Map<String, Object> rules, CallContext call)
      throws BackendFailure {
    if (Json.list(rules, "resourceRules").stream().anyMatch(rule -> grants(rule, verb))) {
      return true;
    }
    return Boolean.TRUE.equals(rules.get("incomplete")) && asked(verb, call);
  }

  private static boolean grants(Object rule, String verb) {
    return has(rule, "apiGroups", "")
        && has(rule, "resources", SECRETS)
        && has(rule, "verbs", verb)
        && (Json.list(rule, "resourceNames").isEmpty() || OF_NAMED.contains(verb));
  }

  private static boolean has(Object rule, String list, String value) {
    List<?> values = Json.list(rule, list);
    return values.contains(value) || values.contains("*");
  }

  private boolean asked(String verb, CallContext call) throws BackendFailure {
    Map<String, Object> answer =
        calls.send(
            ApiRequest.review(
                "SelfSubjectAccessReview",
                Map.of(
                    "resourceAttributes",
                    Map.of(
                        "namespace", calls.server().namespace(),
                        "verb", verb,
                        "resource", SECRETS))),
            call);
    return Boolean.TRUE.equals(Json.map(answer, "status").get("allowed"));
  }
}
