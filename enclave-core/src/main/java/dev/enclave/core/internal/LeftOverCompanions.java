package dev.enclave.core.internal;

import dev.enclave.BackendId;
import dev.enclave.core.internal.backend.BackendOpener;
import dev.enclave.core.internal.fallback.CompanionKeys;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.rotation.BackgroundWork;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.spi.backend.BackendProvider;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/**
 * Destroys the companions of this deployment, once, since fallback is disabled. Those of other
 * deployments that share the store are let be.
 */
final class LeftOverCompanions implements BackgroundWork {

  private static final Duration AGAIN = Duration.ofDays(1);

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final StartUpContext context;
  private final SharedParts shared;
  private final AuditSink sink;
  private boolean destroyed;

  private LeftOverCompanions(StartUpContext context, SharedParts shared, AuditSink sink) {
    this.context = context;
    this.shared = shared;
    this.sink = sink;
  }

  /** The work, where there can be such companions. */
  static Optional<BackgroundWork> find(StartUpContext context, SharedParts shared, AuditSink sink) {
    boolean elsewhere = !shared.backends().resolvedId().equals(BackendId.SOFTWARE);
    return elsewhere && isThere(context, shared)
        ? Optional.of(new LeftOverCompanions(context, shared, sink))
        : Optional.empty();
  }

  /** Whether there is a store already, where one is configured. */
  private static boolean isThere(StartUpContext context, SharedParts shared) {
    Optional<BackendProvider> software = context.providers().find(BackendId.SOFTWARE);
    boolean configured = context.configuration().get("enclave.software.directory").isPresent();
    if (software.isEmpty() || !configured) {
      return false;
    }
    try {
      return Fallbacks.opener(context, shared)
          .creates(BackendId.SOFTWARE, software.get())
          .isEmpty();
    } catch (EnclaveException e) {
      return false; // It could not be opened, so nothing was left there by an Enclave like this.
    }
  }

  @Override
  public Duration step() {
    if (!destroyed) {
      destroyed = destroy();
    }
    return AGAIN;
  }

  private boolean destroy() {
    BackendOpener opener = Fallbacks.opener(context, shared);
    SharedParts engine = Fallbacks.engine(context, shared, sink, opener);
    try {
      opener.open(engine);
      CompanionKeys.Swept swept =
          new CompanionKeys(engine)
              .destroyAllOf(
                  Fallbacks.terms(context).deployment(),
                  shared.backends().resolvedId(),
                  shared.backends().resolved().description().authority());
      tell(swept, engine.backends().resolved().description().authority());
      return swept.left().isEmpty();
    } catch (EnclaveException e) {
      LOG.log(
          Level.WARNING,
          "enclave.fallback is disabled, and whether companions are left in the software backend is"
              + " not known: {0}",
          e.getMessage());
      return false;
    } finally {
      engine.close();
    }
  }

  private static void tell(CompanionKeys.Swept swept, String place) {
    if (swept.destroyed() > 0) {
      LOG.log(
          Level.WARNING,
          "enclave.fallback is disabled: destroyed {0} companions of this deployment in {1}",
          Integer.toString(swept.destroyed()),
          place);
    }
    if (!swept.left().isEmpty()) {
      LOG.log(
          Level.WARNING,
          "enclave.fallback is disabled, and these companions cannot be read or destroyed: {0}."
              + " Remove their files from {1}",
          swept.left().keySet(),
          place);
    }
  }

  @Override
  public Optional<Finding> health() {
    return Optional.empty();
  }

  @Override
  public String done() {
    return "destroyed";
  }
}
