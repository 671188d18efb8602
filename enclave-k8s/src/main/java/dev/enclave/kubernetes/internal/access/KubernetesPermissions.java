package dev.enclave.kubernetes.internal.access;

import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.json.Json;
import dev.enclave.kubernetes.internal.calls.ApiCalls;
import dev.enclave.kubernetes.internal.calls.ApiRequest;
import dev.enclave.kubernetes.internal.store.SecretNames;
import dev.enclave.kubernetes.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.PermissionProber;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the service account may do, by asking the API server for just that. Who may neither create
 * nor update Secrets has the role of signing, and needs no more than that.
 */
public final class KubernetesPermissions implements PermissionProber {

  private static final String SECRETS = "secrets";

  /** Verbs by which Secrets that are there are reached, so that a Role may name them. */
  private static final List<String> OF_NAMED = List.of("get", "update");

  private static final int MOST_NAMED = 5;

  /**
   * A right that one role or both need not.
   *
   * @param resource with its subresource, if it is about that
   * @param allows what it makes possible
   */
  private record Right(String verb, String resource, String allows) {}

  private static final List<Right> BEYOND_SIGNING =
      List.of(
          new Right("list", SECRETS, "reading every Secret of the namespace"),
          new Right("delete", SECRETS, "destroying keys"));

  private static final List<Right> OVER_KEYS =
      List.of(
          new Right("watch", SECRETS, "reading every Secret of the namespace"),
          new Right("patch", SECRETS, "reading Secrets, by an empty patch"),
          new Right("deletecollection", SECRETS, "destroying all keys at once"));

  /** A WebSocket begins with GET: only from then on a right to create is asked for, too. */
  private static final String BY_GET = ", by WebSocket before Kubernetes 1.35";

  private static final List<Right> OVER_PODS =
      List.of(
          new Right("create", "pods", "mounting any Secret, and running as any service account"),
          new Right("create", "pods/exec", "reading the memory of pods, where keys are"),
          new Right("get", "pods/exec", "reading the memory of pods" + BY_GET),
          new Right("create", "pods/attach", "reaching into pods, where keys are"),
          new Right("get", "pods/attach", "reaching into pods" + BY_GET),
          new Right("create", "pods/portforward", "reaching what listens in pods, where keys are"),
          new Right("get", "pods/portforward", "reaching what listens in pods" + BY_GET),
          new Right("update", "pods/ephemeralcontainers", "reading the memory of pods"),
          new Right("patch", "pods/ephemeralcontainers", "reading the memory of pods"),
          new Right("create", "serviceaccounts/token", "becoming any service account"));

  private static final List<Right> EVERYWHERE =
      List.of(
          new Right("get", SECRETS, "reading the Secrets of every namespace"),
          new Right("get", "nodes/proxy", "reaching into every pod, past admission"),
          new Right("create", "nodes/proxy", "reaching into every pod, past admission"));

  private final ApiCalls calls;

  public KubernetesPermissions(ApiCalls calls) {
    this.calls = calls;
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    String keys = calls.server().namespace();
    boolean administers = granted("create", call) || granted("update", call);
    List<Permission> answers = new ArrayList<>();
    answers.add(needed("get", Texts.SIGNING.with(), call));
    if (administers) {
      answers.add(needed("create", Texts.CREATING.with(), call));
      answers.add(needed("update", Texts.CHANGING.with(), call));
      answers.add(needed("list", Texts.LISTING.with(), call));
    } else {
      add(BEYOND_SIGNING, keys, answers, call);
    }
    add(OVER_KEYS, keys, answers, call);
    for (String namespace : new LinkedHashSet<>(List.of(keys, calls.server().home()))) {
      add(OVER_PODS, namespace, answers, call);
    }
    add(EVERYWHERE, "", answers, call);
    return answers;
  }

  /** Whether keys that are there may be read. */
  public boolean mayRead(CallContext call) throws BackendFailure {
    return granted("get", call);
  }

  /** That they may not. */
  public Finding mayNotRead() {
    return Texts.MAY_NOT_GET.finding(
        Severity.ERROR, ErrorCode.ACCESS_DENIED, calls.server().namespace(), rule("get"));
  }

