package dev.enclave.emulators.internal.vault.access.policy;

import dev.enclave.emulators.internal.vault.common.Operation;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.vault.common.VaultRoute;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code sys/policies/acl}, and {@code sys/policy} which says the same in older words (openbao
 * vault/logical_system.go, handlePoliciesList to handlePoliciesDelete).
 *
 * @param old whether it is the older one
 */
public record PolicyRoute(Policies policies, boolean old) implements VaultRoute {

  @Override
  public String nameOf(Operation operation, String rest) {
    return old ? "sys/policy" : "sys/policies/acl";
  }

  @Override
  public VaultAnswer handle(VaultCall call) {
    String name = call.rest().replaceAll("^/|/$", "");
    boolean list = call.operation() == Operation.LIST;
    try {
      if (name.isEmpty()) {
        if (list || (old && call.operation() == Operation.READ)) {
          return list(call.namespace());
        }
        throw VaultFailure.unsupportedOperation();
      }
      return switch (call.operation()) {
        case READ -> read(call.namespace(), name);
        case UPDATE, CREATE -> write(call, name);
        case DELETE -> {
          policies.remove(call.namespace(), name);
          yield VaultAnswer.nothing();
        }
        default -> throw VaultFailure.unsupportedOperation();
      };
    } catch (PolicyFailure e) {
      throw VaultFailure.invalid(e.text());
    }
  }

  private VaultAnswer list(String namespace) {
    List<String> names = policies.names(namespace);
    return VaultAnswer.ofSystem(
        old ? Map.of("keys", names, "policies", names) : Map.of("keys", names));
  }

  private VaultAnswer read(String namespace, String name) {
    Policy policy = policies.find(namespace, name).orElseThrow(VaultFailure::notFound);
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("name", policy.name());
    data.put(old ? "rules" : "policy", policy.text());
    return VaultAnswer.ofSystem(data);
  }

  private VaultAnswer write(VaultCall call, String name) {
    Object text =
        Optional.<Object>ofNullable(call.input().get("policy"))
            .orElse(old ? Optional.ofNullable(call.input().get("rules")).orElse("") : "");
    if (!(text instanceof String given) || given.isEmpty()) {
      throw VaultFailure.invalid("'policy' parameter not supplied or empty");
    }
    policies.set(call.namespace(), name, decoded(given));
    return old && !call.input().containsKey("policy")
        ? VaultAnswer.nothing().withWarning("'rules' is deprecated, please use 'policy' instead")
        : VaultAnswer.nothing();
  }

  private static String decoded(String text) {
    try {
      return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
