package dev.enclave.spi.backend;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Finds and removes what creations and rotations leave behind when an answer is lost or a process
 * dies halfway: a private key at the provider that Enclave made and that belongs to no key, or to a
 * key as a PENDING version that no rotation will activate. It is never used, but it is paid for.
 */
public non-sealed interface OrphanCollector extends Capability {

  /**
   * What was left behind.
   *
   * @param providerUri the provider's own name for it
   * @param meantFor the key it was to be a version of
   * @param createdAt when it was made
   */
  record Orphan(String providerUri, KeyName meantFor, Instant createdAt) {
    /** An orphan. */
    public static Orphan of(String providerUri, KeyName meantFor, Instant createdAt) {
      return new Orphan(providerUri, meantFor, createdAt);
    }
  }

  /**
   * Some of what there is to look through.
   *
   * @param orphans those found in this part
   * @param next where the next part begins; none after the last
   */
  record Page(List<Orphan> orphans, Optional<String> next) {

    public Page {
      orphans = List.copyOf(orphans);
    }

    /** A part. */
    public static Page of(List<Orphan> orphans, Optional<String> next) {
      return new Page(orphans, next);
    }
  }

  /**
   * Looks through a part of all keys at the provider; changes nothing. What is younger than a
   * creation or a rotation may take is no orphan yet. A backend takes a quarter of an hour for
   * that.
   *
   * @param from what the part before said; none for the first
   */
  Page orphans(Optional<String> from, CallContext call) throws BackendFailure;

  /**
   * Destroys an orphan, or schedules that, after it has looked once more. Repeatable.
   *
   * @return whether it is on its way; false if it turned out to be none, and nothing was done
   */
  boolean discard(Orphan orphan, CallContext call) throws BackendFailure;
}
