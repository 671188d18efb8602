package dev.enclave.aws.internal.access;

import dev.enclave.EnvironmentType;
import dev.enclave.aws.internal.Openings;
import dev.enclave.spi.BackendFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The policies that doctor prints, as JSON. */
public final class PrintedPolicies {

  public static final String SIGNING = "signing";
  public static final String CREATING = "creating";
  public static final String RECONCILE = "enclave keys reconcile";
  public static final String CONFORMANCE = "enclave conformance";
  public static final String ADOPTED = "a key that something else made";

  private static final Pattern ACTION = Pattern.compile("\"(kms:[A-Za-z]+)\"(?!:)");

  private PrintedPolicies() {}

  /** The policy whose heading begins so. */
  public static String of(String heading) {
    try {
      String text = AwsAccessPolicy.of(Openings.in(EnvironmentType.PRODUCTION).context()).text();
      return Arrays.stream(text.split("(?m)^# For "))
          .filter(part -> part.startsWith(heading))
          .map(part -> part.substring(part.indexOf('{')))
          .findFirst()
          .orElseThrow();
    } catch (BackendFailure e) {
      throw new AssertionError(e);
    }
  }

  /** The actions that a policy allows. */
  public static List<String> allowed(String policy) {
    List<String> actions = new ArrayList<>();
    for (String statement : policy.split("\"Sid\"", -1)) {
      Matcher matcher = ACTION.matcher(statement);
      while (statement.contains("\"Allow\"") && matcher.find()) {
        actions.add(matcher.group(1));
      }
    }
    return actions.stream().distinct().toList();
  }

  /** The same without an action, wherever it is allowed. */
  public static String without(String action, String policy) {
    StringBuilder rest = new StringBuilder();
    for (String statement : policy.split("(?=\"Sid\")", -1)) {
      rest.append(
          statement.contains("\"Deny\"")
              ? statement
              : statement.replace("\"" + action + "\"", "\"kms:None\""));
    }
    return rest.toString();
  }
}
