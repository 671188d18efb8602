package dev.enclave.core.internal;

import dev.enclave.BackendId;
import dev.enclave.core.internal.backend.BackendOpener;
import dev.enclave.core.internal.backend.Engine;
import dev.enclave.core.internal.background.BackgroundWork;
import dev.enclave.core.internal.fallback.CompanionKeys;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.EnclaveException;
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

  private final Fallbacks fallbacks;
  private final Engine own;
  private boolean destroyed;

  private LeftOverCompanions(Fallbacks fallbacks, Engine own) {
    this.fallbacks = fallbacks;
    this.own = own;
  }

  /** The work, where there can be such companions. */
  static Optional<BackgroundWork> find(Fallbacks fallbacks, Engine own) {
    boolean elsewhere = !own.backends().resolvedId().equals(BackendId.SOFTWARE);
    return elsewhere && fallbacks.hasStore(own)
        ? Optional.of(new LeftOverCompanions(fallbacks, own))
        : Optional.empty();
  }

  @Override
  public Duration step() {
    if (!destroyed) {
      destroyed = destroy();
    }
    return AGAIN;
  }

  private boolean destroy() {
    BackendOpener opener = fallbacks.opener(own);
    Engine engine = fallbacks.engine(opener, own);
    try {
      opener.open(engine);
      CompanionKeys.Swept swept =
          new CompanionKeys(engine.operations(), engine.keys())
              .destroyAllOf(
                  fallbacks.terms().deployment(),
                  own.backends().resolvedId(),
                  own.backends().resolved().description().authority());
      tell(swept, engine.backends().resolved().description().authority());
      return swept.left().isEmpty();
    } catch (EnclaveException e) {
      LOG.log(Level.WARNING, Texts.COMPANIONS_UNKNOWN.with(e.getMessage()));
      return false;
    } finally {
      engine.close();
    }
  }

  private static void tell(CompanionKeys.Swept swept, String place) {
    if (swept.destroyed() > 0) {
      LOG.log(Level.WARNING, Texts.COMPANIONS_DESTROYED.with(swept.destroyed(), place));
    }
    if (!swept.left().isEmpty()) {
      LOG.log(Level.WARNING, Texts.COMPANIONS_LEFT.with(swept.left().keySet(), place));
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
