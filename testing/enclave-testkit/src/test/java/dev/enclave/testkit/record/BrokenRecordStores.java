package dev.enclave.testkit.record;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.record.RecordStore;
import dev.enclave.spi.record.StoredRecord;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Stores that break one promise each. */
final class BrokenRecordStores {

  private BrokenRecordStores() {}

  /** The contract over a store that is bent. */
  abstract static class Contract implements RecordStoreContract {

    private final InMemoryRecords records = new InMemoryRecords("broken");
    private final MutableClock clock = new MutableClock();

    abstract RecordStore bent(RecordStore store);

    @Override
    public RecordStore open() {
      return bent(records.paged(3));
    }

    @Override
    public void remove(KeyName name) {
      records.remove(name);
    }

    @Override
    public CallContext call() {
      return CallContext.of("call", 1, Deadline.in(Duration.ofMinutes(1), clock), clock);
    }

    @Override
    public int perPage() {
      return 3;
    }
  }

  static final class Unbroken extends Contract {
    @Override
    RecordStore bent(RecordStore store) {
      return store;
    }
  }

  static final class ReplacesWhateverIsThere extends Contract {
    @Override
    RecordStore bent(RecordStore store) {
      return new ForwardingStore(store) {
        @Override
        public StoredRecord replace(StoredRecord before, Bytes content, CallContext call)
            throws BackendFailure {
          while (true) {
            StoredRecord there = store.find(before.name(), call).orElse(before);
            try {
              return store.replace(there, content, call);
            } catch (BackendFailure e) {
              if (e.code() != FailureCode.CONFLICT) {
                throw e;
              }
            }
          }
        }
      };
    }
  }

  static final class CreatesOverARecord extends Contract {
    @Override
    RecordStore bent(RecordStore store) {
      return new ForwardingStore(store) {
        @Override
        public StoredRecord create(KeyName name, Bytes content, CallContext call)
            throws BackendFailure {
          Optional<StoredRecord> there = store.find(name, call);
          return there.isPresent()
              ? store.replace(there.get(), content, call)
              : store.create(name, content, call);
        }
      };
    }
  }

  static final class RemembersWhatItRead extends Contract {
    @Override
    RecordStore bent(RecordStore store) {
      Map<KeyName, StoredRecord> read = new ConcurrentHashMap<>();
      return new ForwardingStore(store) {
        @Override
        public Optional<StoredRecord> find(KeyName name, CallContext call) throws BackendFailure {
          if (!read.containsKey(name)) {
            store.find(name, call).ifPresent(found -> read.put(name, found));
          }
          return Optional.ofNullable(read.get(name));
        }
      };
    }
  }

  static final class CreatesWhatIsGone extends Contract {
    @Override
    RecordStore bent(RecordStore store) {
      return new ForwardingStore(store) {
        @Override
        public StoredRecord replace(StoredRecord before, Bytes content, CallContext call)
            throws BackendFailure {
          return store.find(before.name(), call).isPresent()
              ? store.replace(before, content, call)
              : store.create(before.name(), content, call);
        }
      };
    }
  }

  static final class CutsLongContents extends Contract {
    @Override
    RecordStore bent(RecordStore store) {
      return new ForwardingStore(store) {
        @Override
        public StoredRecord create(KeyName name, Bytes content, CallContext call)
            throws BackendFailure {
          byte[] all = content.toByteArray();
          return store.create(
              name, Bytes.of(Arrays.copyOf(all, Math.min(all.length, longest()))), call);
        }
      };
    }
  }

  static final class ListsOnePage extends Contract {
    @Override
    RecordStore bent(RecordStore store) {
      return new ForwardingStore(store) {
        @Override
        public KeyLister.Names page(Optional<String> from, CallContext call) throws BackendFailure {
          return KeyLister.Names.of(store.page(from, call).names(), Optional.empty());
        }
      };
    }
  }

  static final class BeginsAnywhere extends Contract {
    @Override
    RecordStore bent(RecordStore store) {
      return new ForwardingStore(store) {
        @Override
        public KeyLister.Names page(Optional<String> from, CallContext call) throws BackendFailure {
          try {
            return store.page(from, call);
          } catch (BackendFailure e) {
            return store.page(Optional.empty(), call);
          }
        }
      };
    }
  }

  static final class BelievesNothingChanges extends Contract {
    @Override
    RecordStore bent(RecordStore store) {
      return new ForwardingStore(store) {
        @Override
        public boolean isUnchanged(StoredRecord record) {
          return true;
        }
      };
    }
  }

  static final class CallsEveryRecordTheSame extends Contract {
    @Override
    RecordStore bent(RecordStore store) {
      return new ForwardingStore(store) {
        @Override
        public String nameOf(KeyName name) {
          return "a record";
        }
      };
    }
  }
}
