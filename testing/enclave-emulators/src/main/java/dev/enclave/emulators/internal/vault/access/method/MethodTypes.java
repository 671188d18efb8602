package dev.enclave.emulators.internal.vault.access.method;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The kinds of methods, and what they ask others.
 *
 * @param reviewer whether a token of a Kubernetes service account is valid
 */
public record MethodTypes(Optional<Predicate<String>> reviewer, SecureRandom random) {

  /** A new method of a type; empty if there is none. */
  Optional<AuthMethod> create(String type) {
    return switch (type) {
      case "approle" -> Optional.of(new AppRole(random));
      case "kubernetes" -> Optional.of(new Kubernetes(reviewer));
      case "jwt" -> Optional.of(new Jwt());
      default -> Optional.empty();
    };
  }
}
