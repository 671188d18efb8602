package dev.enclave.software.internal.records;

import dev.enclave.KeyName;
import dev.enclave.software.internal.backend.TestStore;
import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.directory.StoreLock;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.record.RecordStore;
import dev.enclave.testkit.record.RecordStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.io.TempDir;

class FileStoreContractTest implements RecordStoreContract {

  private final TestStore store;

  FileStoreContractTest(@TempDir Path temporary) throws Exception {
    store = TestStore.local(temporary);
    store.open().close();
  }

  @Override
  public RecordStore open() throws Exception {
    SecureRandom random = new SecureRandom();
    SecureFiles files = new SecureFiles(random);
    StoreLayout layout = new StoreLayout(store.directory());
    StoreLock locks = new StoreLock(files, layout, store.time());
    locks.openCounters(call().deadline());
    return new FileStore(files, layout, locks, "0123456789abcdef", random, (before, content) -> {});
  }

  @Override
  public void remove(KeyName name) throws IOException {
    Files.delete(new StoreLayout(store.directory()).record(name));
  }

  @Override
  public CallContext call() {
    return TestStore.call();
  }
}
