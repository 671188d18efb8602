package dev.enclave.core.internal.enclave;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.PublicKeyInfo;
import dev.enclave.admin.Administration;
import dev.enclave.admin.KeyBackup;
import dev.enclave.admin.KeyListing;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.Orphans;
import dev.enclave.admin.Rewrapping;
import dev.enclave.admin.RotationReport;
import dev.enclave.admin.StorePassphrase;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.lifecycle.KeyInventory;
import dev.enclave.core.internal.lifecycle.KeyRewrapping;
import dev.enclave.core.internal.lifecycle.OrphanRemover;
import dev.enclave.core.internal.lifecycle.RestoreOperation;
import dev.enclave.core.internal.lifecycle.StatementKey;
import dev.enclave.core.internal.lifecycle.StoreResealer;
import dev.enclave.core.internal.migration.EngineMigrations;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.migration.Migrations;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.KeyRewrapper;
import dev.enclave.spi.backend.OrphanCollector;
import dev.enclave.spi.backend.Resealer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Looks after the keys of one engine, as one caller. Thread-safe. */
final class EngineAdministration implements Administration {

  private final SharedParts shared;
  private final String caller;
  private final KeyLookup lookup;

  EngineAdministration(SharedParts shared, String caller) {
    this.shared = shared;
    this.caller = caller;
    this.lookup = new KeyLookup(shared, caller);
  }

  @Override
  public ManagedKey key(KeyName name) {
    Objects.requireNonNull(name, "name");
    return lookup.managed(name);
  }

  @Override
  public ManagedKey key(KeyHandle handle) {
    Objects.requireNonNull(handle, "handle");
    return lookup.managed(handle);
  }

  @Override
  public KeyListing listKeys() {
    return KeyInventory.complete(shared, caller);
  }

  @Override
  public List<KeyName> keyNames() {
    return KeyInventory.names(shared, caller);
  }

  @Override
  public RotationReport rotateDue() {
    return new DueRotations(shared, caller).rotate();
  }

  @Override
  public ManagedKey restore(KeyName name, KeyBackup backup, char[] password) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(backup, "backup");
    Objects.requireNonNull(password, "password");
    return lookup.managed(
        OperationRun.by(caller, shared)
            .named(name)
            .run(new RestoreOperation(name, backup, password)));
  }

  @Override
  public Optional<StorePassphrase> passphrase() {
    return capable(Resealer.class)
        ? Optional.of(new StoreResealer(shared, caller))
        : Optional.empty();
  }

  @Override
  public Optional<Rewrapping> rewrapping() {
    return capable(KeyRewrapper.class)
        ? Optional.of(new KeyRewrapping(shared, caller))
        : Optional.empty();
  }

  @Override
  public Optional<Orphans> orphans() {
    return capable(OrphanCollector.class)
        ? Optional.of(new OrphanRemover(shared, caller))
        : Optional.empty();
  }

  @Override
  public PublicKeyInfo statementKey() {
    shared.requireOpen();
    return new StatementKey(shared, shared.backends().resolved()).publicKey();
  }

  @Override
  public PublicKeyInfo statementKey(BackendId backend) {
    Objects.requireNonNull(backend, "backend");
    shared.requireOpen();
    return new StatementKey(
            shared, shared.backends().of(backend, shared.within(SharedParts.CHANGE_WITHIN)))
        .publicKey();
  }

  @Override
  public Migrations migrations() {
    shared.requireOpen();
    return new EngineMigrations(shared, caller);
  }

  private boolean capable(Class<? extends Capability> capability) {
    shared.requireOpen();
    return shared.backends().resolved().find(capability).isPresent();
  }

  @Override
  public String toString() {
    return "Administration[" + shared.resolution().chosen() + ", " + caller + "]";
  }
}
