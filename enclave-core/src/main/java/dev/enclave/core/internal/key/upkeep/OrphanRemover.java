package dev.enclave.core.internal.key.upkeep;

import dev.enclave.BackendId;
import dev.enclave.admin.Orphans;
import dev.enclave.core.internal.audit.AuditTrail;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.key.slot.OpenBackend;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.core.internal.redaction.ForeignText;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.OrphanCollector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds what interrupted creations left at the resolved backend, and removes it. Thread-safe. */
public final class OrphanRemover implements Orphans {

  /** For one part of all keys, which is some hundred requests. */
  private static final Duration PAGE_WITHIN = Duration.ofMinutes(2);

  private final SharedParts shared;
  private final String caller;

  public OrphanRemover(SharedParts shared, String caller) {
    this.shared = shared;
    this.caller = caller;
  }

  /** What does something with one orphan. */
  @FunctionalInterface
  private interface Handling {
    Optional<Orphan> handle(OpenBackend backend, OrphanCollector.Orphan orphan);
  }

  @Override
  public List<Orphan> find() {
    return all((backend, orphan) -> Optional.of(shown(orphan)));
  }

  @Override
  public List<Orphan> discard() {
    return all((backend, orphan) -> discarded(backend, orphan));
  }

  private List<Orphan> all(Handling handling) {
    shared.requireOpen();
    OpenBackend backend = shared.backends().resolved();
    OrphanCollector collector = backend.capability(OrphanCollector.class, "look for orphans");
    List<Orphan> handled = new ArrayList<>();
    Optional<String> from = Optional.empty();
    do {
      Optional<String> start = from;
      Plan plan = new Plan("look for orphans", shared.newTrace(), PAGE_WITHIN, false, false);
      OrphanCollector.Page page =
          backend.caller().call(plan, call -> collector.orphans(start, call));
      for (OrphanCollector.Orphan orphan : page.orphans()) {
        handling.handle(backend, orphan).ifPresent(handled::add);
      }
      from = page.next();
    } while (from.isPresent());
    return handled;
  }

  private Optional<Orphan> discarded(OpenBackend backend, OrphanCollector.Orphan orphan) {
    OrphanCollector collector = backend.capability(OrphanCollector.class, "discard orphans");
    CallTrace trace = shared.newTrace();
    AuditTrail.Subject subject =
        new AuditTrail.Subject(
            Operation.DISCARD,
            caller,
            Optional.empty(),
            Optional.<BackendId>of(backend.id()),
            backend.remote());
    Plan plan = new Plan("discard an orphan", trace, SharedParts.CHANGE_WITHIN, true, false);
    try (AuditTrail.Entry record = shared.audit().begin(subject, trace)) {
      boolean gone;
      try {
        gone = backend.caller().call(plan, call -> collector.discard(orphan, call));
      } catch (RuntimeException e) {
        throw record.failed(e);
      }
      record.succeeded(
          Map.of(
              "providerUri", ForeignText.name(orphan.providerUri()),
              "meantFor", orphan.meantFor().value(),
              "discarded", Boolean.toString(gone)));
      return gone ? Optional.of(shown(orphan)) : Optional.empty();
    }
  }

  private static Orphan shown(OrphanCollector.Orphan orphan) {
    return new Orphan(
        ForeignText.name(orphan.providerUri()), orphan.meantFor().value(), orphan.createdAt());
  }
}
