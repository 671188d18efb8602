package dev.enclave.emulators.internal.vault.transit;

import dev.enclave.emulators.internal.vault.common.Operation;
import dev.enclave.emulators.internal.vault.common.PathTable;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultRoute;
import java.time.Instant;
import java.util.Optional;

/** A transit secrets engine, without keys at the start. Thread-safe. */
public final class TransitMount implements VaultRoute {

  private final PathTable paths = new PathTable();
  private final Keys keys;

  /** A mount of its own keys. */
  public TransitMount(TransitSettings settings) {
    keys = new Keys(settings.random());
    new Management(settings, keys).register(paths);
    Macs macs = new Macs(keys);
    macs.register(paths);
    new Signing(keys, macs, settings.random()).register(paths);
  }

  @Override
  public String nameOf(Operation operation, String rest) {
    return paths.nameOf(operation, rest);
  }

  @Override
  public boolean writes(VaultCall call) {
    return !call.operation().reads() && !paths.computes(call.operation(), call.rest());
  }

  @Override
  public Optional<String> keyOf(String rest) {
    return paths.valueOf("name", rest);
  }

  @Override
  public VaultAnswer handle(VaultCall call) {
    if (call.seenAt().equals(Instant.MAX)) {
      keys.rotateDue(call.time());
    }
    return paths.handle(call);
  }
}
