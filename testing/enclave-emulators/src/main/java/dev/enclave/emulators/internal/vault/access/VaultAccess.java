package dev.enclave.emulators.internal.vault.access;

import dev.enclave.emulators.internal.access.DenyRules;
import dev.enclave.emulators.internal.vault.access.method.AuthMethods;
import dev.enclave.emulators.internal.vault.access.policy.Capability;
import dev.enclave.emulators.internal.vault.access.policy.Policies;
import dev.enclave.emulators.internal.vault.access.policy.PolicyRoute;
import dev.enclave.emulators.internal.vault.access.token.Token;
import dev.enclave.emulators.internal.vault.access.token.TokenRoute;
import dev.enclave.emulators.internal.vault.access.token.Tokens;
import dev.enclave.emulators.internal.vault.common.Access;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.vault.common.VaultRoute;
import dev.enclave.emulators.internal.vault.sys.Flavour;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tokens, the policies that they have, and the methods that give them (openbao
 * vault/request_handling.go, CheckToken and handleRequest).
 */
public final class VaultAccess implements Access {

  /** They are about the token that asks, wherever the request goes. */
  private static final Set<String> SELF =
      Set.of("auth/token/lookup-self", "auth/token/renew-self", "auth/token/revoke-self");

  private final Flavour flavour;
  private final Tokens tokens;
  private final Policies policies;
  private final AuthMethods methods;
  private final DenyRules denied;

  /** With these; {@code denied} has what tests forbid beside policies. */
  public VaultAccess(
      Flavour flavour, Tokens tokens, Policies policies, AuthMethods methods, DenyRules denied) {
    this.flavour = flavour;
    this.tokens = tokens;
    this.policies = policies;
    this.methods = methods;
    this.denied = denied;
  }

  @Override
  public void require(VaultCall call, boolean exists) {
    Token token =
        tokens.find(call.token().orElse(""), call.time()).orElseThrow(() -> unknown(call));
    tokens.use(token);
    String namespace = SELF.contains(call.path()) ? token.namespace() : call.namespace();
    Capability capability = Capability.valueOf(call.operation().name());
    boolean allowed =
        policies
            .acl(token.namespace(), token.policies())
            .allows(
                capability, namespace + call.path(), call.input(), isRootProtected(call.path()));
    if (!allowed
        || denied.denies(
            Set.of(token.made().displayName()), capability.text(), namespace + call.path())) {
      throw VaultFailure.denied();
    }
  }

  @Override
  public boolean seesMount(VaultCall call, String mount) {
    return tokens
        .find(call.token().orElse(""), call.time())
        .filter(
            token ->
                policies.acl(token.namespace(), token.policies()).touches(call.namespace() + mount))
        .isPresent();
  }

  /** Vault says more of a token that it does not know; both say the same of one that is missing. */
  private VaultFailure unknown(VaultCall call) {
    return flavour == Flavour.OPENBAO || call.token().isEmpty()
        ? VaultFailure.of(403, "permission denied")
        : VaultFailure.of(403, "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n");
  }

  /** The paths of {@code sys/} and {@code auth/token/} that take sudo, of those that are here. */
  private static boolean isRootProtected(String path) {
    return path.startsWith("sys/auth/") || path.startsWith("auth/token/accessors");
  }

  @Override
  public Map<String, VaultRoute> routes() {
    return Map.of(
        "auth/token",
        new TokenRoute(tokens, policies),
        "auth/",
        methods,
        "sys/auth",
        methods.mounting(),
        "sys/policies/acl",
        new PolicyRoute(policies, false),
        "sys/policy",
        new PolicyRoute(policies, true),
        CapabilitiesRoute.SELF,
        new CapabilitiesRoute(tokens, policies, CapabilitiesRoute.SELF),
        CapabilitiesRoute.OF_TOKEN,
        new CapabilitiesRoute(tokens, policies, CapabilitiesRoute.OF_TOKEN),
        CapabilitiesRoute.OF_ACCESSOR,
        new CapabilitiesRoute(tokens, policies, CapabilitiesRoute.OF_ACCESSOR));
  }

  @Override
  public Optional<String> principal(VaultCall call) {
    return call.token()
        .flatMap(token -> tokens.findInUse(token, call.time()))
        .map(token -> token.made().displayName());
  }
}
