package dev.enclave.gcp.internal.calls;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids for requests: UUIDs that start at random and are counted on from there, since a random one
 * for each request would have all callers wait for one generator. Not secret. Thread-safe.
 */
final class RequestIds {

  private final long first;
  private final AtomicLong second;

  RequestIds() {
    UUID start = UUID.randomUUID();
    first = start.getMostSignificantBits();
    second = new AtomicLong(start.getLeastSignificantBits());
  }

  String next() {
    return "enclave-" + new UUID(first, second.getAndIncrement());
  }
}
