package dev.enclave.core.internal.lifecycle;

import dev.enclave.admin.Orphans;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.call.RetryingCaller.Plan;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.OrphanCollector;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds what interrupted creations left at the resolved backend, and removes it. Thread-safe. */
public record OrphanRemover(Operations operations, String caller) implements Orphans {

  /** For one part of all keys, which is some hundred requests. */
  private static final Duration PAGE_WITHIN = Duration.ofMinutes(2);

  /** A day's window and two days in which a rotation may fail. */
  private static final Duration ACTIVATED_WITHIN = Duration.ofDays(3);

  @Override
  public List<Orphan> find() {
    return found().stream().map(OrphanRemover::shown).toList();
  }

  @Override
  public List<Orphan> discard() {
    List<Orphan> discarded = new ArrayList<>();
    for (OrphanCollector.Orphan orphan : found()) {
      boolean gone =
          operations
              .by(caller)
              .inResolved()
              .run(
                  Operation.DISCARD,
                  RetryingCaller.CHANGE_WITHIN,
                  run -> run.backend().capability(OrphanCollector.class, "discard orphans"),
                  (collector, run) -> discard(orphan, collector, run));
      if (gone) {
        discarded.add(shown(orphan));
      }
    }
    return discarded;
  }

  /** Removes it, if it is an orphan still. */
  private static boolean discard(
      OrphanCollector.Orphan orphan, OrphanCollector collector, OperationRun run) {
    boolean gone = run.change("discard an orphan", call -> collector.discard(orphan, call));
    run.details(
        Map.of(
            "providerUri", ForeignText.name(orphan.providerUri()),
            "meantFor", orphan.meantFor().value(),
            "discarded", Boolean.toString(gone)));
    return gone;
  }

  private List<OrphanCollector.Orphan> found() {
    return operations
        .by(caller)
        .inResolved()
        .read(Operation.LIST, PAGE_WITHIN, OrphanRemover::pages);
  }

  private static List<OrphanCollector.Orphan> pages(OperationRun run) {
    OrphanCollector collector = run.backend().capability(OrphanCollector.class, "look for orphans");
    List<OrphanCollector.Orphan> found = new ArrayList<>();
    Optional<String> from = Optional.empty();
    do {
      Optional<String> start = from;
      Plan plan = new Plan("look for orphans", run.trace(), PAGE_WITHIN, false, false);
      OrphanCollector.Page page =
          run.backend().caller().call(plan, call -> collector.orphans(start, call));
      page.orphans().stream().filter(orphan -> !published(orphan, run)).forEach(found::add);
      from = page.next();
    } while (from.isPresent());
    return found;
  }

  /** What is published ahead waits to be activated, also while that fails for some days. */
  private static boolean published(OrphanCollector.Orphan orphan, OperationRun run) {
    Duration ahead = run.rules().life().publishAhead();
    Instant now = run.rules().certainTime().agreed(run.backend());
    Instant leftSince = now.minus(ahead.plus(ACTIVATED_WITHIN));
    return !ahead.isZero() && orphan.createdAt().isAfter(leftSince);
  }

  private static Orphan shown(OrphanCollector.Orphan orphan) {
    return new Orphan(
        ForeignText.name(orphan.providerUri()), orphan.meantFor().value(), orphan.createdAt());
  }
}
