package dev.enclave.auditlog.records;

import java.io.IOException;

/** Reads or writes files on its way to a result. */
@FunctionalInterface
public interface IoFunction<A, R> {
  R apply(A given) throws IOException;
}
