package dev.enclave.campaign;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningInput;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.Attester;
import dev.enclave.spi.backend.Attester.Attestation;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyAdopter;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.KeyImporter.ImportSupport;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.spi.backend.KeyWrapper;
import dev.enclave.spi.backend.OrphanCollector;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.PermissionProber;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.RestoreRequest;
import dev.enclave.spi.backend.SigningBackend;
import java.util.List;
import java.util.Optional;

/**
 * A backend together with what it can do, so that a test calls it by one object; a call of a
 * capability that the backend does not have fails.
 */
public record CapableBackend(SigningBackend backend) implements SigningBackend {

  private <C extends Capability> C its(Class<C> type) {
    return backend
        .capability(type)
        .orElseThrow(() -> new AssertionError("the backend has no " + type.getSimpleName()));
  }

  @Override
  public BackendDescription describe() {
    return backend.describe();
  }

  @Override
  public <C extends Capability> Optional<C> capability(Class<C> type) {
    return backend.capability(type);
  }

  @Override
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    return backend.load(name, call);
  }

  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    return backend.health(call);
  }

  @Override
  public void close() {
    backend.close();
  }

  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    return its(KeyCreator.class).create(request, call);
  }

  public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
      throws BackendFailure {
    return its(KeySigner.class).sign(version, input, call);
  }

  public KeyLister.Names page(Optional<String> from, CallContext call) throws BackendFailure {
    return its(KeyLister.class).page(from, call);
  }

  public List<KeyName> list(CallContext call) throws BackendFailure {
    return its(KeyLister.class).list(call);
  }

  public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
    return its(KeyRotator.class).prepare(request, call);
  }

  public Optional<KeyVersion> prepared(RotateRequest request, CallContext call)
      throws BackendFailure {
    return its(KeyRotator.class).prepared(request, call);
  }

  public KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
      throws BackendFailure {
    return its(KeyRotator.class).activate(request, next, call);
  }

  public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    return its(KeyRotator.class).changeInterval(name, interval, call);
  }

  public KeySnapshot changeState(KeyVersionRef version, KeyState target, CallContext call)
      throws BackendFailure {
    return its(KeyStateChanger.class).changeState(version, target, call);
  }

  public Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call)
      throws BackendFailure {
    return its(KeyWrapper.class).wrap(kek, dataKey, call);
  }

  public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
      throws BackendFailure {
    return its(KeyWrapper.class).unwrap(kek, wrapped, call);
  }

  public KeySnapshot adopt(KeyName name, String providerUri, CallContext call)
      throws BackendFailure {
    return its(KeyAdopter.class).adopt(name, providerUri, call);
  }

  public ImportSupport importSupport() {
    return its(KeyImporter.class).importSupport();
  }

  public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
    return its(KeyImporter.class).restore(request, call);
  }

  public OrphanCollector.Page orphans(Optional<String> from, CallContext call)
      throws BackendFailure {
    return its(OrphanCollector.class).orphans(from, call);
  }

  public boolean discard(Orphan orphan, CallContext call) throws BackendFailure {
    return its(OrphanCollector.class).discard(orphan, call);
  }

  public List<Permission> permissions(CallContext call) throws BackendFailure {
    return its(PermissionProber.class).permissions(call);
  }

  public Attestation attest(KeyVersionRef version, CallContext call) throws BackendFailure {
    return its(Attester.class).attest(version, call);
  }
}
