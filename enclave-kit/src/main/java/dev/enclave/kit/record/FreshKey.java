package dev.enclave.kit.record;

import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.BackendFailure;
import java.util.Map;

/** A data key that was just made, for one record. */
final class FreshKey implements AutoCloseable {

  private final RecordKey key;
  private final long openedAt;
  private final RecordOpener opener;
  private boolean used;

  FreshKey(RecordKey key, long openedAt, RecordOpener opener) {
    this.key = key;
    this.openedAt = openedAt;
    this.opener = opener;
  }

  /** A record of a new key; {@code halves} by section. */
  Draft first(Manifest manifest, Map<String, LocalKey> halves) throws SupersededException {
    return new Draft(manifest, opener.whole(key, manifest, halves), key, openedAt);
  }

  /** A key's record sealed anew; {@code added} are new private halves by section. */
  Draft instead(Reading reading, Manifest manifest, Map<String, LocalKey> added)
      throws BackendFailure, SupersededException {
    return new Draft(manifest, opener.resealed(key, reading, manifest, added), key, openedAt);
  }

  /** Notes what is there now: if it is under this key, that is not this object's any more. */
  void written(Reading now) {
    used = now.key() == key;
  }

  /** Overwrites the key, unless a record under it was {@link #written}. */
  @Override
  public void close() {
    if (!used) {
      key.close();
    }
  }

  @Override
  public String toString() {
    return "FreshKey[" + key + "]";
  }
}
