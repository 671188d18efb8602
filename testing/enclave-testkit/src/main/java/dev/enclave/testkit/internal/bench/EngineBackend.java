package dev.enclave.testkit.internal.bench;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyName;
import dev.enclave.SecurityPolicy;
import dev.enclave.kit.BackendDecorator;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.spi.observation.CallObserver;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import dev.enclave.testkit.internal.bench.AttemptRunner.Outcome;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A backend under test for the engine to use: opened as the harness says, and under an id of its
 * own, since the engine lets no class but ours have a reserved one. The statement key is a key of
 * the contracts too, named as they name theirs: that of the place itself is left alone, and
 * algorithms that one run leaves out are no matter of another.
 */
public final class EngineBackend extends BackendDecorator {

  public static final BackendId ID = BackendId.of("under-test");

  /** What the engine has the names of statement keys begin with. */
  private static final String STATEMENT_KEYS = "enclave-statements-";

  private final AttemptRunner runner;
  private final TimeSource time;
  private final Predicate<KeyName> listed;
  private final Consumer<KeyName> names;
  private final KeyName statementKey;

  private EngineBackend(SigningBackend backend, BackendHarness harness, Predicate<KeyName> listed) {
    super(backend);
    this.runner = new AttemptRunner(harness.time());
    this.time = harness.time();
    this.listed = listed;
    this.names = harness.names();
    byte[] id = new byte[8];
    harness.random().nextBytes(id);
    this.statementKey = KeyName.of("contract-statements-" + HexFormat.of().formatHex(id));
  }

  /** An Enclave that uses what the harness describes, with its clock, on an empty machine. */
  public static Enclave open(BackendHarness harness, CallObserver... observers) {
    EnclaveFactory.Builder builder = builder(harness, Map.of());
    List.of(observers).forEach(builder::observer);
    return builder.open();
  }

  /** The same, to be opened; {@code more} are further settings. */
  public static EnclaveFactory.Builder builder(BackendHarness harness, Map<String, String> more) {
    return builder(harness, more, new RecordingAuditSink(), name -> true);
  }

  /**
   * The same with records that go to {@code log}.
   *
   * @param listed which keys are on the list; the Enclave does nothing by itself to others that it
   *     does not use
   */
  public static EnclaveFactory.Builder builder(
      BackendHarness harness, Map<String, String> more, AuditSink log, Predicate<KeyName> listed) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("enclave.environment", harness.environment().name().toLowerCase(Locale.ROOT));
    settings.put("enclave.backend", ID.value());
    Assurance ceiling = harness.provider().assuranceCeiling();
    if (!ceiling.atLeast(SecurityPolicy.defaultsFor(harness.environment()).minimumAssurance())) {
      settings.put(
          "enclave.minimum-assurance", ceiling.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    if (!harness.environment().isStrict()) {
      // Whoever opened the backend acknowledged what it asks for; its id is another one here.
      settings.put("enclave.acknowledge-reduced-security", "true");
    }
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new Provider(harness, listed))
        .with(harness.time())
        .with(log)
        .random(harness.random())
        .config(new ConfigSource("contract", settings));
  }

  /** Opens what the harness describes, whatever else the engine says. */
  public record Provider(BackendHarness harness, Predicate<KeyName> listed)
      implements BackendProvider {

    @Override
    public BackendId id() {
      return ID;
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
      return new EngineBackend(harness.provider().open(harness.context()), harness, listed);
    }
  }

  @Override
  public BackendDescription describe() {
    return super.describe().withId(ID);
  }

  @Override
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    return isStatementKey(name)
        ? super.load(statementKey, call).withName(name)
        : super.load(name, call);
  }

  @Override
  public <C extends Capability> Optional<C> capability(Class<C> type) {
    Optional<C> whole = super.capability(type);
    if (type == KeyLister.class) {
      return whole.map(all -> type.cast(listing((KeyLister) all)));
    }
    if (type == KeyCreator.class) {
      return whole.map(all -> type.cast(creating((KeyCreator) all)));
    }
    if (type == KeySigner.class) {
      return whole.map(all -> type.cast(signing((KeySigner) all)));
    }
    return whole;
  }

  private static boolean isStatementKey(KeyName name) {
    return name.value().startsWith(STATEMENT_KEYS);
  }

  private KeyCreator creating(KeyCreator all) {
    return (request, call) -> {
      if (!isStatementKey(request.name())) {
        return all.create(request, call);
      }
      names.accept(statementKey);
      CreateRequest there =
          CreateRequest.of(
              statementKey,
              request.algorithm(),
              request.rotation(),
              request.stamp(),
              request.operationId());
      return all.create(there, call).withName(request.name());
    };
  }

  private KeySigner signing(KeySigner all) {
    return (version, input, call) ->
        all.sign(isStatementKey(version.name()) ? there(version) : version, input, call);
  }

  private KeyVersionRef there(KeyVersionRef version) {
    return KeyVersionRef.of(
        statementKey,
        version.version(),
        version.algorithm(),
        version.state(),
        version.stamp(),
        version.providerUri());
  }

  private KeyLister listing(KeyLister all) {
    return (from, call) -> {
      KeyLister.Names page = all.page(from, call);
      return KeyLister.Names.of(page.names().stream().filter(listed).toList(), page.next());
    };
  }

  /**
   * As many attempts as other contracts make, so that bad days are not this one's matter. Where a
   * contract lets the wall clock jump, the provider's clock jumps too.
   */
  @Override
  protected <T> T around(String operation, CallContext call, Call<T> attempt)
      throws BackendFailure {
    try {
      call.answeredAt(time.now());
      Outcome<T> outcome = runner.run(call.operationId(), attempt::run);
      if (outcome instanceof Outcome.Failed<T> failed) {
        throw failed.failure();
      }
      return ((Outcome.Done<T>) outcome).value();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("the test was interrupted", e);
    }
  }
}
