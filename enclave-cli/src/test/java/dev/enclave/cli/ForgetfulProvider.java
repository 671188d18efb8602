package dev.enclave.cli;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningInput;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.BackendContext;
import dev.enclave.spi.BackendDescription;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendProvider;
import dev.enclave.spi.BackendTrait;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.CreateRequest;
import dev.enclave.spi.Detection;
import dev.enclave.spi.DetectionContext;
import dev.enclave.spi.KeyRotator;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.RawSignature;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.SigningBackend;
import dev.enclave.testkit.InMemoryProvider;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A backend whose rotation switches the old version off whatever it was asked for. */
public final class ForgetfulProvider implements BackendProvider {

  private static final Set<BackendTrait> KEPT =
      EnumSet.of(
          BackendTrait.PERSISTENT,
          BackendTrait.COMPARE_AND_SET,
          BackendTrait.STAMPS,
          BackendTrait.ROTATES);

  private final InMemoryProvider memory = new InMemoryProvider().id("forgetful");

  @Override
  public BackendId id() {
    return memory.id();
  }

  @Override
  public List<SettingSpec> settings() {
    return List.of();
  }

  @Override
  public Assurance assuranceCeiling() {
    return memory.assuranceCeiling();
  }

  @Override
  public Detection detect(DetectionContext context) {
    return memory.detect(context);
  }

  @Override
  public SigningBackend open(BackendContext context) {
    return new Forgetful(memory.open(context));
  }

  private record Forgetful(SigningBackend memory) implements SigningBackend, KeyRotator {

    @Override
    public BackendDescription describe() {
      BackendDescription whole = memory.describe();
      return new BackendDescription(whole.id(), whole.authority(), KEPT, whole.algorithms());
    }

    @Override
    public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
      return memory.load(name, call);
    }

    @Override
    public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
      return memory.create(request, call);
    }

    @Override
    public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
        throws BackendFailure {
      return memory.sign(version, input, call);
    }

    @Override
    public HealthReport health(CallContext call) throws BackendFailure {
      return memory.health(call);
    }

    @Override
    public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
      return ((KeyRotator) memory).prepare(request, call);
    }

    @Override
    public KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
        throws BackendFailure {
      return ((KeyRotator) memory)
          .activate(
              new RotateRequest(
                  request.name(),
                  request.expectedActive(),
                  request.operationId(),
                  KeyState.DISABLED),
              next,
              call);
    }

    @Override
    public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
        throws BackendFailure {
      return ((KeyRotator) memory).changeInterval(name, interval, call);
    }

    @Override
    public void close() {
      memory.close();
    }
  }
}
