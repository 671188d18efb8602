package dev.enclave.campaign.records;

import dev.enclave.KeyName;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.CloudServer;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.campaign.cloud.Requests;
import dev.enclave.campaign.cloud.SealedHalves;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.InMemoryStore;
import dev.enclave.testkit.record.InMemoryRecords;
import dev.enclave.testkit.record.InMemoryRecords.Operation;
import java.security.KeyPair;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Records in memory: what a store of records is asked to do takes the place of requests. */
final class RecordsUnderTest implements CloudUnderTest {

  private static final String URI = "heap://keys/";

  /** The one that was started last. */
  private InMemoryStore store = new InMemoryStore();

  private final Set<KeyName> names = ConcurrentHashMap.newKeySet();

  @Override
  public BackendProvider provider() {
    return new InMemoryProvider(store);
  }

  @Override
  public CloudServer start(FaultInjector faults, InstantSource clock) {
    store = new InMemoryStore();
    names.clear();
    store.records().asking(new Faulty(faults, names));
    return new Running();
  }

  @Override
  public CloudAccount account(Deployment deployment) {
    return new Account(store.records(), names);
  }

  @Override
  public Requests requests() {
    return Requests.ofStoredKeys(
        Set.of(Operation.FIND.name(), Operation.SETTLE.name()),
        Set.of(),
        List.of(Operation.CREATE.name()),
        Set.of(Operation.REPLACE.name()));
  }

  @Override
  public boolean leavesOrphans() {
    return false;
  }

  /** Has operations fail as requests would. */
  private record Faulty(FaultInjector faults, Set<KeyName> names) implements InMemoryRecords.Fault {

    /** Whether the answer to what this thread asks will be. */
    private static final ThreadLocal<Boolean> LOST = ThreadLocal.withInitial(() -> false);

    @Override
    public void at(Operation operation, KeyName name, boolean done) throws BackendFailure {
      names.add(name);
      if (!done) {
        Optional<Fault> fault = faults.next(operation.name()).fault();
        LOST.set(fault.equals(Optional.of(Fault.resetAfter())));
        if (fault.isPresent() && !LOST.get()) {
          throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "Nothing is reached.");
        }
      } else if (LOST.get()) {
        throw BackendFailure.ambiguous(FailureCode.UNAVAILABLE, "The answer is lost.");
      }
    }
  }

  private record Running() implements CloudServer {

    @Override
    public Deployment deployment() {
      return Deployment.of(
          Map.of("enclave.environment", "development", "enclave.backend", "memory"));
    }

    @Override
    public List<JournalEntry> journal() {
      return List.of();
    }

    @Override
    public void close() {}
  }

  private record Account(InMemoryRecords records, Set<KeyName> names) implements CloudAccount {

    @Override
    public Map<String, Set<String>> claimed() {
      Map<String, Set<String>> claimed = new HashMap<>();
      for (KeyName name : names) {
        records
            .content(name)
            .ifPresent(
                record ->
                    claimed.put(
                        name.value(),
                        SealedHalves.of(record.toByteArray()).stream()
                            .map(half -> URI + name + "/" + half)
                            .collect(Collectors.toSet())));
      }
      return claimed;
    }

    @Override
    public Map<String, State> keys() {
      Map<String, State> keys = new HashMap<>();
      claimed().values().forEach(of -> of.forEach(half -> keys.put(half, State.LIVE)));
      return keys;
    }

    @Override
    public String importP256(KeyPair pair) {
      throw new UnsupportedOperationException("keys are taken in by Enclave alone");
    }

    @Override
    public void close() {}
  }
}
