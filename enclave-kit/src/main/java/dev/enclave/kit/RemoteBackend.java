package dev.enclave.kit;

import dev.enclave.KeyName;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.SigningBackend;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A backend put together from its parts: each part is an object that implements one or several
 * {@link Capability} interfaces, and the backend has the capabilities that its parts implement.
 * While the gate is open it passes each call on to the part. Once the gate is closed it refuses
 * each call with {@link FailureCode#CLOSED}, so no part has to check that by itself. Thread-safe if
 * its parts are.
 */
public final class RemoteBackend extends BackendDecorator {

  /** Of a service that keeps keys and stamps, reads late, and lets one of racing changes win. */
  public static final Set<BackendTrait> TRAITS =
      Set.of(
          BackendTrait.REMOTE,
          BackendTrait.PERSISTENT,
          BackendTrait.EVENTUALLY_CONSISTENT,
          BackendTrait.COMPARE_AND_SET,
          BackendTrait.STAMPS);

  /** Reads a key; the contract is {@link SigningBackend#load}. */
  @FunctionalInterface
  public interface Loader {
    KeySnapshot load(KeyName name, CallContext call) throws BackendFailure;
  }

  /** Asks the service how it is; the contract is {@link SigningBackend#health}. */
  @FunctionalInterface
  public interface HealthCheck {
    HealthReport report(CallContext call) throws BackendFailure;
  }

  private final RequestGate gate;

  /**
   * An open one.
   *
   * @param gate closed with the backend; the parts send their requests through it
   * @param parts no two of which have the same capability
   */
  public RemoteBackend(
      BackendDescription description,
      RequestGate gate,
      Loader loader,
      HealthCheck health,
      List<? extends Capability> parts) {
    super(new Composed(description, gate, loader, health, byType(parts)));
    this.gate = gate;
  }

  private static Map<Class<?>, Capability> byType(List<? extends Capability> parts) {
    Map<Class<?>, Capability> byType = new HashMap<>();
    for (Capability part : parts) {
      for (BackendTrait trait : BackendTrait.values()) {
        Class<?> type = trait.capability().filter(it -> it.isInstance(part)).orElse(null);
        if (type != null && byType.put(type, part) != null) {
          throw new IllegalArgumentException("two parts are a " + type.getSimpleName());
        }
      }
    }
    return Map.copyOf(byType);
  }

  @Override
  protected <T> T around(String operation, CallContext context, Call<T> call)
      throws BackendFailure {
    gate.requireOpen();
    return call.run(context);
  }

  private record Composed(
      BackendDescription description,
      RequestGate gate,
      Loader loader,
      HealthCheck check,
      Map<Class<?>, Capability> parts)
      implements SigningBackend {

    @Override
    public BackendDescription describe() {
      return description;
    }

    @Override
    public <C extends Capability> Optional<C> capability(Class<C> type) {
      return Optional.ofNullable(type.cast(parts.get(type)));
    }

    @Override
    public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
      return loader.load(name, call);
    }

    @Override
    public HealthReport health(CallContext call) throws BackendFailure {
      return check.report(call);
    }

    @Override
    public void close() {
      gate.close();
    }
  }
}
