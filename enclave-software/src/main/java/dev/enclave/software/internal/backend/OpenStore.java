package dev.enclave.software.internal.backend;

import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.directory.StoreLock;
import dev.enclave.software.internal.records.FileStore;
import dev.enclave.software.internal.records.MasterKek;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.backend.BackendContext;

/**
 * The parts of an open store.
 *
 * @param records closed by the backend that is made of them
 * @param kek closed by the backend too
 */
record OpenStore(
    StoreKind kind,
    BackendContext context,
    StoreLayout layout,
    StoreLock locks,
    FileStore records,
    MasterKek kek,
    StoreHealth health) {}
