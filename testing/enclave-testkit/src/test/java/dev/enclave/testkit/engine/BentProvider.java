package dev.enclave.testkit.engine;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.kit.BackendDecorator;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.KeyAdopter;
import dev.enclave.spi.backend.KeyRewrapper;
import dev.enclave.spi.backend.OrphanCollector;
import dev.enclave.spi.backend.Resealer;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.testkit.InMemoryProvider;
import java.time.Instant;
import java.time.InstantSource;
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

  private volatile Optional<InstantSource> clock = Optional.empty();
  private volatile HealthReport health = HealthReport.of(List.of());
  private volatile OrphanCollector.Orphan orphan =
      OrphanCollector.Orphan.of("bent:orphan", KeyName.of("orphan"), Instant.EPOCH);

  BentProvider(String id) {
    this.id = BackendId.of(id);
    this.whole = new InMemoryProvider().id(id);
  }

  /** From now on its answers tell this time. */
  void tellTime(InstantSource its) {
    clock = Optional.of(its);
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
            "recordMove",
            "wrap",
            "unwrap",
            "rewrap",
            "export",
            "restore",
            "reseal",
            "discard")) {
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
          return d.withTraits(traits);
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
        key.withVersions(key.versions().stream().map(v -> v.withAssurance(assurance)).toList());
  }

  @Override
  public BackendId id() {
    return id;
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
    SigningBackend opened = new Bent(whole.open(context));
    after.getOrDefault("open", NOTHING).run();
    return opened;
  }

  private final class Bent extends BackendDecorator {

    Bent(SigningBackend real) {
      super(real);
    }

    @Override
    public BackendDescription describe() {
      BackendDescription its = super.describe();
      Set<BackendTrait> traits = EnumSet.copyOf(its.traits());
      traits.add(BackendTrait.REMOTE);
      return description.apply(its.withTraits(traits));
    }

    @Override
    public <C extends Capability> Optional<C> capability(Class<C> type) {
      if (type == KeyAdopter.class) {
        return Optional.empty();
      }
      if (type == Resealer.class) {
        Resealer resealer = (passphrase, call) -> around("reseal", call, c -> true);
        return Optional.of(type.cast(resealer));
      }
      if (type == KeyRewrapper.class) {
        return Optional.of(type.cast(new Rewrapper()));
      }
      return type == OrphanCollector.class
          ? Optional.of(type.cast(new Orphans()))
          : super.capability(type);
    }

    @Override
    public HealthReport health(CallContext call) throws BackendFailure {
      return around("health", call, c -> health);
    }

    @Override
    @SuppressWarnings("unchecked") // what is changed is of the type that it had
    protected <T> T around(String operation, CallContext context, Call<T> call)
        throws BackendFailure {
      before.getOrDefault(operation, NOTHING).run();
      clock.ifPresent(its -> context.answeredAt(its.instant()));
      T answer;
      try {
        answer = call.run(context);
      } catch (BackendFailure e) {
        failed.getOrDefault(operation, NOTHING).run();
        throw e;
      }
      after.getOrDefault(operation, NOTHING).run();
      if (answer instanceof KeySnapshot key) {
        return (T) answers.getOrDefault(operation, UnaryOperator.identity()).apply(key);
      }
      return answer instanceof ExportedKey key ? (T) export.apply(key) : answer;
    }

    @Override
    public void close() {
      try {
        before.getOrDefault("close", NOTHING).run();
      } catch (BackendFailure e) {
        throw new IllegalStateException(e);
      }
      super.close();
    }

    /** One key is under an older version of the key-encryption key. */
    private final class Rewrapper implements KeyRewrapper {

      @Override
      public boolean mayRewrap(CallContext call) throws BackendFailure {
        return around("mayRewrap", call, c -> true);
      }

      @Override
      public KeyVersionId kekVersion(CallContext call) throws BackendFailure {
        return around("kekVersion", call, c -> KeyVersionId.of("2"));
      }

      @Override
      public boolean isCurrent(KeyName name, CallContext call) throws BackendFailure {
        return around("isCurrent", call, c -> !name.equals(KeyName.of("wallet-42")));
      }

      @Override
      public void rewrap(KeyName name, CallContext call) throws BackendFailure {
        around("rewrap", call, c -> true);
      }
    }

    private final class Orphans implements OrphanCollector {

      @Override
      public Page orphans(Optional<String> from, CallContext call) throws BackendFailure {
        return around(
            "orphans",
            call,
            c ->
                from.isEmpty()
                    ? Page.of(List.of(), Optional.of("2"))
                    : Page.of(List.of(orphan), Optional.empty()));
      }

      @Override
      public boolean discard(Orphan orphan, CallContext call) throws BackendFailure {
        return around("discard", call, c -> true);
      }
    }
  }
}
