package dev.enclave.emulators.internal.vault.access;

import dev.enclave.emulators.internal.vault.access.policy.Policies;
import dev.enclave.emulators.internal.vault.access.token.Parameters;
import dev.enclave.emulators.internal.vault.access.token.Token;
import dev.enclave.emulators.internal.vault.access.token.Tokens;
import dev.enclave.emulators.internal.vault.common.Operation;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.vault.common.VaultRoute;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a token may do on paths (openbao vault/logical_system.go, handleCapabilities). */
record CapabilitiesRoute(Tokens tokens, Policies policies, String name) implements VaultRoute {

  static final String SELF = "sys/capabilities-self";
  static final String OF_TOKEN = "sys/capabilities";
  static final String OF_ACCESSOR = "sys/capabilities-accessor";

  @Override
  public String nameOf(Operation operation, String rest) {
    return name;
  }

  @Override
  public VaultAnswer handle(VaultCall call) {
    if (!call.rest().isEmpty()) {
      throw VaultFailure.unsupportedPath();
    }
    if (!call.operation().writes()) {
      throw VaultFailure.unsupportedOperation();
    }
    Parameters input = new Parameters(call.input());
    List<String> paths = input.list("paths", "path");
    if (paths.isEmpty()) {
      throw VaultFailure.invalid("paths must be supplied");
    }
    Token token =
        switch (name) {
          case SELF -> known(tokens.findInUse(call.token().orElse(""), call.time()));
          case OF_TOKEN -> known(tokens.find(input.text("token"), call.time()));
          default -> known(tokens.findByAccessor(input.text("accessor"), call.time()));
        };
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    for (String path : paths) {
      data.put(
          path,
          policies.acl(token.namespace(), token.policies()).capabilities(call.namespace() + path));
    }
    if (paths.size() == 1) {
      data.put("capabilities", data.get(paths.get(0)));
    }
    return VaultAnswer.ofSystem(data);
  }

  private static Token known(Optional<Token> token) {
    return token.orElseThrow(() -> VaultFailure.invalid("invalid token"));
  }
}
