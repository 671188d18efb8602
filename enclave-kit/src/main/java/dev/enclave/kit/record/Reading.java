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
 * @param openedAt when unwrapping its data key began
 * @param inDoubt whether a write has since failed of which nobody knows whether it happened
 */
record Reading(
    StoredRecord stored,
    SealedRecord sealed,
    Manifest manifest,
    RecordKey key,
    long readAt,
    long openedAt,
    boolean inDoubt) {

  Reading readAgain(StoredRecord found, long at) {
    return new Reading(found, sealed, manifest, key, at, openedAt, false);
  }

  Reading under(RecordKey same, long at) {
    return new Reading(stored, sealed, manifest, same, readAt, at, inDoubt);
  }

  Reading doubted() {
    return new Reading(stored, sealed, manifest, key, readAt, openedAt, true);
  }
}
