package dev.enclave.emulators;

import dev.enclave.emulators.internal.access.DenyRules;
import dev.enclave.emulators.internal.vault.access.VaultAccess;
import dev.enclave.emulators.internal.vault.access.method.AppRole;
import dev.enclave.emulators.internal.vault.access.method.AuthMethods;
import dev.enclave.emulators.internal.vault.access.method.MethodTypes;
import dev.enclave.emulators.internal.vault.access.policy.Policies;
import dev.enclave.emulators.internal.vault.access.policy.PolicyFailure;
import dev.enclave.emulators.internal.vault.access.token.Lifetime.Limits;
import dev.enclave.emulators.internal.vault.access.token.TokenPolicies;
import dev.enclave.emulators.internal.vault.access.token.TokenRequest;
import dev.enclave.emulators.internal.vault.access.token.Tokens;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.vault.sys.Flavour;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Policies, tokens and auth methods of a {@link VaultServer}, as its settings and tests want them.
 */
final class VaultGrants {

  private final Policies policies = new Policies();
  private final Tokens tokens;
  private final AuthMethods methods;
  private final VaultAccess access;

  VaultGrants(VaultServerBuilder settings, DenyRules denied) {
    tokens =
        new Tokens(
            settings.flavour == Flavour.OPENBAO ? "s." : "hvs.",
            settings.standardLease,
            settings.longestLease,
            settings.random);
    tokens.addRoot(settings.rootToken, settings.clock.instant());
    methods =
        new AuthMethods(
            tokens, new MethodTypes(settings.tokenReviewer, settings.sts, settings.random));
    for (String namespace : settings.namespaces) {
      for (int slash = namespace.indexOf('/');
          slash >= 0;
          slash = namespace.indexOf('/', slash + 1)) {
        policies.addNamespace(namespace.substring(0, slash + 1));
      }
    }
    policies.addNamespace("");
    access = new VaultAccess(settings.flavour, tokens, policies, methods, denied);
    settings.grants.forEach(grant -> grant.accept(this));
  }

  VaultAccess access() {
    return access;
  }

  void setPolicy(String namespace, String name, String hcl) {
    try {
      policies.set(slashed(namespace), name, hcl);
    } catch (PolicyFailure e) {
      throw new IllegalArgumentException(e.text());
    }
  }

  void enable(String path, String type, Map<String, ?> config) {
    refusing(() -> methods.enable("", path, type));
    if (!config.isEmpty()) {
      methods.configure("", path, config);
    }
  }

  void writeRole(String path, String role, Map<String, ?> parameters) {
    refusing(() -> methods.write("", path, role, parameters));
  }

  private static void refusing(Runnable setting) {
    try {
      setting.run();
    } catch (VaultFailure e) {
      throw new IllegalArgumentException(String.join("; ", e.errors()));
    }
  }

  AppRole appRole() {
    return methods.appRole("", "approle");
  }

  String issue(VaultTokenSpec spec, Instant now) {
    TokenRequest request =
        new TokenRequest(
            slashed(spec.namespace()),
            "auth/token/create-orphan",
            Optional.empty(),
            TokenPolicies.sanitized(spec.policies(), true),
            "token",
            Map.of(),
            "",
            spec.uses(),
            spec.renewable(),
            new Limits(spec.ttl(), Duration.ZERO, spec.explicitMaxTtl(), spec.period()),
            Optional.empty(),
            Optional.empty());
    return tokens.issue(request, now).token().id();
  }

  void revoke(String token) {
    tokens.revoke(token);
  }

  private static String slashed(String namespace) {
    return namespace.isEmpty() ? "" : VaultServerBuilder.slashed(namespace);
  }
}
