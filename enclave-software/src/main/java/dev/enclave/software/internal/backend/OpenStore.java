package dev.enclave.software.internal.backend;

import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.directory.StoreLock;
import dev.enclave.software.internal.records.KeyStore;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.backend.BackendContext;

/**
 * The parts of an open store.
 *
 * @param store closed by the backend that is made of it
 */
record OpenStore(
    StoreKind kind,
    BackendContext context,
    StoreLayout layout,
    StoreLock locks,
    KeyStore store,
    StoreHealth health) {}
