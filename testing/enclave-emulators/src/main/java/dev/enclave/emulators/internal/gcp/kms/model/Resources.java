package dev.enclave.emulators.internal.gcp.kms.model;

import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** All key rings and what is in them. Thread-safe. */
public final class Resources {

  private final ConcurrentNavigableMap<String, Ring> rings = new ConcurrentSkipListMap<>();

  public ConcurrentNavigableMap<String, Ring> rings() {
    return rings;
  }

  /** Those of one location. */
  public NavigableMap<String, Ring> ringsIn(String location) {
    return rings.subMap(location + "/", location + "0");
  }

  public Ring ring(String name) {
    Ring ring = rings.get(name);
    if (ring == null) {
      throw GcpFailure.notFound(Kind.KEY_RING.text(), name);
    }
    return ring;
  }

  /** A key ring that is missing is told as the key's absence. */
  public Key key(String name) {
    return find(name).orElseThrow(() -> GcpFailure.notFound(Kind.CRYPTO_KEY.text(), name));
  }

  /** The key that a key version belongs to. */
  public Optional<Key> keyOf(String versionName) {
    return find(Kind.parentOf(versionName));
  }

  private Optional<Key> find(String keyName) {
    return Optional.ofNullable(rings.get(Kind.parentOf(keyName)))
        .map(ring -> ring.keys().get(keyName));
  }

  public Version version(String name) {
    return keyOf(name)
        .map(key -> key.versions().get(Integer.parseInt(Kind.idOf(name))))
        .orElseThrow(() -> GcpFailure.notFound(Kind.CRYPTO_KEY_VERSION.text(), name));
  }

  public Job job(String name) {
    Ring ring = rings.get(Kind.parentOf(name));
    Job job = ring == null ? null : ring.jobs().get(name);
    if (job == null) {
      throw GcpFailure.notFound(Kind.IMPORT_JOB.text(), name);
    }
    return job;
  }
}
