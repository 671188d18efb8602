package dev.enclave.campaign.bench;

import dev.enclave.Enclave;
import dev.enclave.error.EnclaveException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ObjIntConsumer;

/** Applications with an Enclave each, which try again what fails until it does not. */
public final class Callers {

  private static final int CALLERS = 8;
  private static final int MOST_TRIES = 50;

  private final Map<String, Integer> errors = new ConcurrentHashMap<>();

  /** Lets them share {@code tasks}, numbered from 0. */
  public void run(Bench bench, int tasks, ObjIntConsumer<Enclave> task) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        int caller = i;
        running.add(threads.submit(() -> share(bench, caller, tasks, task)));
      }
      for (Future<?> caller : running) {
        caller.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private void share(Bench bench, int caller, int tasks, ObjIntConsumer<Enclave> task) {
    SkippingTime time = bench.time();
    try (Enclave enclave = opened(bench, time)) {
      for (int i = caller; i < tasks; i += CALLERS) {
        done(enclave, time, i, task);
      }
    }
  }

  /** Starting meets the faults too, and is tried again as a supervisor would. */
  private Enclave opened(Bench bench, SkippingTime time) {
    for (int tries = 1; ; tries++) {
      try {
        return bench.open(time, bench.audit());
      } catch (EnclaveException e) {
        count(e, tries, time);
      }
    }
  }

  private void done(Enclave enclave, SkippingTime time, int number, ObjIntConsumer<Enclave> task) {
    for (int tries = 1; ; tries++) {
      try {
        task.accept(enclave, number);
        return;
      } catch (EnclaveException e) {
        count(e, tries, time);
      }
    }
  }

  /** And comes again when the error says to. */
  private void count(EnclaveException e, int tries, SkippingTime time) {
    errors.merge(e.code().name(), 1, Integer::sum);
    if (tries == MOST_TRIES) {
      throw e;
    }
    Duration wait = e.retryAt().map(at -> Duration.between(time.now(), at)).orElse(Duration.ZERO);
    if (!wait.isNegative()) {
      time.skip(wait);
    }
  }

  /** How often what failed. */
  public Map<String, Integer> errors() {
    return new TreeMap<>(errors);
  }
}
