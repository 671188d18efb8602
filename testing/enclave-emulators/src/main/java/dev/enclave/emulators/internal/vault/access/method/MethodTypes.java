package dev.enclave.emulators.internal.vault.access.method;

import dev.enclave.emulators.wire.Service;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The kinds of methods, and what they ask others.
 *
 * @param reviewer whether a token of a Kubernetes service account is valid
 * @param sts who answers GetCallerIdentity
 */
public record MethodTypes(
    Optional<Predicate<String>> reviewer, Optional<Service> sts, SecureRandom random) {

  /** A new method of a type; empty if there is none. */
  Optional<AuthMethod> create(String type) {
    return switch (type) {
      case "approle" -> Optional.of(new AppRole(random));
      case "kubernetes" -> Optional.of(new Kubernetes(reviewer));
      case "jwt" -> Optional.of(new Jwt());
      case "aws" -> sts.map(Aws::new);
      case "azure" -> Optional.of(new Azure());
      case "gcp" -> Optional.of(new Gcp());
      default -> Optional.empty();
    };
  }
}
