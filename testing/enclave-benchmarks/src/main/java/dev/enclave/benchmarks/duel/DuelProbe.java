package dev.enclave.benchmarks.duel;

import dev.enclave.benchmarks.cloud.RemoteClouds;
import dev.enclave.benchmarks.cloud.RemoteService;
import dev.enclave.benchmarks.rival.Contender;
import dev.enclave.benchmarks.rival.EnclaveRival;
import dev.enclave.benchmarks.rival.LoggedRival;
import dev.enclave.benchmarks.rival.RemoteCloud;
import dev.enclave.benchmarks.rival.Rival;
import dev.enclave.benchmarks.rival.Rivals;
import dev.enclave.benchmarks.rival.TlsRival;
import dev.enclave.benchmarks.setting.Scheme;
import dev.enclave.benchmarks.setting.Scratch;
import dev.enclave.benchmarks.setting.Settings;
import dev.enclave.benchmarks.setting.Trail;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Fights a {@link Duel}: as a program, in a JVM that has done nothing else. */
public final class DuelProbe implements AutoCloseable {

  // Held, since loggers that nobody holds lose their level.
  private static final Logger WARNINGS_OF_REDUCED_SECURITY = Logger.getLogger("dev.enclave");

  private final Duel duel;
  private final ExecutorService threads;
  private final CyclicBarrier start;
  private final List<Fighter> fighters = new ArrayList<>();
  private @Nullable RemoteService service;
  private final Map<Duel.Side, Expenses> expenses = new EnumMap<>(Duel.Side.class);

  /**
   * A side, opened.
   *
   * @param works one for each thread
   */
  private record Fighter(Duel.Side side, Rival rival, List<Rival.Work> works) {}

  private DuelProbe(Duel duel) {
    this.duel = duel;
    this.threads = Executors.newFixedThreadPool(duel.threads());
    this.start = new CyclicBarrier(duel.threads());
  }

