package dev.enclave.auditlog.records;

import java.io.IOException;

/** Takes something, and may read or write files. */
@FunctionalInterface
public interface IoConsumer<A> {
  void accept(A given) throws IOException;
}
