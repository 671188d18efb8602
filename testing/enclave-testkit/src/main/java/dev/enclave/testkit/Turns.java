package dev.enclave.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Racers who reach what they share in one order of many: one of them runs at a time, from one
 * {@link #turn()} to the next. A race ends the same way whenever its order is the same, so that
 * each order can be tried. One race each; racers' threads and the thread of the race use it.
 */
public final class Turns {

  /** One race, and what it proves. */
  @FunctionalInterface
  public interface Race {
    /** Calls {@link Turns#race} once. */
    void run(Turns turns) throws Exception;
  }

  /** Nothing that a racer does between two turns takes so long. */
  private static final int STUCK_SECONDS = 120;

  private final List<Integer> given;
  private final int mostSwitches;
  private final List<Integer> order = new ArrayList<>();
  private final List<List<Integer>> others = new ArrayList<>();
  private final List<Semaphore> turns = new ArrayList<>();
  private final List<Integer> running = new ArrayList<>();
  private final Semaphore stopped = new Semaphore(0);
  private final Map<Thread, Integer> threads = new ConcurrentHashMap<>();
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
  public static int inEachOrder(int switches, Race race) throws Exception {
    return inOrders(switches, Integer.MAX_VALUE, race);
  }

  /**
   * Runs it in some of these orders, the same ones each time.
   *
   * @param most how many orders at most
   * @return how many orders it ran in
   */
  public static int inOrders(int switches, int most, Race race) throws Exception {
    List<List<Integer>> open = new ArrayList<>(List.of(List.of()));
    Random random = new Random(1);
    int orders = 0;
    while (!open.isEmpty() && orders < most) {
      Turns turns = new Turns(open.remove(random.nextInt(open.size())), switches);
      race.run(turns);
      open.addAll(turns.others);
      orders++;
    }
    return orders;
  }

  /** What the racers return, in the order in which they are given. */
  public <T> List<T> race(List<? extends Callable<T>> racers) throws Exception {
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
        if (!stopped.tryAcquire(STUCK_SECONDS, TimeUnit.SECONDS)) {
          throw new AssertionError(this + " are stuck: the last one neither ended nor had a turn");
        }
      }
      List<T> all = new ArrayList<>();
      for (Future<T> result : results) {
        all.add(valueOf(result));
      }
      return all;
    } finally {
      // Whoever waits still, since another one is stuck, runs on.
      turns.forEach(turn -> turn.release(Short.MAX_VALUE));
      pool.shutdownNow();
    }
  }

  private static <T> T valueOf(Future<T> result) throws InterruptedException {
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw new AssertionError("a racer failed: " + e.getCause(), e.getCause());
    }
  }

  private <T> T run(int number, Callable<T> racer) throws Exception {
    turns.get(number).acquire();
    threads.put(Thread.currentThread(), number);
    try {
      return racer.call();
    } finally {
      threads.remove(Thread.currentThread());
      running.remove((Object) number);
      stopped.release();
    }
  }

  /** Who goes on; whoever could as well is left to another race. */
  private int next() {
    int step = order.size();
    int last = step == 0 ? -1 : order.get(step - 1);
    boolean goesOn = running.contains(last);
    // How many turns a racer has may depend on a second that ends: then another one goes on.
    boolean asGiven = step < given.size() && running.contains(given.get(step));
    int next = asGiven ? given.get(step) : goesOn ? last : running.get(0);
    if (step >= given.size() && (!goesOn || switches < mostSwitches)) {
      running.stream()
          .filter(other -> other != next)
          .map(other -> Stream.concat(order.stream(), Stream.of(other)).toList())
          .forEach(others::add);
    }
    switches += goesOn && next != last ? 1 : 0;
    return next;
  }

  /**
   * Waits for the turn of the racer whose thread this is, who is about to reach what all share.
   *
   * @return whether it is a racer's; nothing happens in other threads
   */
  public boolean turn() {
    Integer racer = threads.get(Thread.currentThread());
    if (racer != null) {
      stopped.release();
      turns.get(racer).acquireUninterruptibly();
    }
    return racer != null;
  }

  /** The order so far, for what is said of a failure. */
  @Override
  public String toString() {
    return "racers in the order " + order;
  }
}
