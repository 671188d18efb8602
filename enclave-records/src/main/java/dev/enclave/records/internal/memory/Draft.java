package dev.enclave.records.internal.memory;

import dev.enclave.records.internal.manifest.Manifest;
import dev.enclave.records.internal.sealing.RecordKey;
import dev.enclave.records.internal.sealing.SealedRecord;

/**
 * What is to be written.
 *
 * @param openedAt when the data key was unwrapped
 */
public record Draft(Manifest manifest, SealedRecord sealed, RecordKey key, long openedAt) {}
