package dev.enclave.testkit;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningInput;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyAdopter;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyExporter;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.spi.backend.KeyWrapper;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.RestoreRequest;
import dev.enclave.spi.backend.SigningBackend;
import java.util.Optional;

/** Passes everything on to an in-memory backend; a subclass breaks one thing. */
class ForwardingBackend
    implements SigningBackend,
        KeyCreator,
        KeySigner,
        KeyLister,
        KeyRotator,
        KeyStateChanger,
        KeyWrapper,
        KeyAdopter,
        KeyExporter,
        KeyImporter {

  protected final InMemoryBackend whole;

  ForwardingBackend(InMemoryBackend whole) {
    this.whole = whole;
  }

  @Override
  public BackendDescription describe() {
    return whole.describe();
  }

  @Override
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    return whole.load(name, call);
  }

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    return whole.create(request, call);
  }

  @Override
  public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
      throws BackendFailure {
    return whole.sign(version, input, call);
  }

  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    return whole.health(call);
  }

  @Override
  public void close() {
    whole.close();
  }

  @Override
  public Names page(Optional<String> from, CallContext call) throws BackendFailure {
    return whole.page(from, call);
  }

  @Override
  public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
    return whole.prepare(request, call);
  }

  @Override
  public Optional<KeyVersion> prepared(RotateRequest request, CallContext call)
      throws BackendFailure {
    return whole.prepared(request, call);
  }

  @Override
  public KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
      throws BackendFailure {
    return whole.activate(request, next, call);
  }

  @Override
  public KeySnapshot reinstate(RotateRequest request, KeyVersionId version, CallContext call)
      throws BackendFailure {
    return whole.reinstate(request, version, call);
  }

  @Override
  public boolean mayRotate(CallContext call) throws BackendFailure {
    return whole.mayRotate(call);
  }

  @Override
  public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    return whole.changeInterval(name, interval, call);
  }

  @Override
  public KeySnapshot changeState(KeyVersionRef version, KeyState target, CallContext call)
      throws BackendFailure {
    return whole.changeState(version, target, call);
  }

  @Override
  public Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call)
      throws BackendFailure {
    return whole.wrap(kek, dataKey, call);
  }

  @Override
  public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
      throws BackendFailure {
    return whole.unwrap(kek, wrapped, call);
  }

  @Override
  public KeySnapshot adopt(KeyName name, String providerUri, CallContext call)
      throws BackendFailure {
    return whole.adopt(name, providerUri, call);
  }

  @Override
  public ExportedKey export(KeyName name, CallContext call) throws BackendFailure {
    return whole.export(name, call);
  }

  @Override
  public ImportSupport importSupport() {
    return whole.importSupport();
  }

  @Override
  public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
    return whole.restore(request, call);
  }
}
