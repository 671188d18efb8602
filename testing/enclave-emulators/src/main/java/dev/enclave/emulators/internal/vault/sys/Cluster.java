package dev.enclave.emulators.internal.vault.sys;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The state of two nodes that share storage: which is active, and how late the other one sees what
 * is written. What was acknowledged is never lost: a node that becomes active has applied all of it
 * (Raft). Thread-safe.
 */
public final class Cluster {

  /** The nodes. */
  public enum Node {
    FIRST,
    SECOND;

    Node other() {
      return this == FIRST ? SECOND : FIRST;
    }
  }

  /** What a cluster is in disaster recovery replication. */
  public enum Replication {
    NONE,
    DR_SECONDARY
  }

  /**
   * What does not change.
   *
   * @param flavour whose server it is
   * @param version such as {@code 2.6.2}
   * @param sealType such as {@code shamir} or {@code pkcs11}
   * @param name of the cluster
   * @param id of the cluster
   * @param standbyReads whether standbys answer reads themselves
   * @param lag how late standbys are
   */
  public record Settings(
      Flavour flavour,
      String version,
      String sealType,
      String name,
      String id,
      boolean standbyReads,
      Duration lag) {

    /** Whether it knows X-Vault-Index: Vault Enterprise does, and OpenBao from 2.7 on. */
    public boolean indexes() {
      return flavour == Flavour.VAULT_ENTERPRISE
          || (flavour == Flavour.OPENBAO && !version.matches("[01]\\..*|2\\.[0-6](\\..*)?"));
    }
  }

  private final Settings settings;
  private final Supplier<List<URI>> addresses;
  private final AtomicLong index = new AtomicLong(1);
  private Optional<Node> active = Optional.of(Node.FIRST);
  private Node last = Node.FIRST;
  private Instant activeSince;
  private Instant lastWrite;
  private boolean initialized = true;
  private boolean sealed;
  private Replication replication = Replication.NONE;

  /** Unsealed, the first node active. */
  public Cluster(Settings settings, Supplier<List<URI>> addresses, Instant now) {
    this.settings = settings;
    this.addresses = addresses;
    activeSince = now;
    lastWrite = now;
  }

  public Settings settings() {
    return settings;
  }

  /** Where the active node listens, if there is one. */
  public synchronized Optional<URI> leader() {
    return active.map(node -> addresses.get().get(node.ordinal()));
  }

  public synchronized boolean isActive(Node node) {
    return active.filter(node::equals).isPresent();
  }

  public synchronized Instant activeSince() {
    return activeSince;
  }

  public synchronized boolean initialized() {
    return initialized;
  }

  public synchronized boolean sealed() {
    return sealed || !initialized;
  }

  public synchronized Replication replication() {
    return replication;
  }

  public synchronized void seal(boolean newSealed) {
    sealed = newSealed;
  }

  public synchronized void initialize(boolean newInitialized) {
    initialized = newInitialized;
  }

  public synchronized void replicate(Replication newReplication) {
    replication = newReplication;
  }

  /** The active node steps down; there is none until {@link #elect}. */
  public synchronized void stepDown() {
    last = active.orElse(last);
    active = Optional.empty();
  }

  /** The node that was not active last becomes active. */
  public synchronized void elect(Instant now) {
    active = Optional.of(active.orElse(last).other());
    activeSince = now;
  }

  /** Up to when a node sees what was written. */
  public Instant seenBy(Node node, Instant now) {
    return isActive(node) ? Instant.MAX : now.minus(settings.lag());
  }

  /** The index of the storage after a write. */
  public synchronized long written(Instant now) {
    lastWrite = now;
    return index.incrementAndGet();
  }

  /** The index of the newest write. */
  public long index() {
    return index.get();
  }

  /** Whether a node has applied the write of that index. */
  public synchronized boolean hasApplied(Node node, long wanted, Instant now) {
    boolean behind = lastWrite.isAfter(seenBy(node, now));
    return wanted < index.get() || (wanted == index.get() && !behind);
  }
}
