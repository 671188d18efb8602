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
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.lifecycle.KeyInventory;
import dev.enclave.core.internal.lifecycle.KeyRewrapping;
import dev.enclave.core.internal.lifecycle.OrphanRemover;
import dev.enclave.core.internal.lifecycle.RestoreOperation;
import dev.enclave.core.internal.lifecycle.StoreResealer;
import dev.enclave.core.internal.migration.EngineMigrations;
import dev.enclave.core.internal.operation.Operations;
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

  private final Operations operations;
  private final KeyDirectory keys;
  private final String caller;
  private final KeyLookup lookup;

  EngineAdministration(KeyLookup lookup) {
    this.operations = lookup.operations();
    this.keys = lookup.keys();
    this.caller = lookup.caller();
    this.lookup = lookup;
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
    return KeyInventory.complete(operations, caller);
  }

  @Override
  public List<KeyName> keyNames() {
    return KeyInventory.names(operations, caller);
  }

  @Override
  public RotationReport rotateDue() {
    return new DueRotations(lookup).rotate();
  }

  @Override
  public ManagedKey restore(KeyName name, KeyBackup backup, char[] password) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(backup, "backup");
    Objects.requireNonNull(password, "password");
    return lookup.managed(
        operations.by(caller).named(name).run(new RestoreOperation(name, backup, password)));
  }

  @Override
  public Optional<StorePassphrase> passphrase() {
    return capable(Resealer.class)
        ? Optional.of(new StoreResealer(operations, caller))
        : Optional.empty();
  }

  @Override
  public Optional<Rewrapping> rewrapping() {
    return capable(KeyRewrapper.class)
        ? Optional.of(new KeyRewrapping(operations, caller))
        : Optional.empty();
  }

  @Override
  public Optional<Orphans> orphans() {
    return capable(OrphanCollector.class)
        ? Optional.of(new OrphanRemover(operations, caller))
        : Optional.empty();
  }

  @Override
  public PublicKeyInfo statementKey() {
    operations.requireOpen();
    return lookup.statementKey(keys.resolved()).publicKey();
  }

  @Override
  public PublicKeyInfo statementKey(BackendId backend) {
    Objects.requireNonNull(backend, "backend");
    operations.requireOpen();
    return lookup.statementKey(keys.backend(backend)).publicKey();
  }

  @Override
  public Migrations migrations() {
    operations.requireOpen();
    return new EngineMigrations(operations, keys, lookup.rules(), caller);
  }

  private boolean capable(Class<? extends Capability> capability) {
    operations.requireOpen();
    return keys.resolved().find(capability).isPresent();
  }

  @Override
  public String toString() {
    return "Administration[" + keys.resolved().id() + ", " + caller + "]";
  }
}
