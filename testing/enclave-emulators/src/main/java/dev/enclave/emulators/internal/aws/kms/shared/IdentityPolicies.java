package dev.enclave.emulators.internal.aws.kms.shared;

import dev.enclave.emulators.internal.access.Wildcard;
import dev.enclave.emulators.internal.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Identity policies of all callers: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy
 * elements: Condition operators". Effect, Action, Resource and Condition of each statement, with
 * the operators and keys that are named here; any other element, operator or key is refused.
 * Without a policy everything is allowed. Thread-safe.
 */
public final class IdentityPolicies {

  /** What the policies say of a request. */
  enum Verdict {
    ALLOWED,
    EXPLICITLY_DENIED,
    NOT_ALLOWED
  }

  private record Condition(String operator, String key, List<String> values) {

    /**
     * A key that the request's context lacks matches nothing, which is what a negation asks for.
     */
    boolean holds(Map<String, List<String>> context) {
      List<String> there = context.getOrDefault(key.toLowerCase(Locale.ROOT), List.of());
      if (operator.equals("Null")) {
        return values.equals(List.of(String.valueOf(there.isEmpty())));
      }
      if (operator.equals("StringNotEquals")) {
        return there.stream().noneMatch(values::contains);
      }
      return there.stream().anyMatch(value -> values.stream().anyMatch(v -> matches(v, value)));
    }

    private boolean matches(String pattern, String value) {
      return operator.endsWith("StringLike")
          ? Pattern.matches(
              pattern
                  .chars()
                  .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Pattern.quote((char) c + ""))
                  .collect(Collectors.joining()),
              value)
          : pattern.equals(value);
    }
  }

  private record Statement(
      boolean allow, List<String> actions, List<String> resources, List<Condition> conditions) {

    boolean applies(String action, String resource, Map<String, List<String>> context) {
      return actions.stream().anyMatch(pattern -> Wildcard.matches(pattern, action))
          && resources.stream().anyMatch(pattern -> Wildcard.matches(pattern, resource))
          && conditions.stream().allMatch(condition -> condition.holds(context));
    }
  }

  private static final List<String> ELEMENTS =
      List.of("Sid", "Effect", "Action", "Resource", "Condition");
  private static final List<String> OPERATORS =
      List.of(
          "StringEquals",
          "StringNotEquals",
          "StringLike",
          "Null",
          "ForAnyValue:StringEquals",
          "ForAnyValue:StringLike");
  private static final Pattern KEYS =
      Pattern.compile(
          "aws:(RequestTag|ResourceTag)/.+|aws:TagKeys"
              + "|kms:(ResourceAliases|RequestAlias|KeySpec|KeyUsage)",
          Pattern.CASE_INSENSITIVE);

  private record Policies(List<Statement> statements, boolean none) {}

  private volatile Policies policies;

  private IdentityPolicies(Policies policies) {
    this.policies = policies;
  }

  /**
   * Reads policy documents.
   *
   * @throws IllegalArgumentException for what is not understood here
   */
  public static IdentityPolicies of(List<String> documents) {
    return new IdentityPolicies(read(documents));
  }

  /** From now on these are evaluated, and none of those before; without any, all is allowed. */
  public void replace(List<String> documents) {
    policies = read(documents);
  }

  private static Policies read(List<String> documents) {
    List<Statement> statements = new ArrayList<>();
    for (String document : documents) {
      Map<String, @Nullable Object> policy =
          Json.parseObject(document.getBytes(StandardCharsets.UTF_8))
              .orElseThrow(() -> new IllegalArgumentException("an identity policy is JSON"));
      for (Object statement : listOf(policy.get("Statement"))) {
        statements.add(statement((Map<?, ?>) statement));
      }
    }
    return new Policies(List.copyOf(statements), documents.isEmpty());
  }

  private static Statement statement(Map<?, ?> map) {
    for (Object element : map.keySet()) {
      if (!ELEMENTS.contains(String.valueOf(element))) {
        throw new IllegalArgumentException("element " + element + " is not evaluated here");
      }
    }
    List<Condition> conditions = new ArrayList<>();
    if (map.get("Condition") instanceof Map<?, ?> operators) {
      operators.forEach(
          (operator, keys) -> {
            if (!OPERATORS.contains(String.valueOf(operator))) {
              throw new IllegalArgumentException("operator " + operator + " is not evaluated here");
            }
            ((Map<?, ?>) keys)
                .forEach(
                    (key, values) -> {
                      if (!KEYS.matcher(String.valueOf(key)).matches()) {
                        throw new IllegalArgumentException(
                            "condition key " + key + " is not evaluated here");
                      }
                      conditions.add(
                          new Condition(
                              String.valueOf(operator), String.valueOf(key), texts(values)));
                    });
          });
    }
    return new Statement(
        "Allow".equals(map.get("Effect")),
        texts(map.get("Action")),
        texts(map.get("Resource")),
        List.copyOf(conditions));
  }

  private static List<String> texts(@Nullable Object value) {
    return listOf(value).stream().map(String::valueOf).toList();
  }

  private static List<?> listOf(@Nullable Object value) {
    if (value == null) {
      return List.of();
    }
    return value instanceof List<?> list ? list : List.of(value);
  }

  /**
   * What they say; an explicit deny wins.
   *
   * @param context condition keys in lower case, with their values
   */
  Verdict verdict(String action, String resource, Map<String, List<String>> context) {
    Policies now = policies;
    if (now.none()) {
      return Verdict.ALLOWED;
    }
    boolean allowed = false;
    for (Statement statement : now.statements()) {
      if (statement.applies(action, resource, context)) {
        if (!statement.allow()) {
          return Verdict.EXPLICITLY_DENIED;
        }
        allowed = true;
      }
    }
    return allowed ? Verdict.ALLOWED : Verdict.NOT_ALLOWED;
  }
}
