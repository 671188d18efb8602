package dev.enclave.kit.record;

import dev.enclave.KeyName;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.record.RecordStore;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.record.InMemoryRecords;
import dev.enclave.testkit.record.RecordStoreContract;
import java.time.Duration;

/** What the tests of this module stand on is as good as a real store. */
class InMemoryRecordsContractTest implements RecordStoreContract {

  private final InMemoryRecords records = new InMemoryRecords("contract");
  private final MutableClock clock = new MutableClock();

  @Override
  public RecordStore open() {
    return records.paged(3);
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
