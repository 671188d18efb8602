package dev.enclave.core.internal;

import dev.enclave.KeyName;
import dev.enclave.core.internal.backend.Engine;
import dev.enclave.core.internal.background.BackgroundWork;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.deferral.EngineDeferrals;
import dev.enclave.core.internal.deferral.EngineDeferredOperations;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.deferral.DeferralProvider;
import dev.enclave.spi.deferral.DeferralQueue;
import java.util.List;
import java.util.Optional;

/**
 * Where deferred operations are kept: what the builder was given, else the one on the class path.
 */
final class Deferrals implements Feature {

  private final StartUpContext context;
  private Optional<DeferralQueue> queue = Optional.empty();

  Deferrals(StartUpContext context) {
    this.context = context;
  }

  /**
   * Opens the queue, if there is one and a KEK is set for it, which unseals once START is recorded.
   */
  @Override
  public List<BackgroundWork> begin(Engine engine) {
    Optional<KeyName> kek = context.configuration().find(Settings.JOBS_KEK);
    boolean off =
        context.configuration().find(Settings.JOBS_MODE).filter("off"::equals).isPresent();
    if (kek.isPresent() && !off) {
      queue =
          provider()
              .map(
                  provider ->
                      provider.open(
                          new EngineDeferrals(
                              engine.operations(),
                              engine.keys(),
                              engine.policy().environment(),
                              context.random(),
                              kek.get(),
                              name -> context.configuration().get(Settings.JOBS + name))));
    }
    return List.of();
  }

  /** What is kept for later, as the application sees it. */
  Optional<EngineDeferredOperations> operations(Engine engine) {
    return queue.map(
        open ->
            new EngineDeferredOperations(
                engine.operations(), engine.keys(), context.random(), open, "application"));
  }

  @Override
  public List<Finding> health() {
    return queue.flatMap(DeferralQueue::health).stream().toList();
  }

  @Override
  public void close() {
    queue.ifPresent(DeferralQueue::close);
  }

  private Optional<DeferralProvider> provider() {
    if (context.deferral().isPresent()) {
      return context.deferral();
    }
    List<DeferralProvider> found =
        context.classPath().all(DeferralProvider.class, Texts.UNLOADABLE_DEFERRAL.with());
    if (found.size() > 1) {
      throw Texts.SEVERAL_DEFERRALS.as(
          ErrorCode.BACKEND_DUPLICATE,
          found.size(),
          String.join(", ", found.stream().map(p -> p.getClass().getName()).toList()));
    }
    return found.stream().findFirst();
  }
}
