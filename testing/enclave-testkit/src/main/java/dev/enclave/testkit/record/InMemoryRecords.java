package dev.enclave.testkit.record;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.record.RecordStore;
import dev.enclave.spi.record.StoredRecord;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Records in memory, and the stores over them: local ones, that know at once what was changed, and
 * remote ones, that have to be asked. For tests of what stands on a store. Thread-safe.
 */
public final class InMemoryRecords {

  /** The longest content of a record, in bytes. */
  public static final int LONGEST = 1 << 20;

  final ConcurrentSkipListMap<KeyName, StoredRecord> records = new ConcurrentSkipListMap<>();
  private final AtomicLong revisions = new AtomicLong();
  private final String id;
  private volatile Fault fault = (operation, name, done) -> {};

  /** None yet, in a store of this id. */
  public InMemoryRecords(String id) {
    this.id = id;
  }

  /** What a store does to one record. */
  public enum Operation {
    FIND,
    CREATE,
    REPLACE,
    SETTLE
  }

  /** What happens at an operation of any store over these records. */
  @FunctionalInterface
  public interface Fault {

    /**
     * Is asked before an operation and once more after it.
     *
     * @param done whether it has been carried out
     * @throws BackendFailure to have the operation fail with it
     */
    void at(Operation operation, KeyName name, boolean done) throws BackendFailure;
  }

  /** Has every operation ask {@code fault} from now on. */
  public void asking(Fault other) {
    fault = other;
  }

  /** Another store over these records, as one more process has it. */
  public RecordStore local() {
    return new InMemoryRecordStore(this, false, Integer.MAX_VALUE);
  }

  /** As {@link #local}, as if it were at another machine. */
  public RecordStore remote() {
    return new InMemoryRecordStore(this, true, Integer.MAX_VALUE);
  }

  /** As {@link #remote}, with pages of so many names. */
  public RecordStore paged(int perPage) {
    return new InMemoryRecordStore(this, true, perPage);
  }

  /** What a record holds, past any store. */
  public Optional<Bytes> content(KeyName name) {
    return Optional.ofNullable(records.get(name)).map(StoredRecord::content);
  }

  /** Writes a record past any store, as who tampers with it does. */
  public void put(KeyName name, Bytes content) {
    records.put(name, next(name, content));
  }

  /** Removes a record past any store. */
  public void remove(KeyName name) {
    records.remove(name);
  }

  String id() {
    return id;
  }

  StoredRecord next(KeyName name, Bytes content) {
    return StoredRecord.of(name, Long.toString(revisions.incrementAndGet()), content);
  }

  void ask(Operation operation, KeyName name, boolean done) throws BackendFailure {
    fault.at(operation, name, done);
  }
}
