package dev.enclave.emulators.fault;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides, for one server, what goes wrong with each request; an adapter for the server's transport
 * does it. The plan may be replaced and an outage begun and ended at any time. Thread-safe.
 */
public final class FaultInjector {

  /** The server's side: what an adapter lets the injector do. */
  public interface Server {

    /** The wrong answers that the service can give, by name. */
    Set<String> wrongAnswers();

    /** Closes all connections and lets new ones be refused. */
    void refuseConnections();

    /** Takes connections again, at the same address. */
    void acceptConnections();
  }

  private final Map<String, Long> ofOperation = new HashMap<>();
  private final Map<String, Long> injected = new TreeMap<>();
  private FaultPlan plan;
  private long requests;
  private Fault.@Nullable Outage outage;
  private @Nullable Server server;

  private volatile Consumer<String> arrivals = operation -> {};

  /** Nothing goes wrong until it is told so. */
  public FaultInjector() {
    this(FaultPlan.NONE);
  }

  /** By {@code plan} from the first request on. */
  public FaultInjector(FaultPlan plan) {
    this.plan = plan;
  }

  /**
   * Joins it with its server; for adapters.
   *
   * @throws IllegalArgumentException when the plan has a wrong answer that the service has not
   */
  public synchronized void attach(Server newServer) {
    requireOffered(plan, newServer);
    server = newServer;
  }

  /**
   * Follows {@code newPlan} from now on: the next request of each operation is its first.
   *
   * @throws IllegalArgumentException when it has a wrong answer that the service has not
   */
  public synchronized void follow(FaultPlan newPlan) {
    if (server != null) {
      requireOffered(newPlan, server);
    }
    plan = newPlan;
    requests = 0;
    ofOperation.clear();
  }

  private static void requireOffered(FaultPlan plan, Server server) {
    for (FaultRule rule : plan.rules()) {
      if (rule.fault() instanceof Fault.Wrong wrong
          && !server.wrongAnswers().contains(wrong.kind())) {
        throw new IllegalArgumentException(
            "The service has no wrong answer \""
                + wrong.kind()
                + "\". It has "
                + new TreeSet<>(server.wrongAnswers())
                + ".");
      }
    }
  }

  /**
   * From now on {@code onArrival} is told the operation of each request that arrives, by the thread
   * of the request and before anything is decided about it. The request waits for it.
   */
  public void watch(Consumer<String> onArrival) {
    arrivals = onArrival;
  }

  /** The plan in force. */
  public synchronized FaultPlan plan() {
    return plan;
  }

  /**
   * From now on nothing reaches the service.
   *
   * @throws IllegalStateException when connections shall be refused and no server is there yet
   */
  public void beginOutage(Fault.Outage kind) {
    Server told;
    synchronized (this) {
      outage = kind;
      told = server;
    }
    // Not under the lock, which requests under way need before their connections can be closed.
    if (kind == Fault.Outage.REFUSED) {
      requireServer(told).refuseConnections();
    }
  }

  /** The plan applies again. */
  public void endOutage() {
    Fault.Outage ended;
    Server told;
    synchronized (this) {
      ended = outage;
      told = server;
      outage = null;
    }
    if (ended == Fault.Outage.REFUSED) {
      requireServer(told).acceptConnections();
    }
  }

  private static Server requireServer(@Nullable Server server) {
    return Optional.ofNullable(server)
        .orElseThrow(
            () ->
                new IllegalStateException("No server is there yet. Start it with this injector."));
  }

  /**
   * Decides about a request that has just arrived; for adapters. Requests during an outage do not
   * count for the plan.
   *
   * @param operation the operation's own name
   */
  public Injection next(String operation) {
    arrivals.accept(operation);
    return decide(operation);
  }

  private synchronized Injection decide(String operation) {
    Injection decided = outage == null ? planned(operation) : Injection.of(outage);
    decided.latency().ifPresent(this::count);
    decided.fault().ifPresent(this::count);
    return decided;
  }

  private Injection planned(String operation) {
    requests++;
    return plan.decide(operation, ofOperation.merge(operation, 1L, Long::sum), requests);
  }

  private void count(Fault fault) {
    injected.merge(fault.toString(), 1L, Long::sum);
  }

  /** How often each fault was injected so far, under all plans. */
  public synchronized Map<String, Long> injected() {
    return new TreeMap<>(injected);
  }

  /** How many faults were injected so far, latencies among them. */
  public synchronized long total() {
    return injected.values().stream().mapToLong(Long::longValue).sum();
  }
}
