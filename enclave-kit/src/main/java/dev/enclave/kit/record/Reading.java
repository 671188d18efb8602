package dev.enclave.kit.record;

import dev.enclave.spi.record.StoredRecord;

/**
 * A record as it was read or written last, opened.
 *
 * @param stored as the store has it
 * @param sealed taken apart
 * @param manifest what its manifest says
 * @param key opens its sections, until it is overwritten
 * @param readAt when reading it began
 */
record Reading(
    StoredRecord stored, SealedRecord sealed, Manifest manifest, RecordKey key, long readAt) {

  Reading readAgain(StoredRecord found, long at) {
    return new Reading(found, sealed, manifest, key, at);
  }
}
