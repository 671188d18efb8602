package dev.enclave.core.internal.enclave;

import dev.enclave.Bytes;
import dev.enclave.DeferrableResult;
import dev.enclave.KeyInfo;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.admin.KeyBackup;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.lifecycle.BackupOperation;
import dev.enclave.core.internal.lifecycle.ChangeIntervalOperation;
import dev.enclave.core.internal.lifecycle.ChangeStateOperation;
import dev.enclave.core.internal.lifecycle.ChangeStateOperation.Change;
import dev.enclave.core.internal.lifecycle.PublishOperation;
import dev.enclave.core.internal.lifecycle.RotateOperation;
import dev.enclave.core.internal.migration.ReinstateOperation;
import dev.enclave.core.internal.use.AttestOperation;
import dev.enclave.migration.ReinstatementProposal;
import java.util.List;
import java.util.Objects;

/** A key of either purpose, for administrators. */
final class EngineManagedKey extends EngineKey implements ManagedKey {

  EngineManagedKey(KeyLookup lookup, KeyDirectory.Found found) {
    super(lookup, found);
  }

  @Override
  public RotationResult rotate(RotationRequest request) {
    Objects.requireNonNull(request, "request");
    return operation(request.caller().orElse(caller())).run(new RotateOperation(request));
  }

  @Override
  public DeferrableResult<RotationResult> rotateOrDefer(RotationRequest request) {
    Objects.requireNonNull(request, "request");
    return lookup().deferred(request.caller().orElse(caller())).rotateOrDefer(slot(), request);
  }

  @Override
  public KeyInfo publishNext() {
    return operation(caller()).run(PublishOperation.publishing()).key();
  }

  @Override
  public KeyInfo changeRotation(RotationInterval interval) {
    Objects.requireNonNull(interval, "interval");
    return operation(caller()).run(ChangeIntervalOperation.to(interval));
  }

  @Override
  public KeyInfo disable(KeyVersionId version) {
    Objects.requireNonNull(version, "version");
    return operation(caller()).run(new ChangeStateOperation(version, Change.DISABLE));
  }

  @Override
  public KeyInfo enable(KeyVersionId version) {
    Objects.requireNonNull(version, "version");
    return operation(caller()).run(new ChangeStateOperation(version, Change.ENABLE));
  }

  @Override
  public ReinstatementProposal planReinstatement(KeyVersionId version) {
    Objects.requireNonNull(version, "version");
    return ReinstateOperation.plan(version, operation(caller()));
  }

  @Override
  public KeyInfo reinstate(ReinstatementProposal proposal) {
    Objects.requireNonNull(proposal, "proposal");
    return lookup()
        .operations()
        .under(proposal.hash(), caller())
        .on(slot())
        .run(new ReinstateOperation(proposal));
  }

  @Override
  public KeyInfo destroy(KeyVersionId version) {
    Objects.requireNonNull(version, "version");
    return operation(caller()).run(new ChangeStateOperation(version, Change.DESTROY));
  }

  @Override
  public KeyBackup backup(char[] password, KeyBackup.Derivation derivation) {
    Objects.requireNonNull(password, "password");
    Objects.requireNonNull(derivation, "derivation");
    return operation(caller()).run(new BackupOperation(password, derivation));
  }

  @Override
  public Attestation attestation(KeyVersionId version, List<Bytes> roots) {
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(roots, "roots");
    return new AttestOperation(version, roots).read(operation(caller()));
  }
}
