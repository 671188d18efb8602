package dev.enclave.os.internal;

import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/** The store for secrets of one operating system. Stateless and thread-safe. */
public interface OsStore {

  /** Whether it is here, as far as files and variables tell. */
  Detection detect(EnvironmentSnapshot environment);

  /** A key store whose sealing key lies in it. */
  StoreKind kind(BackendContext context) throws BackendFailure;
}
