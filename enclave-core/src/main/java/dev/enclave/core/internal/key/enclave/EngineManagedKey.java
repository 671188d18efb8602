package dev.enclave.core.internal.key.enclave;

import dev.enclave.Bytes;
import dev.enclave.KeyInfo;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.admin.KeyBackup;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.core.internal.key.transfer.BackupMaker;
import dev.enclave.core.internal.key.use.AttestationReader;
import dev.enclave.core.internal.key.versions.IntervalChanger;
import dev.enclave.core.internal.key.versions.Rotator;
import dev.enclave.core.internal.key.versions.StateChanger;
import java.util.List;
import java.util.Objects;

/** A key of either purpose, for administrators. */
final class EngineManagedKey extends EngineKey implements ManagedKey {

  EngineManagedKey(SharedParts shared, KeySlot slot, KeyEntry first, String caller) {
    super(shared, slot, first, caller);
  }

  @Override
  public RotationResult rotate(RotationRequest request) {
    Objects.requireNonNull(request, "request");
    return new Rotator(shared()).rotate(slot(), request, caller());
  }

  @Override
  public KeyInfo changeRotation(RotationInterval interval) {
    Objects.requireNonNull(interval, "interval");
    return new IntervalChanger(shared()).change(slot(), interval, caller());
  }

  @Override
  public KeyInfo disable(KeyVersionId version) {
    Objects.requireNonNull(version, "version");
    return new StateChanger(shared()).disable(slot(), version, caller());
  }

  @Override
  public KeyInfo enable(KeyVersionId version) {
    Objects.requireNonNull(version, "version");
    return new StateChanger(shared()).enable(slot(), version, caller());
  }

  @Override
  public KeyInfo destroy(KeyVersionId version) {
    Objects.requireNonNull(version, "version");
    return new StateChanger(shared()).destroy(slot(), version, caller());
  }

  @Override
  public KeyBackup backup(char[] password) {
    Objects.requireNonNull(password, "password");
    return new BackupMaker(shared()).backup(slot(), password, caller());
  }

  @Override
  public Attestation attestation(KeyVersionId version, List<Bytes> roots) {
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(roots, "roots");
    return new AttestationReader(shared()).read(slot(), version, roots, caller());
  }
}
