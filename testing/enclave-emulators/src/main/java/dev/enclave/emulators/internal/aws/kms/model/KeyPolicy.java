package dev.enclave.emulators.internal.aws.kms.model;

import dev.enclave.emulators.internal.access.Wildcard;
import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.common.Caller;
import dev.enclave.emulators.internal.aws.common.Partition;
import dev.enclave.emulators.internal.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * KMS Developer Guide, "Key policies in AWS KMS": Effect, Principal, Action and Resource of each
 * statement. A statement with a Condition, NotPrincipal or NotAction is kept and never applies.
 *
 * @param text as it was given
 */
public record KeyPolicy(String text, List<Statement> statements) {

  /** What a policy says about a call. */
  public enum Verdict {
    ALLOWED,
    EXPLICITLY_DENIED,
    NOT_ALLOWED
  }

  record Statement(
      boolean allow, List<String> principals, List<String> actions, boolean understood) {}

  /**
   * KMS Developer Guide, "Default key policy": "Allows access to the AWS account and enables IAM
   * policies".
   */
  public static KeyPolicy standard(Partition partition) {
    return parse(
        "{\"Version\":\"2012-10-17\",\"Id\":\"key-default-1\",\"Statement\":[{\"Sid\":\"Enable IAM"
            + " User Permissions\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\""
            + partition.rootArn()
            + "\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}]}");
  }

  /**
   * Reads a policy.
   *
   * @throws AwsFailure MalformedPolicyDocumentException: "not syntactically or semantically
   *     correct"
   */
  public static KeyPolicy parse(String text) {
    Map<String, @Nullable Object> document =
        Json.parseObject(text.getBytes(StandardCharsets.UTF_8))
            .orElseThrow(() -> malformed("The new key policy is not valid JSON."));
    List<Statement> statements = new ArrayList<>();
    for (Object statement : listOf(document.get("Statement"))) {
      if (!(statement instanceof Map<?, ?> map)) {
        throw malformed("A statement of the new key policy is not an object.");
      }
      statements.add(statement(map));
    }
    if (statements.isEmpty()) {
      throw malformed("The new key policy has no statement.");
    }
    return new KeyPolicy(text, List.copyOf(statements));
  }

  private static Statement statement(Map<?, ?> map) {
    boolean understood =
        !map.containsKey("Condition")
            && !map.containsKey("NotPrincipal")
            && !map.containsKey("NotAction");
    Object effect = map.get("Effect");
    if (!"Allow".equals(effect) && !"Deny".equals(effect)) {
      throw malformed("A statement's Effect is neither Allow nor Deny.");
    }
    List<String> principals = texts(principals(map.get("Principal")));
    if (understood && principals.isEmpty()) {
      // CreateKey: Policy: "Each statement in the key policy must contain one or more principals."
      throw malformed("A statement of the new key policy has no principal.");
    }
    return new Statement("Allow".equals(effect), principals, texts(map.get("Action")), understood);
  }

  private static @Nullable Object principals(@Nullable Object principal) {
    return principal instanceof Map<?, ?> byKind ? byKind.get("AWS") : principal;
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

  private static AwsFailure malformed(String why) {
    return AwsFailure.of("MalformedPolicyDocumentException", why);
  }

  /**
   * What this says of {@code action} by {@code caller}: an explicit deny wins. A statement for the
   * account allows what the account's identity policies allow.
   */
  public Verdict verdict(Caller caller, String action, Partition partition) {
    boolean allowed = false;
    for (Statement statement : statements) {
      if (statement.understood() && applies(statement, caller, action, partition)) {
        if (!statement.allow()) {
          return Verdict.EXPLICITLY_DENIED;
        }
        allowed = true;
      }
    }
    return allowed ? Verdict.ALLOWED : Verdict.NOT_ALLOWED;
  }

  private static boolean applies(
      Statement statement, Caller caller, String action, Partition partition) {
    return statement.actions().stream().anyMatch(pattern -> Wildcard.matches(pattern, action))
        && statement.principals().stream()
            .anyMatch(principal -> names(principal, caller, partition));
  }

  private static boolean names(String principal, Caller caller, Partition partition) {
    return principal.equals("*")
        || principal.equals(partition.account())
        || principal.equals(partition.rootArn())
        || principal.equals(caller.arn())
        || principal.equals(caller.policyArn());
  }
}
