package dev.enclave.testkit.record;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.record.RecordStore;
import dev.enclave.spi.record.StoredRecord;
import java.util.Optional;

/** A store that does what another does; for those that do one thing otherwise. */
class ForwardingStore implements RecordStore {

  final RecordStore store;

  ForwardingStore(RecordStore store) {
    this.store = store;
  }

  @Override
  public String storeId() {
    return store.storeId();
  }

  @Override
  public String place() {
    return store.place();
  }

  @Override
  public String nameOf(KeyName name) {
    return store.nameOf(name);
  }

  @Override
  public String uriOf(KeyName name) {
    return store.uriOf(name);
  }

  @Override
  public int longest() {
    return store.longest();
  }

  @Override
  public boolean isRemote() {
    return store.isRemote();
  }

  @Override
  public Optional<StoredRecord> find(KeyName name, CallContext call) throws BackendFailure {
    return store.find(name, call);
  }

  @Override
  public StoredRecord create(KeyName name, Bytes content, CallContext call) throws BackendFailure {
    return store.create(name, content, call);
  }

  @Override
  public StoredRecord replace(StoredRecord before, Bytes content, CallContext call)
      throws BackendFailure {
    return store.replace(before, content, call);
  }

  @Override
  public void settle(KeyName name, CallContext call) throws BackendFailure {
    store.settle(name, call);
  }

  @Override
  public boolean isUnchanged(StoredRecord record) {
    return store.isUnchanged(record);
  }

  @Override
  public KeyLister.Names page(Optional<String> from, CallContext call) throws BackendFailure {
    return store.page(from, call);
  }

  @Override
  public void close() {
    store.close();
  }
}
