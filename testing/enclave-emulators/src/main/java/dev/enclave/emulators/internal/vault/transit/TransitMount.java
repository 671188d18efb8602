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

  private static final String ENCRYPT = "encrypt/";

  private final PathTable paths = new PathTable();
  private final Keys keys;

  /** A mount of its own keys. */
  public TransitMount(TransitSettings settings) {
    keys = new Keys(settings.random());
    Management management = new Management(settings, keys);
    management.register(paths);
    Macs macs = new Macs(keys);
    macs.register(paths);
    new Signing(keys, macs, settings.random()).register(paths);
    new Encryption(keys, management, settings.random()).register(paths);
    new Transfer(keys, settings).register(paths);
    new Export(keys).register(paths);
  }

  @Override
  public String nameOf(Operation operation, String rest) {
    return paths.nameOf(operation, rest);
  }

  /** {@code path_encrypt.go} alone checks for existence, since it makes keys. */
  @Override
  public Optional<Boolean> exists(VaultCall call) {
    return call.rest().startsWith(ENCRYPT)
        ? Optional.of(keys.get(call.rest().substring(ENCRYPT.length()), call).isPresent())
        : Optional.empty();
  }

  @Override
  public boolean writes(VaultCall call) {
    boolean upserts = exists(call).filter(exists -> !exists).isPresent();
    return !call.operation().reads() && (upserts || !paths.computes(call.operation(), call.rest()));
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
