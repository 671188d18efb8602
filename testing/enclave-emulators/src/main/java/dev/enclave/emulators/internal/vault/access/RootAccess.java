package dev.enclave.emulators.internal.vault.access;

import dev.enclave.emulators.internal.vault.common.Access;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.vault.common.VaultRoute;
import java.util.Map;
import java.util.Optional;

/** The root token may do everything, and there is no other. */
public final class RootAccess implements Access {

  private final String rootToken;

  public RootAccess(String rootToken) {
    this.rootToken = rootToken;
  }

  @Override
  public void require(VaultCall call, boolean exists) {
    if (call.token().filter(rootToken::equals).isEmpty()) {
      throw VaultFailure.of(403, "permission denied");
    }
  }

  @Override
  public Map<String, VaultRoute> routes() {
    return Map.of();
  }

  @Override
  public Optional<String> principal(VaultCall call) {
    return call.token().filter(rootToken::equals).map(root -> "root");
  }
}
