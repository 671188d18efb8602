package dev.enclave.testkit.contract;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SecurityPolicy;
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
import dev.enclave.spi.KeyStateChanger;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.RawSignature;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.SigningBackend;
import dev.enclave.startup.EnclaveFactory;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import dev.enclave.testkit.contract.AttemptRunner.Attempt;
import dev.enclave.testkit.contract.AttemptRunner.Outcome;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A backend under test for the engine to use: opened as the harness says, and under an id of its
 * own, since the engine lets no class but ours have a reserved one. It creates, signs, rotates and
 * changes states, and nothing else.
 */
final class EngineBackend implements SigningBackend, KeyRotator, KeyStateChanger {

  static final BackendId ID = BackendId.of("under-test");

  private static final Set<BackendTrait> PASSED_ON =
      EnumSet.of(
          BackendTrait.REMOTE,
          BackendTrait.PERSISTENT,
          BackendTrait.EVENTUALLY_CONSISTENT,
          BackendTrait.COMPARE_AND_SET,
          BackendTrait.STAMPS,
          BackendTrait.ROTATES,
          BackendTrait.CHANGES_STATE);

  private final SigningBackend backend;
  private final AttemptRunner runner;
  private final KeyRotator rotator;
  private final KeyStateChanger changer;

  private EngineBackend(SigningBackend backend, AttemptRunner runner) {
    this.backend = backend;
    this.runner = runner;
    this.rotator = (KeyRotator) backend;
    this.changer = (KeyStateChanger) backend;
  }

  /** An Enclave that uses what the harness describes, with its clock, on an empty machine. */
  static Enclave open(BackendHarness harness) {
    Map<String, String> settings = new HashMap<>();
    settings.put("enclave.environment", harness.environment().name().toLowerCase(Locale.ROOT));
    settings.put("enclave.backend", ID.value());
    Assurance ceiling = harness.provider().assuranceCeiling();
    boolean belowDefault =
        !ceiling.atLeast(SecurityPolicy.defaultsFor(harness.environment()).minimumAssurance());
    if (belowDefault) {
      settings.put(
          "enclave.minimum-assurance", ceiling.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    if (belowDefault || harness.context().reducedSecurityAcknowledged()) {
      settings.put("enclave.acknowledge-reduced-security", "true");
    }
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new Provider(harness))
        .with(harness.time())
        .with(new RecordingAuditSink())
        .random(harness.random())
        .config(new ConfigSource("contract", settings))
        .open();
  }

  /** Opens what the harness describes, whatever else the engine says. */
  record Provider(BackendHarness harness) implements BackendProvider {

    @Override
    public BackendId id() {
      return ID;
    }

    @Override
    public List<SettingSpec> settings() {
      return List.of();
    }

    @Override
    public Assurance assuranceCeiling() {
      return harness.provider().assuranceCeiling();
    }

    @Override
    public Detection detect(DetectionContext context) {
      return Detection.present("it is under test");
    }

    @Override
    public SigningBackend open(BackendContext context) throws BackendFailure {
      return new EngineBackend(
          harness.provider().open(harness.context()), new AttemptRunner(harness.time()));
    }
  }

  @Override
  public BackendDescription describe() {
    BackendDescription whole = backend.describe();
    Set<BackendTrait> traits = EnumSet.copyOf(PASSED_ON);
    traits.retainAll(whole.traits());
    return new BackendDescription(ID, whole.authority(), traits, whole.algorithms());
  }

  @Override
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    return done(call, c -> backend.load(name, c));
  }

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    return done(call, c -> backend.create(request, c));
  }

  @Override
  public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
      throws BackendFailure {
    return done(call, c -> backend.sign(version, input, c));
  }

  @Override
  public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
    return done(call, c -> rotator.prepare(request, c));
  }

  @Override
  public KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
      throws BackendFailure {
    return done(call, c -> rotator.activate(request, next, c));
  }

  @Override
  public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    return done(call, c -> rotator.changeInterval(name, interval, c));
  }

  @Override
  public KeySnapshot changeState(KeyVersionRef version, KeyState target, CallContext call)
      throws BackendFailure {
    return done(call, c -> changer.changeState(version, target, c));
  }

  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    return done(call, backend::health);
  }

  /** As many attempts as other contracts make, so that bad days are not this one's matter. */
  private <T> T done(CallContext call, Attempt<T> attempt) throws BackendFailure {
    try {
      Outcome<T> outcome = runner.run(call.operationId(), attempt);
      if (outcome instanceof Outcome.Failed<T> failed) {
        throw failed.failure();
      }
      return ((Outcome.Done<T>) outcome).value();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("the test was interrupted", e);
    }
  }

  @Override
  public void close() {
    backend.close();
  }
}
