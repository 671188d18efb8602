package dev.enclave.testkit.rotation;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.BackendDecorator.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/**
 * Racers who call their backends in one order of many: one of them runs at a time, from one call to
 * the next. A race has the same outcome whenever its order is the same, so that each can be tried.
 */
final class Turns implements SharedKeys.Between {

  /** One race, and what it proves. */
  interface Race {
    void run(Turns turns) throws Exception;
  }

  private final List<Integer> given;
  private final int mostSwitches;
  private final List<Integer> order = new ArrayList<>();
  private final List<List<Integer>> others = new ArrayList<>();
  private final Map<Thread, Integer> threads = new ConcurrentHashMap<>();
  private final List<Semaphore> turns = new ArrayList<>();
  private final List<Integer> running = new ArrayList<>();
  private final Semaphore stopped = new Semaphore(0);
  private int switches;

  private Turns(List<Integer> given, int mostSwitches) {
    this.given = given;
    this.mostSwitches = mostSwitches;
  }

  /**
   * Runs a race in each order in which a racer that could go on has to wait {@code switches} times
   * at most.
   *
   * @return how many orders there are
   */
  static int inEachOrder(int switches, Race race) throws Exception {
    List<List<Integer>> open = new ArrayList<>(List.of(List.of()));
    int orders = 0;
    while (!open.isEmpty()) {
      Turns turns = new Turns(open.remove(open.size() - 1), switches);
      race.run(turns);
      open.addAll(turns.others);
      orders++;
    }
    return orders;
  }

  /** What the racers return. */
  <T> List<T> race(List<? extends Callable<T>> racers) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(racers.size());
    try {
      List<Future<T>> results = new ArrayList<>();
      for (Callable<T> racer : racers) {
        int number = turns.size();
        turns.add(new Semaphore(0));
        running.add(number);
        results.add(pool.submit(() -> run(number, racer)));
      }
      while (!running.isEmpty()) {
        int next = next();
        order.add(next);
        turns.get(next).release();
        stopped.acquire();
      }
      List<T> all = new ArrayList<>();
      for (Future<T> result : results) {
        all.add(result.get());
      }
      return all;
    } finally {
      pool.shutdownNow();
    }
  }

  private <T> T run(int number, Callable<T> racer) throws Exception {
    threads.put(Thread.currentThread(), number);
    turns.get(number).acquire();
    try {
      return racer.call();
    } finally {
      running.remove((Object) number);
      stopped.release();
    }
  }

  /** Who goes on; whoever could as well is left to another race. */
  private int next() {
    int step = order.size();
    List<Integer> last = step == 0 ? List.of() : order.subList(step - 1, step);
    boolean goesOn = running.containsAll(last) && !last.isEmpty();
    int next = step < given.size() ? given.get(step) : goesOn ? last.get(0) : running.get(0);
    if (step >= given.size() && (!goesOn || switches < mostSwitches)) {
      running.stream()
          .filter(other -> other != next)
          .map(other -> Stream.concat(order.stream(), Stream.of(other)).toList())
          .forEach(others::add);
    }
    switches += goesOn && !last.contains(next) ? 1 : 0;
    return next;
  }

  /** Before each call of a racer; the calls of others are not held up. */
  @Override
  public <T> T around(String operation, CallContext context, Call<T> call) throws BackendFailure {
    Integer racer = threads.get(Thread.currentThread());
    if (racer != null) {
      stopped.release();
      turns.get(racer).acquireUninterruptibly();
    }
    return call.run(context);
  }

  @Override
  public String toString() {
    return "racers in the order " + order;
  }
}
