package dev.enclave.emulators.internal.aws.common;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Explicit denies that hold from one moment to another. Thread-safe. */
public final class DenyRules {

  private record Rule(String principal, String action, String resource) {}

  private final List<Rule> rules = new CopyOnWriteArrayList<>();

  public void add(String principal, String action, String resource) {
    rules.add(new Rule(principal, action, resource));
  }

  public void clear() {
    rules.clear();
  }

  /** Whether a rule forbids {@code action} on {@code resource} to {@code caller}. */
  public boolean denies(Caller caller, String action, String resource) {
    return rules.stream()
        .anyMatch(
            rule ->
                (Wildcard.matches(rule.principal(), caller.arn())
                        || Wildcard.matches(rule.principal(), caller.policyArn()))
                    && Wildcard.matches(rule.action(), action)
                    && Wildcard.matches(rule.resource(), resource));
  }
}
