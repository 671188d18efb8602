package dev.enclave.jobs;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.kit.BackendDecorator;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A remote backend that can go away and come back. */
final class Outage implements BackendProvider {

  /** What a test does before a signature is made. */
  interface Step {
    void run() throws BackendFailure;
  }

  private final BackendProvider whole;
  private final AtomicInteger signatures = new AtomicInteger();
  private final Map<String, AtomicInteger> lost = new ConcurrentHashMap<>();
  private volatile boolean down;
  private volatile boolean healthy;
  private volatile Step beforeSign = () -> {};

  Outage(BackendProvider whole) {
    this.whole = whole;
  }

  void begin() {
    down = true;
    healthy = false;
  }

  /** Begins right after each check of health, without which no Enclave opens. */
  void beginAfterHealth() {
    down = true;
    healthy = true;
  }

  void end() {
    down = false;
  }

  void beforeSign(Step step) {
    beforeSign = step;
  }

  /** The next calls of this name are carried out, and no answer comes. */
  void loseAnswers(String operation, int count) {
    lost.put(operation, new AtomicInteger(count));
  }

  /** How many signatures were made. */
  int signatures() {
    return signatures.get();
  }

  @Override
  public BackendId id() {
    return whole.id();
  }

  @Override
  public Assurance assuranceCeiling() {
    return whole.assuranceCeiling();
  }

  @Override
  public List<SettingSpec> settings() {
    return whole.settings();
  }

  @Override
  public Detection detect(DetectionContext context) {
    return Detection.present("a test asked for it");
  }

  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    return new Fragile(whole.open(context));
  }

  private final class Fragile extends BackendDecorator {

    Fragile(SigningBackend real) {
      super(real);
    }

    @Override
    public BackendDescription describe() {
      BackendDescription its = super.describe();
      Set<BackendTrait> traits = EnumSet.copyOf(its.traits());
      traits.add(BackendTrait.REMOTE);
      return its.withTraits(traits);
    }

    @Override
    protected <T> T around(String operation, CallContext context, Call<T> call)
        throws BackendFailure {
      if (down && !(healthy && operation.equals("health"))) {
        throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "The service is away.");
      }
      if (operation.equals("sign")) {
        beforeSign.run();
        signatures.incrementAndGet();
      }
      T answer = call.run(context);
      AtomicInteger losing = lost.get(operation);
      if (losing != null && losing.getAndDecrement() > 0) {
        throw BackendFailure.ambiguous(FailureCode.TIMEOUT, "No answer came.");
      }
      return answer;
    }
  }
}
