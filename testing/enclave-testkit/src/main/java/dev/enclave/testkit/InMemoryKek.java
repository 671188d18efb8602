package dev.enclave.testkit;

import dev.enclave.Assurance;
import dev.enclave.Bytes;
import dev.enclave.kit.kek.NoKek;
import dev.enclave.kit.kek.RecordKek;
import dev.enclave.kit.kek.RecordKek.Wrapped;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.SecretBytes;

/** None, whatever it is said to be: who reads the memory has the keys. */
record InMemoryKek(Assurance assurance) implements RecordKek {

  private static final NoKek NONE = new NoKek("no setting");

  @Override
  public Wrapped wrap(SecretBytes dataKey, Bytes associatedData, CallContext call) {
    return NONE.wrap(dataKey, associatedData, call);
  }

  @Override
  public SecretBytes unwrap(Wrapped wrapped, Bytes associatedData, CallContext call)
      throws BackendFailure {
    return NONE.unwrap(wrapped, associatedData, call);
  }

  @Override
  public boolean isCurrent(Wrapped wrapped) {
    return NONE.isCurrent(wrapped);
  }
}
