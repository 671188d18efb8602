package dev.enclave.testkit.engine;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.Bytes;
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
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.KeyExporter;
import dev.enclave.spi.KeyImporter;
import dev.enclave.spi.KeyLister;
import dev.enclave.spi.KeyRotator;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyStateChanger;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.KeyWrapper;
import dev.enclave.spi.OrphanCollector;
import dev.enclave.spi.RawSignature;
import dev.enclave.spi.Resealer;
import dev.enclave.spi.RestoreRequest;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.SigningBackend;
import dev.enclave.testkit.InMemoryProvider;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** A remote backend whose every call passes through the hands of a test. */
final class BentProvider implements BackendProvider {

  /** What a test does at some point of a call. */
  interface Step {
    void run() throws BackendFailure;
  }

  private static final Step NOTHING = () -> {};

  private final BackendId id;
  private final InMemoryProvider whole;
  private final Map<String, Step> before = new ConcurrentHashMap<>();
  private final Map<String, Step> after = new ConcurrentHashMap<>();
  private final Map<String, Step> failed = new ConcurrentHashMap<>();
  private final Map<String, UnaryOperator<KeySnapshot>> answers = new ConcurrentHashMap<>();
  private volatile UnaryOperator<ExportedKey> export = UnaryOperator.identity();
  private volatile UnaryOperator<BackendDescription> description = UnaryOperator.identity();

  private volatile HealthReport health = new HealthReport(List.of());
  private volatile OrphanCollector.Orphan orphan =
      new OrphanCollector.Orphan("bent:orphan", KeyName.of("orphan"), Instant.EPOCH);

  BentProvider(String id) {
    this.id = BackendId.of(id);
    this.whole = new InMemoryProvider().id(id);
  }

  /** From now on what it finds wrong with itself. */
  void reporting(HealthReport report) {
    health = report;
  }

  /** From now on the only orphan. */
  void leaving(OrphanCollector.Orphan left) {
    orphan = left;
  }

  /** Before the real call of this name. */
  BentProvider before(String call, Step step) {
    before.put(call, step);
    return this;
  }

  /** Fails the test if anything but a reading is asked from now on. */
  void refuseEffects() {
    for (String call :
        List.of(
            "create",
            "sign",
            "prepare",
            "activate",
            "changeInterval",
            "changeState",
            "wrap",
            "unwrap",
            "export",
            "restore",
            "reseal")) {
      before(
          call,
          () -> {
            throw new AssertionError(call + " was asked");
          });
    }
  }

  /** The same as a backend in this process. */
  BentProvider local() {
    return describing(
        d -> {
          Set<BackendTrait> traits = EnumSet.copyOf(d.traits());
          traits.remove(BackendTrait.REMOTE);
          return new BackendDescription(d.id(), d.authority(), traits, d.algorithms());
        });
  }

  /** After the real call of this name. */
  BentProvider after(String call, Step step) {
    after.put(call, step);
    return this;
  }

  /** After the real call of this name has failed. */
  BentProvider failed(String call, Step step) {
    failed.put(call, step);
    return this;
  }

  /** Changes what the call of this name answers. */
  BentProvider answering(String call, UnaryOperator<KeySnapshot> change) {
    answers.put(call, change);
    return this;
  }

  /** Changes what the backend exports. */
  BentProvider exporting(UnaryOperator<ExportedKey> change) {
    export = change;
    return this;
  }

  /** Changes what the backend says of itself. */
  BentProvider describing(UnaryOperator<BackendDescription> change) {
    description = change;
    return this;
  }

  /** An answer whose versions have this assurance. */
  static UnaryOperator<KeySnapshot> withAssurance(Assurance assurance) {
    return key ->
        new KeySnapshot(
            key.name(),
            key.algorithm(),
            key.versions().stream()
                .map(
                    v ->
                        new KeyVersion(
                            v.id(),
                            v.state(),
                            v.createdAt(),
                            v.publicKey(),
                            assurance,
                            v.origin(),
                            v.providerUri()))
                .toList(),
            key.rotation(),
            key.stamp(),
            key.createdAt(),
            key.providerUri(),
            key.exportable());
  }

  @Override
  public BackendId id() {
    return id;
  }

