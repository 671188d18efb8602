package dev.enclave.campaign.cloud;

import dev.enclave.KeyAlgorithm;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.spi.backend.BackendProvider;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What the campaigns need to know of a cloud. Without state; has a public constructor without
 * arguments and a line in {@code META-INF/services}, by which other processes find it.
 */
public interface CloudUnderTest {

  /** A new provider of the cloud's backend. */
  BackendProvider provider();

  /** New providers of the other backends that it needs, such as that of a key-encryption key. */
  default List<BackendProvider> others() {
    return List.of();
  }

  /** Has this process see the place that a deployment points at; by its settings, by default. */
  default void reach(Deployment deployment) {}

  /**
   * Starts an empty server on loopback, in this process and on free ports.
   *
   * @param faults what will go wrong with requests
   * @param clock the server's time: where clients only wait it is skipped, by as much for the
   *     server as for them. A server that judges requests by the client's clock keeps the
   *     machine's.
   */
  CloudServer start(FaultInjector faults, InstantSource clock);

  /** The account on a server, maybe in another process, that a deployment points at. */
  CloudAccount account(Deployment deployment);

  /** The requests that Enclave may send to the service. */
  Requests requests();

  /** The operations whose answers say nothing that the audit log could name a request by. */
  default Set<String> nameless() {
    return Set.of();
  }

  /**
   * What may happen to requests of an operation. A wrong answer in it is one that no repetition
   * gets over: it must end the call with an {@link dev.enclave.error.IntegrityException}.
   *
   * @param operation its name in the journal
   */
  default List<Fault> faults(String operation) {
    return Faults.OF_ANY_REQUEST;
  }

  /**
   * Whether one wrong answer always ends the call. Not where it may be to a reading that only
   * confirms what is known, and is repeated when somebody needs it: then nobody is told what is
   * wrong, and only answers that are wrong for good have to be noticed.
   */
  default boolean noticesEachWrongAnswer() {
    return true;
  }

  /**
   * Whether a caller that is throttled is told to wait for longer than a signature may take: then
   * the call ends, and says when to come again.
   */
  default boolean throttlingOutlastsCalls() {
    return false;
  }

  /**
   * How often a request that only reads may reach the service in one attempt: more than once where
   * the HTTP client repeats it without being asked.
   */
  default int requestsOfARead() {
    return 1;
  }

  /**
   * The same of a signature: more than once where the backend itself repeats it, in a new session.
   */
  default int requestsOfASignature() {
    return 1;
  }

  /**
   * What applications can do with keys there; by default everything. What takes keys in is played
   * exactly if the backend declares that it imports.
   */
  default Set<Scenario> scenarios() {
    return EnumSet.allOf(Scenario.class);
  }

  /** The algorithm of a scenario's key, where the service lacks {@link Scenario#algorithm()}. */
  default KeyAlgorithm algorithm(Scenario scenario) {
    return scenario.algorithm();
  }

  /**
   * Whether a creation whose answers are lost may leave a key behind that belongs to no name; then
   * {@link dev.enclave.admin.Administration#orphans()} must find each of them. If not, none may be
   * left.
   */
  boolean leavesOrphans();

  /**
   * What opens a backend alone that declares the same; another one where this one cannot be opened
   * without its others.
   */
  default CloudUnderTest alone() {
    return this;
  }
}
