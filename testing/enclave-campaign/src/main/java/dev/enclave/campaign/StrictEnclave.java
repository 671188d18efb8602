package dev.enclave.campaign;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.EnclaveFactory;
import dev.enclave.kit.BackendDecorator;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.testkit.FakeEnvironment;
import java.util.Map;
import java.util.TreeMap;

/**
 * The engine in PRODUCTION over a backend that a test opened itself: a provider of our own would
 * refuse a server on loopback there. The backend signs and adopts, under an id that nobody has.
 */
public final class StrictEnclave {

  private static final String ID = "cloud-under-test";

  private StrictEnclave() {}

  /** How a test opens the backend. */
  @FunctionalInterface
  public interface Opening {
    SigningBackend open(BackendContext context) throws BackendFailure;
  }

  /** Adopts {@code uri} as key {@code treasury}; {@code more} are further settings. */
  public static EnclaveFactory.Builder adopting(
      String uri, Map<String, String> more, Opening opening) {
    Map<String, String> settings = new TreeMap<>(more);
    settings.put("enclave.environment", "production");
    settings.put("enclave.backend", ID);
    settings.put("enclave.keys.treasury", uri);
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new Renamed(opening))
        .config(new ConfigSource("test", settings));
  }

  private record Renamed(Opening opening) implements BackendProvider {

    @Override
    public BackendId id() {
      return BackendId.of(ID);
    }

    @Override
    public Assurance assuranceCeiling() {
      return Assurance.HSM;
    }

    @Override
    public Detection detect(DetectionContext context) {
      return Detection.present("a test asked for it");
    }

    @Override
    public SigningBackend open(BackendContext context) throws BackendFailure {
      return new Adopting(opening.open(context));
    }
  }

  private static final class Adopting extends BackendDecorator {

    Adopting(SigningBackend backend) {
      super(backend);
    }

    @Override
    public BackendDescription describe() {
      return super.describe().withId(BackendId.of(ID));
    }

    @Override
    protected <T> T around(String operation, CallContext context, Call<T> call)
        throws BackendFailure {
      return call.run(context);
    }
  }
}
