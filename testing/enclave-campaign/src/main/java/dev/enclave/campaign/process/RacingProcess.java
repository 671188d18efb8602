package dev.enclave.campaign.process;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RewrapReport;
import dev.enclave.admin.RotationRequest;
import dev.enclave.campaign.cloud.Clouds;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.RecordingAuditSink;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A process of many racers for one key, race after race until its input ends. A race is a line:
 * {@code create}, {@code rotate} or {@code rewrap}, the key's name, and how many racers there are.
 * The process says {@code ready}, goes when it reads a line, and says a line for each racer: {@code
 * won}, {@code unsure} or the error's code, and the key that the racer got. Unsure is who lost
 * after an attempt of which the library could not tell what became of it.
 */
public final class RacingProcess {

  private static final Duration PAUSE = Duration.ofMillis(500);

  private RacingProcess() {}

  /** Arguments: cloud, deployment. */
  public static void main(String[] arguments) throws Exception {
    Deployment deployment = Deployment.read(arguments[1]);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Enclave enclave =
        reached(() -> open(deployment, arguments[0]), EnclaveException::retryable)) {
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        String[] race = line.split(" ", -1);
        int racers = Integer.parseInt(race[2]);
        ExecutorService threads = Executors.newFixedThreadPool(racers);
        try {
          race(threads, racers, racer(enclave, race[0], race[1]), input)
              .forEach(System.out::println);
        } finally {
          threads.shutdownNow();
        }
      }
    }
  }

  private static Callable<String> racer(Enclave enclave, String what, String name) {
    return switch (what) {
      case "create" -> () -> create(enclave, name);
      case "rewrap" -> () -> rewrap(enclave);
      default -> rotation(enclave, name);
    };
  }

  private static Enclave open(Deployment deployment, String cloud) {
    return deployment.builder(Clouds.named(cloud)).with(new RecordingAuditSink()).open();
  }

  private static List<String> race(
      ExecutorService threads, int racers, Callable<String> race, BufferedReader input)
      throws Exception {
    CyclicBarrier start = new CyclicBarrier(racers + 1);
    List<Future<String>> running = new ArrayList<>();
    for (int i = 0; i < racers; i++) {
      running.add(
          threads.submit(
              () -> {
                start.await();
                return race.call();
              }));
    }
    System.out.println("ready");
    input.readLine();
    start.await();
    List<String> said = new ArrayList<>();
    for (Future<String> one : running) {
      said.add(one.get());
    }
    return said;
  }

  private static String create(Enclave enclave, String name) {
    KeySpec<SigningKey> spec = KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_P256_SHA256);
    Attempts attempts = new Attempts();
    try {
      SigningKey made = reached(() -> enclave.createKey(spec), attempts::again);
      return "won " + made.publicKey().fingerprint();
    } catch (EnclaveException e) {
      System.err.println(e.getMessage());
      SigningKey found = reached(() -> enclave.ensureKey(spec), EnclaveException::retryable);
      return attempts.lostWith(e) + " " + found.publicKey().fingerprint();
    }
  }

  /** All keys; {@code won} and how many it sealed anew. */
  private static String rewrap(Enclave enclave) {
    RewrapReport report = enclave.admin().rewrapping().orElseThrow().rewrap();
    return report.complete()
        ? "won " + report.rewrapped().size()
        : "failed " + report.failed().keySet();
  }

  private static Callable<String> rotation(Enclave enclave, String name) {
    KeyVersionId active = enclave.signingKeys().key(name).activeVersion().id();
    RotationRequest request = RotationRequest.ifActive(active);
    return () -> {
      SigningKey key = enclave.signingKeys().key(name);
      Attempts attempts = new Attempts();
      try {
        return "won "
            + reached(() -> enclave.admin().key(key.handle()).rotate(request), attempts::again)
                .active()
                .id();
      } catch (EnclaveException e) {
        System.err.println(e.getMessage());
        return attempts.lostWith(e)
            + " "
            + reached(() -> key.activeVersion().id(), EnclaveException::retryable);
      }
    };
  }

  /** Of one racer: on a busy machine it may have won without having heard so. */
  private static final class Attempts {

    private boolean unknown;

    boolean again(EnclaveException e) {
      unknown |= e.code() == ErrorCode.OUTCOME_UNKNOWN;
      return e.retryable() || e.code() == ErrorCode.OUTCOME_UNKNOWN;
    }

    String lostWith(EnclaveException e) {
      return unknown ? "unsure" : e.code().name();
    }
  }

  /**
   * A hundred racers on a small machine may find it too busy to be let in at once. They come again
   * when the error says to, and as often as it says that another call may help: how long that is,
   * the machine decides, and the service does answer.
   */
  private static <T> T reached(Supplier<T> call, Predicate<EnclaveException> again) {
    while (true) {
      try {
        return call.get();
      } catch (EnclaveException e) {
        if (!again.test(e)) {
          throw e;
        }
        Duration told =
            e.retryAt().map(at -> Duration.between(Instant.now(), at)).orElse(Duration.ZERO);
        LockSupport.parkNanos((told.compareTo(PAUSE) > 0 ? told : PAUSE).toNanos());
      }
    }
  }
}
