package dev.enclave.emulators.internal.azure.keys;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.keys.model.KeyEntry;
import dev.enclave.emulators.internal.azure.keys.model.KeyVault;
import dev.enclave.emulators.internal.azure.keys.model.KeyVersion;
import dev.enclave.emulators.internal.azure.keys.request.Call;
import java.util.Optional;

/** What a request costs of the vault's allowances. */
final class Throttling {

  private static final String HSM = "-HSM";

  private final KeyVault vault;
  private final Throttle throttle = new Throttle();

  Throttling(KeyVault vault) {
    this.vault = vault;
  }

  /** Fails if the request is one too many. */
  void count(Call call) {
    Optional<KeyVersion> version = version(call);
    Throttle.Pool pool =
        switch (call.route().operation()) {
          case CREATE_KEY, IMPORT_KEY, ROTATE_KEY ->
              createsInHsm(call, version)
                  ? Throttle.Pool.HSM_CREATE
                  : Throttle.Pool.SOFTWARE_CREATE;
          default ->
              version
                  .map(found -> found.type().hsm() ? Throttle.Pool.HSM : Throttle.Pool.SOFTWARE)
                  .orElse(Throttle.Pool.VAULT);
        };
    boolean weighted = pool == Throttle.Pool.HSM || pool == Throttle.Pool.SOFTWARE;
    int cost = weighted ? version.map(found -> Throttle.costOf(found.material())).orElse(1) : 1;
    throttle.spend(pool, cost, call.now());
  }

  private static boolean createsInHsm(Call call, Optional<KeyVersion> version) {
    Optional<String> kty =
        call.input()
            .text("kty")
            .or(() -> call.input().object("key").flatMap(key -> key.text("kty")));
    return kty.map(name -> name.endsWith(HSM))
        .orElseGet(() -> version.filter(found -> found.type().hsm()).isPresent());
  }

  /** The version that is used; none if there is none, which the operation itself will say. */
  private Optional<KeyVersion> version(Call call) {
    if (call.route().name().isEmpty()) {
      return Optional.empty();
    }
    try {
      KeyEntry key = vault.key(call.route().name(), call.now());
      return Optional.of(vault.version(key, call.route().version()));
    } catch (AzureFailure notFound) {
      return Optional.empty();
    }
  }
}
