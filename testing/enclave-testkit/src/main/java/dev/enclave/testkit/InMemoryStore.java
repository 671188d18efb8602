package dev.enclave.testkit;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.testkit.record.InMemoryRecords;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where an in-memory backend keeps its keys. Outlives the backends opened on it, so that they can
 * be persistent; several may be open at once, as several processes on one directory would be.
 */
public final class InMemoryStore {

  /** What somebody else has made, with its stamps, and whether those may be read. */
  static final class Foreign {
    final InMemoryRecords records = new InMemoryRecords("foreign");
    final Map<KeyName, Optional<EnvironmentType>> stamps = new ConcurrentHashMap<>();
    volatile boolean stampsWithheld;
  }

  final InMemoryRecords records = new InMemoryRecords("keys");
  final Foreign foreign;

  /** An empty store. */
  public InMemoryStore() {
    this(new Foreign());
  }

  private InMemoryStore(Foreign foreign) {
    this.foreign = foreign;
  }

  /** The records of its keys, whose operations a test can have fail. */
  public InMemoryRecords records() {
    return records;
  }

  /** A store for one opening of a backend that forgets: its own keys, the same foreign ones. */
  InMemoryStore forOneOpening() {
    return new InMemoryStore(foreign);
  }
}
