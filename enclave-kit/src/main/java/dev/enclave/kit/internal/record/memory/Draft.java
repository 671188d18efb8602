package dev.enclave.kit.internal.record.memory;

import dev.enclave.kit.internal.record.manifest.Manifest;
import dev.enclave.kit.internal.record.sealing.RecordKey;
import dev.enclave.kit.internal.record.sealing.SealedRecord;

/**
 * What is to be written.
 *
 * @param openedAt when the data key was unwrapped
 */
public record Draft(Manifest manifest, SealedRecord sealed, RecordKey key, long openedAt) {}
