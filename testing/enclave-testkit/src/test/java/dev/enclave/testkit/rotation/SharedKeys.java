package dev.enclave.testkit.rotation;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.kit.BackendDecorator;
import dev.enclave.kit.BackendDecorator.Call;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.OrphanCollector;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.testkit.Turns;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** One replica's way to a remote backend that others share; counts the calls. */
final class SharedKeys implements BackendProvider {

  /** What stands between a replica and its backend. */
  interface Between {
    <T> T around(String operation, CallContext context, Call<T> call) throws BackendFailure;
  }

  /** Nothing. */
  static final Between NOTHING =
      new Between() {
        @Override
        public <T> T around(String operation, CallContext context, Call<T> call)
            throws BackendFailure {
          return call.run(context);
        }
      };

  /** A turn for each call of the backend. */
  static Between by(Turns turns) {
    return new Between() {
      @Override
      public <T> T around(String operation, CallContext context, Call<T> call)
          throws BackendFailure {
        turns.turn();
        return call.run(context);
      }
    };
  }

  final Map<String, Integer> calls = new TreeMap<>();
  Between between = NOTHING;

  /** The provider's clock, as its answers tell it; none where they tell none. */
  Optional<InstantSource> clock = Optional.empty();

  Set<Class<?>> lacking = Set.of();
  Optional<OrphanCollector> orphans = Optional.empty();

  /** Whether this replica's account may rotate keys. */
  boolean mayRotate = true;

  private final BackendProvider keys;

  SharedKeys(BackendProvider keys) {
    this.keys = keys;
  }

  int calls(String operation) {
    return calls.getOrDefault(operation, 0);
  }

  @Override
  public BackendId id() {
    return keys.id();
  }

  @Override
  public Assurance assuranceCeiling() {
    return keys.assuranceCeiling();
  }

  @Override
  public Detection detect(DetectionContext context) {
    return keys.detect(context);
  }

  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    return new BackendDecorator(keys.open(context)) {
      @Override
      public BackendDescription describe() {
        BackendDescription its = super.describe();
        Set<BackendTrait> traits = EnumSet.copyOf(its.traits());
        traits.add(BackendTrait.REMOTE);
        return its.withTraits(traits);
      }

      @Override
      public <C extends Capability> Optional<C> capability(Class<C> type) {
        if (type == OrphanCollector.class && orphans.isPresent()) {
          return orphans.map(type::cast);
        }
        if (lacking.contains(type)) {
          return Optional.empty();
        }
        return type == KeyRotator.class
            ? super.capability(KeyRotator.class).map(Rights::new).map(type::cast)
            : super.capability(type);
      }

      @Override
      protected <T> T around(String operation, CallContext call, Call<T> made)
          throws BackendFailure {
        calls.merge(operation, 1, Integer::sum);
        clock.ifPresent(its -> call.answeredAt(its.instant()));
        return between.around(operation, call, made);
      }
    };
  }

  /** Rotates, and says what the account may. */
  private final class Rights implements KeyRotator {

    private final KeyRotator it;

    Rights(KeyRotator it) {
      this.it = it;
    }

    @Override
    public boolean mayRotate(CallContext call) throws BackendFailure {
      return it.mayRotate(call) && mayRotate;
    }

    @Override
    public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
      return it.prepare(request, call);
    }

    @Override
    public Optional<KeyVersion> prepared(RotateRequest request, CallContext call)
        throws BackendFailure {
      return it.prepared(request, call);
    }

    @Override
    public KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
        throws BackendFailure {
      return it.activate(request, next, call);
    }

    @Override
    public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
        throws BackendFailure {
      return it.changeInterval(name, interval, call);
    }
  }
}
