package dev.enclave.emulators.internal.vault.access.token;

import dev.enclave.emulators.internal.vault.access.policy.Policies;
import dev.enclave.emulators.internal.vault.access.policy.Policy;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** openbao sdk/helper/policyutil: names of policies as tokens have them, in lower case, sorted. */
public final class TokenPolicies {

  private TokenPolicies() {}

  /** The root policy stands alone, and does not get the default one. */
  public static List<String> sanitized(Collection<String> names, boolean addDefault) {
    Set<String> sorted = new TreeSet<>();
    names.stream()
        .map(name -> name.strip().toLowerCase(Locale.ROOT))
        .filter(name -> !name.isEmpty())
        .forEach(sorted::add);
    if (sorted.contains(Policy.ROOT)) {
      return List.of(Policy.ROOT);
    }
    if (addDefault) {
      sorted.add(Policies.DEFAULT);
    }
    return List.copyOf(sorted);
  }
}
