package dev.enclave.cli.check;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.opening.BackendConfigurator;
import dev.enclave.internal.opening.BackendConfigurator.Configured;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.ConformanceSupport;
import dev.enclave.spi.backend.ConformanceSupport.BareKeys;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.conformance.ConformanceReport;
import dev.enclave.testkit.conformance.ConformanceReport.Result;
import dev.enclave.testkit.conformance.ConformanceRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run against a real place: opens it, runs the contracts, and clears away what they made. */
final class ConformanceSession {

  private static final int CLEARED_BETWEEN_LINES = 20;
  private static final Duration SETTLING = Duration.ofMinutes(2);
  private static final Duration ATTEMPT = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final BackendConfigurator configurator;
  private final Configured configured;
  private final List<KeyAlgorithm> chosen;
  private final Consumer<String> print;
  private final List<String> bareKeys = new CopyOnWriteArrayList<>();
  private final List<String> left = new ArrayList<>();

  /**
   * A run.
   *
   * @param chosen which algorithms get all contracts for themselves; none for one run with all that
   *     the policy allows
   */
  ConformanceSession(
      BackendConfigurator configurator,
      Configured configured,
      List<KeyAlgorithm> chosen,
      Consumer<String> print) {
    this.configurator = configurator;
    this.configured = configured;
    this.chosen = List.copyOf(chosen);
    this.print = print;
  }

  ConformanceReport run() {
    try (SigningBackend backend = configurator.open(configured);
        BareKeys foreign = foreign()) {
      print.accept("place:       " + backend.describe().authority());
      print.accept("");
      ConformanceReport report = report(backend, foreign);
      print.accept("");
      int names = report.names().size();
      int done = 0;
      for (KeyName name : report.names()) {
        destroy(backend, name);
        done++;
        if (done % CLEARED_BETWEEN_LINES == 0 || done == names) {
          print.accept(Texts.NAMES_CLEARED.with(done, names));
        }
      }
      if (foreign != null) {
        bareKeys.forEach(uri -> remove(foreign, uri));
        print.accept(Texts.ADOPTED_CLEARED.with(bareKeys.size()));
      }
      return report;
    }
  }

  private ConformanceReport report(SigningBackend backend, @Nullable BareKeys foreign) {
    ConformanceRun run = new ConformanceRun(harness(backend, foreign));
    List<KeyAlgorithm> offered = backend.describe().offered();
    List<KeyAlgorithm> allowed =
        offered.stream().filter(configured.algorithms()::contains).toList();
    List<KeyAlgorithm> wanted =
        chosen.isEmpty() ? allowed : chosen.stream().filter(allowed::contains).toList();
    if (wanted.stream().noneMatch(algorithm -> algorithm.purpose() == KeyPurpose.SIGN)) {
      throw Texts.NO_ALGORITHM_TO_SIGN.as(ErrorCode.INVALID_ARGUMENT, offered, allowed, chosen);
    }
    AlgorithmTrial trial = new AlgorithmTrial(configured.context().environment(), this::call);
    List<KeyAlgorithm> taken =
        backend
            .capability(KeyCreator.class)
            .map(creator -> trial.made(creator, wanted, !chosen.isEmpty()))
            .orElse(wanted);
    trial.missing().forEach(this::tell);
    ConformanceReport report = report(run, offered, taken);
    return new ConformanceReport(
        Stream.concat(trial.missing().stream(), report.results().stream()).toList(),
        new TreeSet<>(Stream.concat(trial.tried().stream(), report.names().stream()).toList()));
  }

  private ConformanceReport report(
      ConformanceRun run, List<KeyAlgorithm> offered, List<KeyAlgorithm> taken) {
    if (chosen.isEmpty() && taken.equals(offered)) {
      return run.run(this::tell);
    }
    try {
      return chosen.isEmpty() ? run.runTogether(taken, this::tell) : run.run(taken, this::tell);
    } catch (BackendFailure e) {
      throw configurator.translate(configured, e);
    }
  }

  /** What could not be cleared away, one line each. */
  List<String> leftBehind() {
    return List.copyOf(left);
  }

  private @Nullable BareKeys foreign() {
    if (!(configured.provider() instanceof ConformanceSupport support)) {
      return null;
    }
    try {
      return support.bareKeys(configured.context());
    } catch (BackendFailure e) {
      throw configurator.translate(configured, e);
    }
  }

  private BackendHarness harness(SigningBackend backend, @Nullable BareKeys foreign) {
    BackendHarness harness =
        BackendHarness.of(configured.provider(), configured.context())
            .on(time(), SETTLING)
            .expecting(backend.traits());
    if (foreign == null) {
      return harness;
    }
    return harness.adopting(
        algorithm -> {
          String uri = foreign.make(algorithm, call());
          bareKeys.add(uri);
          return uri;
        });
  }

  private void tell(Result result) {
    print.accept(
        (result.passed() ? Texts.PASSED.with() : Texts.FAILED.with())
            + result.contract()
            + "."
            + result.test());
  }

  private void destroy(SigningBackend backend, KeyName name) {
    Optional<KeySnapshot> key =
        patiently(Texts.A_KEY.with(name), call -> loaded(backend, name, call));
    for (KeyVersion version : key.map(KeySnapshot::versions).orElse(List.of())) {
      if (version.state() == KeyState.DESTROYED) {
        continue;
      }
      String what = Texts.A_KEY_VERSION.with(name, version.id(), version.providerUri());
      Optional<KeyStateChanger> changer = backend.capability(KeyStateChanger.class);
      if (changer.isPresent()) {
        patiently(
            what,
            call ->
                Optional.of(
                    changer
                        .get()
                        .changeState(key.orElseThrow().ref(version), KeyState.DESTROYED, call)));
      } else {
        left.add(Texts.DESTROYS_NOTHING.with(what));
      }
    }
  }

  private static Optional<KeySnapshot> loaded(
      SigningBackend backend, KeyName name, CallContext call) throws BackendFailure {
    try {
      return Optional.of(backend.load(name, call));
    } catch (BackendFailure e) {
      if (e.code() == FailureCode.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void remove(BareKeys foreign, String uri) {
    patiently(
        Texts.A_KEY_AT.with(uri),
        call -> {
          foreign.remove(uri, call);
          return Optional.of(uri);
        });
  }

  /** One piece of clearing away. */
  @FunctionalInterface
  private interface Work<T> {
    Optional<T> play(CallContext call) throws BackendFailure;
  }

  /** Repeats what may pass; what does not is left, and said. */
  private <T> Optional<T> patiently(String what, Work<T> work) {
    Deadline end = Deadline.in(PATIENCE, time());
    while (true) {
      try {
        return work.play(call());
      } catch (BackendFailure e) {
        if (e.failureClass() == FailureClass.PERMANENT || end.passed()) {
          left.add(what + ": " + e.getMessage());
          return Optional.empty();
        }
        pause(e.retryAfter().orElse(PAUSE));
      }
    }
  }

  private void pause(Duration duration) {
    try {
      time().pause(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private CallContext call() {
    byte[] id = new byte[16];
    configured.context().random().nextBytes(id);
    return CallContext.of(HexFormat.of().formatHex(id), 1, Deadline.in(ATTEMPT, time()), time());
  }

  private TimeSource time() {
    return configured.context().time();
  }
}