  @Override
  public List<SettingSpec> settings() {
    return List.of();
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
  public List<String> createsOnOpening(BackendContext context) throws BackendFailure {
    before.getOrDefault("createsOnOpening", NOTHING).run();
    return List.of();
  }

  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    before.getOrDefault("open", NOTHING).run();
    return new Bent(whole.open(context));
  }

  private final class Bent
      implements SigningBackend,
          KeyLister,
          KeyRotator,
          KeyStateChanger,
          KeyWrapper,
          KeyExporter,
          KeyImporter,
          Resealer,
          OrphanCollector {

    private final SigningBackend real;

    Bent(SigningBackend real) {
      this.real = real;
    }

    private interface Call<T> {
      T run() throws BackendFailure;
    }

    private <T> T around(String name, Call<T> call) throws BackendFailure {
      before.getOrDefault(name, NOTHING).run();
      T answer;
      try {
        answer = call.run();
      } catch (BackendFailure e) {
        failed.getOrDefault(name, NOTHING).run();
        throw e;
      }
      after.getOrDefault(name, NOTHING).run();
      return answer;
    }

    private KeySnapshot snapshot(String name, Call<KeySnapshot> call) throws BackendFailure {
      return answers.getOrDefault(name, UnaryOperator.identity()).apply(around(name, call));
    }

    @Override
    public BackendDescription describe() {
      BackendDescription its = real.describe();
      Set<BackendTrait> traits = EnumSet.copyOf(its.traits());
      traits.add(BackendTrait.REMOTE);
      traits.remove(BackendTrait.ADOPTS);
      traits.add(BackendTrait.RESEALS);
      traits.add(BackendTrait.RECONCILES);
      return description.apply(
          new BackendDescription(its.id(), its.authority(), traits, its.algorithms()));
    }

    @Override
    public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
      return snapshot("load", () -> real.load(name, call));
    }

    @Override
    public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
      return snapshot("create", () -> real.create(request, call));
    }

    @Override
    public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
        throws BackendFailure {
      return around("sign", () -> real.sign(version, input, call));
    }

    @Override
    public HealthReport health(CallContext call) throws BackendFailure {
      return around("health", () -> health);
    }

    @Override
    public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
      return around("prepare", () -> ((KeyRotator) real).prepare(request, call));
    }

    @Override
    public KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
        throws BackendFailure {
      return snapshot("activate", () -> ((KeyRotator) real).activate(request, next, call));
    }

    @Override
    public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
        throws BackendFailure {
      return snapshot(
          "changeInterval", () -> ((KeyRotator) real).changeInterval(name, interval, call));
    }

    @Override
    public KeySnapshot changeState(KeyVersionRef version, KeyState target, CallContext call)
        throws BackendFailure {
      return snapshot(
          "changeState", () -> ((KeyStateChanger) real).changeState(version, target, call));
    }

    @Override
    public Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call)
        throws BackendFailure {
      return around("wrap", () -> ((KeyWrapper) real).wrap(kek, dataKey, call));
    }

    @Override
    public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
        throws BackendFailure {
      return around("unwrap", () -> ((KeyWrapper) real).unwrap(kek, wrapped, call));
    }

    @Override
    public ExportedKey export(KeyName name, CallContext call) throws BackendFailure {
      return export.apply(around("export", () -> ((KeyExporter) real).export(name, call)));
    }

    @Override
    public Names page(Optional<String> from, CallContext call) throws BackendFailure {
      return around("list", () -> ((KeyLister) real).page(from, call));
    }

    @Override
    public void reseal(Optional<SecretBytes> newPassphrase, CallContext call)
        throws BackendFailure {
      around("reseal", () -> true);
    }

    @Override
    public Page orphans(Optional<String> from, CallContext call) throws BackendFailure {
      return around(
          "orphans",
          () ->
              from.isEmpty()
                  ? new Page(List.of(), Optional.of("2"))
                  : new Page(List.of(orphan), Optional.empty()));
    }

    @Override
    public boolean discard(Orphan orphan, CallContext call) throws BackendFailure {
      return around("discard", () -> true);
    }

    @Override
    public ImportSupport importSupport() {
      return ((KeyImporter) real).importSupport();
    }

    @Override
    public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
      return snapshot("restore", () -> ((KeyImporter) real).restore(request, call));
    }

    @Override
    public void close() {
      try {
        before.getOrDefault("close", NOTHING).run();
      } catch (BackendFailure e) {
        throw new IllegalStateException(e);
      }
      real.close();
    }
  }
}