  /**
   * Who may read the Secrets of all namespaces may read those of one that is not there. A Role is
   * in its namespace, so that only a kubeconfig's person is asked further.
   *
   * @throws BackendFailure where the API server says that there is none
   */
  public void requireNamespace(CallContext call) throws BackendFailure {
    try {
      calls.send(ApiRequest.namespace(calls.server().namespace()), call);
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.ACCESS_DENIED) {
        throw e;
      }
    }
  }

  /** Whether all keys may be listed and changed, by as many requests. */
  public boolean mayWrite(CallContext call) throws BackendFailure {
    return granted("list", call) && granted("get", call) && granted("update", call);
  }

  private Permission needed(String verb, String neededFor, CallContext call) throws BackendFailure {
    return Permission.of(
        verb + " " + SECRETS,
        neededFor,
        granted(verb, call),
        Texts.ADD_TO_ROLE.with(calls.server().namespace(), rule(verb)));
  }

  /** Those that are granted. */
  private void add(List<Right> rights, String namespace, List<Permission> to, CallContext call)
      throws BackendFailure {
    String where =
        namespace.isEmpty() ? Texts.EVERY_NAMESPACE.with() : Texts.NAMESPACE.with(namespace);
    String bindings =
        namespace.isEmpty() ? "clusterrolebindings" : Texts.BINDINGS_OF.with(namespace);
    for (Right right : rights) {
      if (asked(right.verb(), right.resource(), namespace, Optional.empty(), call)) {
        to.add(
            Permission.excess(
                Texts.RIGHT_IN.with(right.verb(), right.resource(), where),
                right.allows(),
                Texts.TAKE_RIGHT.with(bindings)));
      }
    }
  }

  private static String rule(String verb) {
    return Texts.RULE.with(verb);
  }

  /**
   * By the API server's own answer for the verb, else for one of the Secrets of keys that a rule
   * names: the rules alone are no decision (SelfSubjectRulesReview).
   */
  private boolean granted(String verb, CallContext call) throws BackendFailure {
    String namespace = calls.server().namespace();
    if (asked(verb, SECRETS, namespace, Optional.empty(), call)) {
      return true;
    }
    if (OF_NAMED.contains(verb)) {
      for (String secret : named(verb, call)) {
        if (asked(verb, SECRETS, namespace, Optional.of(secret), call)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Some of the Secrets of keys that rules name. */
  private List<String> named(String verb, CallContext call) throws BackendFailure {
    Map<String, Object> rules =
        Json.map(
            calls.send(
                ApiRequest.review(
                    "SelfSubjectRulesReview", Map.of("namespace", calls.server().namespace())),
                call),
            "status");
    return Json.list(rules, "resourceRules").stream()
        .filter(
            rule ->
                has(rule, "apiGroups", "")
                    && has(rule, "resources", SECRETS)
                    && has(rule, "verbs", verb))
        .flatMap(rule -> Json.list(rule, "resourceNames").stream())
        .map(String::valueOf)
        .filter(name -> SecretNames.key(name).isPresent())
        .limit(MOST_NAMED)
        .toList();
  }

  private static boolean has(Object rule, String list, String value) {
    List<?> values = Json.list(rule, list);
    return values.contains(value) || values.contains("*");
  }

  private boolean asked(
      String verb, String resource, String namespace, Optional<String> name, CallContext call)
      throws BackendFailure {
    String[] parts = resource.split("/", 2);
    Map<String, Object> attributes = new HashMap<>(Map.of("verb", verb, "resource", parts[0]));
    if (parts.length > 1) {
      attributes.put("subresource", parts[1]);
    }
    if (!namespace.isEmpty()) {
      attributes.put("namespace", namespace);
    }
    name.ifPresent(one -> attributes.put("name", one));
    Map<String, Object> answer =
        calls.send(
            ApiRequest.review("SelfSubjectAccessReview", Map.of("resourceAttributes", attributes)),
            call);
    return Boolean.TRUE.equals(Json.map(answer, "status").get("allowed"));
  }
}
