package dev.enclave.cli;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.kit.BackendDecorator;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.KeyWrapper;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.testkit.InMemoryProvider;
import java.util.Optional;

/** A backend whose rotation switches the old version off whatever it was asked for. */
public final class ForgetfulProvider implements BackendProvider {

  private final InMemoryProvider memory = new InMemoryProvider().id("forgetful");

  @Override
  public BackendId id() {
    return memory.id();
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

  private static final class Forgetful extends BackendDecorator {

    Forgetful(SigningBackend memory) {
      super(memory);
    }

    @Override
    public <C extends Capability> Optional<C> capability(Class<C> type) {
      if (type == KeyCreator.class || type == KeySigner.class || type == KeyWrapper.class) {
        return super.capability(type);
      }
      return type == KeyRotator.class
          ? super.capability(KeyRotator.class).map(real -> type.cast(new Rotator(real)))
          : Optional.empty();
    }

    @Override
    protected <T> T around(String operation, CallContext context, Call<T> call)
        throws BackendFailure {
      return call.run(context);
    }
  }

  private record Rotator(KeyRotator real) implements KeyRotator {

    @Override
    public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
      return real.prepare(request, call);
    }

    @Override
    public Optional<KeyVersion> prepared(RotateRequest request, CallContext call)
        throws BackendFailure {
      return real.prepared(request, call);
    }

    @Override
    public KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
        throws BackendFailure {
      return real.activate(
          new RotateRequest(
              request.name(), request.expectedActive(), request.operationId(), KeyState.DISABLED),
          next,
          call);
    }

    @Override
    public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
        throws BackendFailure {
      return real.changeInterval(name, interval, call);
    }
  }
}
