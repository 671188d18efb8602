package dev.enclave.emulators.internal.gcp.kms.model;

import com.google.cloud.kms.v1.KeyRing;
import com.google.cloud.kms.v1.RetiredResource;
import java.time.Instant;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** A key ring and its keys and import jobs by name. Thread-safe. */
public final class Ring {

  private final String name;
  private final Instant createTime;
  private final ConcurrentNavigableMap<String, Key> keys = new ConcurrentSkipListMap<>();

  private final ConcurrentNavigableMap<String, Job> jobs = new ConcurrentSkipListMap<>();

  // service.proto, CreateCryptoKey after DeleteCryptoKey: names of deleted keys "can't be reused".
  private final ConcurrentNavigableMap<String, RetiredResource> retired =
      new ConcurrentSkipListMap<>();

  public Ring(String name, Instant createTime) {
    this.name = name;
    this.createTime = createTime;
  }

  String name() {
    return name;
  }

  public ConcurrentNavigableMap<String, Key> keys() {
    return keys;
  }

  public ConcurrentNavigableMap<String, Job> jobs() {
    return jobs;
  }

  /** By the names that the deleted had. */
  public ConcurrentNavigableMap<String, RetiredResource> retired() {
    return retired;
  }

  public KeyRing describe() {
    return KeyRing.newBuilder().setName(name).setCreateTime(Times.of(createTime)).build();
  }
}