  /**
   * Prints one line that {@link Duel.Result#parse} reads.
   *
   * @param args the scheme, the threads, the sides with commas, the directory, the slices to warm
   *     up, the rounds, the milliseconds of a slice, the cloud if there is one
   */
  public static void main(String[] args) throws Exception {
    WARNINGS_OF_REDUCED_SECURITY.setLevel(Level.SEVERE);
    List<Duel.Side> sides = Arrays.stream(args[2].split(",")).map(Duel.Side::valueOf).toList();
    Optional<RemoteCloud> cloud =
        args.length > 7 ? Optional.of(RemoteClouds.of(args[7])) : Optional.empty();
    Duel duel = new Duel(Scheme.valueOf(args[0]), Integer.parseInt(args[1]), sides, cloud);
    int warmUps = Integer.parseInt(args[4]);
    int rounds = Integer.parseInt(args[5]);
    long nanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[6]));
    System.out.println(measure(duel, Path.of(args[3]), warmUps, rounds, nanos).line());
  }

  public static Duel.Result measure(
      Duel duel, Path directory, int warmUps, int rounds, long sliceNanos) throws Exception {
    try (DuelProbe probe = new DuelProbe(duel)) {
      for (Duel.Side side : duel.sides()) {
        probe.open(side, directory);
      }
      probe.rounds(warmUps, sliceNanos);
      probe.depart();
      probe.expenses.clear();
      Map<Duel.Side, List<Double>> rates = probe.rounds(rounds, sliceNanos);
      Map<Duel.Side, Duel.Effort> efforts = new EnumMap<>(Duel.Side.class);
      probe.expenses.forEach((side, spent) -> efforts.put(side, spent.effort()));
      return new Duel.Result(rates, efforts);
    }
  }

  private void open(Duel.Side side, Path directory) throws Exception {
    Rival rival =
        switch (side) {
          case RAW -> Rivals.open(Contender.RAW, duel.scheme(), directory);
          case ENCLAVE -> Rivals.open(Contender.ENCLAVE, duel.scheme(), directory);
          case AUDIT_OFF -> EnclaveRival.audited(directory, duel.scheme(), Trail.NONE);
          case AUDIT_BUFFERED -> EnclaveRival.audited(directory, duel.scheme(), Trail.BUFFERED);
          case AUDIT_AWAITED -> EnclaveRival.audited(directory, duel.scheme(), Trail.AWAITED);
          case AUDIT_DURABLE -> EnclaveRival.audited(directory, duel.scheme(), Trail.DURABLE);
          case CLIENT -> cloud().client(service().address());
          case CLIENT_LOGGED ->
              LoggedRival.over(cloud().client(service().address()), Scratch.in(directory));
          case CLOUD -> EnclaveRival.remote(directory, duel.scheme(), cloud(), service().address());
          case CLOUD_UNAUDITED ->
              EnclaveRival.unaudited(duel.scheme(), cloud(), service().address());
          case TLS_JDK -> TlsRival.ofJdk(directory);
          case TLS_CLOUD -> TlsRival.remote(directory, duel.scheme(), cloud(), service().address());
        };
    List<Rival.Work> works = new ArrayList<>();
    fighters.add(new Fighter(side, rival, works));
    for (int i = 0; i < duel.threads(); i++) {
      works.add(rival.signing());
    }
  }

  private RemoteCloud cloud() {
    return duel.cloud().orElseThrow();
  }

  private RemoteService service() throws IOException {
    RemoteService running = service;
    if (running == null) {
      running = RemoteService.start(cloud());
      service = running;
    }
    return running;
  }

  /**
   * The service is far away from now on. It is near while the sides warm up: at a few signatures a
   * second neither would be compiled within minutes, and a service that signs for days is.
   */
  private void depart() throws IOException {
    if (service != null) {
      service.far();
    }
  }

  private Map<Duel.Side, List<Double>> rounds(int rounds, long sliceNanos) throws Exception {
    Map<Duel.Side, List<Double>> rates = new EnumMap<>(Duel.Side.class);
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < fighters.size(); i++) {
        // Another one begins each time: what one leaves to do strikes all the others alike.
        Fighter fighter = fighters.get((round + i) % fighters.size());
        rates
            .computeIfAbsent(fighter.side(), side -> new ArrayList<>())
            .add(slice(fighter, sliceNanos));
      }
    }
    return rates;
  }

  /**
   * Signatures a second of all threads together, from the first one's begin to the last one's end:
   * with more threads than processors they do not begin at the same time.
   */
  private double slice(Fighter fighter, long nanos) throws Exception {
    List<Callable<Hand>> hands = new ArrayList<>();
    for (Rival.Work work : fighter.works()) {
      hands.add(() -> hand(work, nanos));
    }
    Expenses spent = expenses.computeIfAbsent(fighter.side(), side -> new Expenses());
    Expenses.Reading before = spent.read();
    Hand all = null;
    for (Future<Hand> hand : threads.invokeAll(hands)) {
      all = all == null ? hand.get() : all.and(hand.get());
    }
    Hand together = Objects.requireNonNull(all);
    spent.add(before, spent.read(), together.done());
    return together.rate();
  }

  private Hand hand(Rival.Work work, long nanos) throws Exception {
    start.await();
    long begun = System.nanoTime();
    long done = 0;
    long now;
    do {
      if (work.once() == null) {
        throw new IllegalStateException("A signature is missing.");
      }
      done++;
      now = System.nanoTime();
    } while (now - begun < nanos);
    return new Hand(begun, now, done);
  }

  /** What one thread, or several, did between two readings of the clock. */
  private record Hand(long begun, long ended, long done) {

    Hand and(Hand other) {
      return new Hand(
          Math.min(begun, other.begun), Math.max(ended, other.ended), done + other.done);
    }

    double rate() {
      return done * 1e9 / (ended - begun);
    }
  }

  @Override
  public void close() {
    threads.shutdown();
    fighters.forEach(fighter -> fighter.rival().close());
    if (service != null) {
      service.close();
    }
  }

  /** Measures in a JVM that has done nothing else. */
  public static Duel.Result inFreshJvm(Duel duel, Settings settings, List<String> jvmOptions)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(DuelProbe.class.getName());
    command.add(duel.scheme().name());
    command.add(String.valueOf(duel.threads()));
    command.add(duel.sides().stream().map(Duel.Side::name).collect(Collectors.joining(",")));
    command.add(settings.directory().toString());
    command.add(
        String.valueOf(duel.remote() ? settings.remoteWarmUpRounds() : settings.warmUpRounds()));
    command.add(String.valueOf(settings.duelRounds()));
    command.add(
        String.valueOf(duel.remote() ? settings.remoteMillis() : settings.iterationMillis()));
    duel.cloud().ifPresent(cloud -> command.add(cloud.id()));
    Process probe =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String line = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (probe.waitFor() != 0) {
      throw new IllegalStateException(duel.title() + " by turns failed in its JVM.");
    }
    return Duel.Result.parse(line);
  }
}
