package dev.enclave.testkit.record;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.error.UsageException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.record.RecordStore;
import dev.enclave.spi.record.StoredRecord;
import dev.enclave.testkit.record.InMemoryRecords.Operation;
import java.util.List;
import java.util.Optional;

/** A store over {@link InMemoryRecords}. */
final class InMemoryRecordStore implements RecordStore {

  private final InMemoryRecords all;
  private final boolean remote;
  private final int perPage;

  InMemoryRecordStore(InMemoryRecords all, boolean remote, int perPage) {
    this.all = all;
    this.remote = remote;
    this.perPage = perPage;
  }

  @Override
  public String storeId() {
    return all.id();
  }

  @Override
  public String place() {
    return "memory " + all.id();
  }

  @Override
  public String nameOf(KeyName name) {
    return "memory " + all.id() + "/" + name;
  }

  @Override
  public String uriOf(KeyName name) {
    return "heap://" + all.id() + "/" + name;
  }

  @Override
  public int longest() {
    return InMemoryRecords.LONGEST;
  }

  @Override
  public boolean isRemote() {
    return remote;
  }

  @Override
  public Optional<StoredRecord> find(KeyName name, CallContext call) throws BackendFailure {
    all.ask(Operation.FIND, name, false);
    Optional<StoredRecord> found = Optional.ofNullable(all.records.get(name));
    all.ask(Operation.FIND, name, true);
    return found;
  }

  @Override
  public StoredRecord create(KeyName name, Bytes content, CallContext call) throws BackendFailure {
    all.ask(Operation.CREATE, name, false);
    requireFit(name, content);
    StoredRecord created = all.next(name, content);
    if (all.records.putIfAbsent(name, created) != null) {
      throw BackendFailure.permanent(
          FailureCode.ALREADY_EXISTS, "There is a record of " + name + " already.");
    }
    all.ask(Operation.CREATE, name, true);
    return created;
  }

  @Override
  public StoredRecord replace(StoredRecord before, Bytes content, CallContext call)
      throws BackendFailure {
    KeyName name = before.name();
    all.ask(Operation.REPLACE, name, false);
    requireFit(name, content);
    StoredRecord replaced = all.next(name, content);
    StoredRecord there =
        all.records.computeIfPresent(
            name, (unused, found) -> found.revision().equals(before.revision()) ? replaced : found);
    if (there == null) {
      throw BackendFailure.permanent(
          FailureCode.NOT_FOUND, "There is no record of " + name + " any more.");
    }
    if (!there.revision().equals(replaced.revision())) {
      throw BackendFailure.permanent(
          FailureCode.CONFLICT, "The record of " + name + " was replaced meanwhile.");
    }
    all.ask(Operation.REPLACE, name, true);
    return replaced;
  }

  @Override
  public void settle(KeyName name, CallContext call) throws BackendFailure {
    all.ask(Operation.SETTLE, name, false);
    all.ask(Operation.SETTLE, name, true);
  }

  @Override
  public boolean isUnchanged(StoredRecord record) {
    StoredRecord there = all.records.get(record.name());
    return !remote && there != null && there.revision().equals(record.revision());
  }

  @Override
  public KeyLister.Names page(Optional<String> from, CallContext call) throws BackendFailure {
    List<KeyName> left =
        List.copyOf(
            from.isEmpty()
                ? all.records.keySet()
                : all.records.tailMap(last(from.get()), false).keySet());
    return left.size() <= perPage
        ? KeyLister.Names.of(left, Optional.empty())
        : KeyLister.Names.of(
            left.subList(0, perPage), Optional.of("after:" + left.get(perPage - 1)));
  }

  private static KeyName last(String from) throws BackendFailure {
    try {
      if (from.startsWith("after:")) {
        return KeyName.of(from.substring("after:".length()));
      }
    } catch (UsageException e) {
      throw KeyLister.Names.unknown();
    }
    throw KeyLister.Names.unknown();
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
