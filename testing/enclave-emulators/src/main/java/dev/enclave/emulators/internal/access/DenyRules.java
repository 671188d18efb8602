package dev.enclave.emulators.internal.access;

import java.util.Collection;
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

  /**
   * Whether a rule forbids {@code action} on {@code resource}.
   *
   * @param principals the names by which a rule may mean who asks
   */
  public boolean denies(Collection<String> principals, String action, String resource) {
    return rules.stream()
        .anyMatch(
            rule ->
                principals.stream().anyMatch(name -> Wildcard.matches(rule.principal(), name))
                    && Wildcard.matches(rule.action(), action)
                    && Wildcard.matches(rule.resource(), resource));
  }
}
