package dev.enclave.kit.record;

/**
 * What is to be written.
 *
 * @param openedAt when the data key was unwrapped
 */
record Draft(Manifest manifest, SealedRecord sealed, RecordKey key, long openedAt) {}
