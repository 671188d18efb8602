package dev.enclave.core.internal;

import dev.enclave.core.internal.backend.Closing;
import dev.enclave.core.internal.backend.Engine;
import dev.enclave.core.internal.background.BackgroundWork;
import dev.enclave.core.internal.background.DaemonScheduler;
import dev.enclave.core.internal.background.TaskChain;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.spi.TaskScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an Enclave does by itself while it is open: what its features have begun. */
final class BackgroundTasks implements Feature {

  private final StartUpContext context;
  private final List<BackgroundWork> works;
  private final List<TaskChain> chains = new ArrayList<>();
  private Optional<DaemonScheduler> own = Optional.empty();

  BackgroundTasks(StartUpContext context, List<BackgroundWork> works) {
    this.context = context;
    this.works = works;
  }

  @Override
  public List<BackgroundWork> begin(Engine engine) {
    if (!works.isEmpty()) {
      TaskScheduler scheduler = context.scheduler().orElseGet(this::own);
      for (BackgroundWork work : works) {
        chains.add(TaskChain.begin(work, scheduler, context.random()));
      }
    }
    return List.of();
  }

  private TaskScheduler own() {
    DaemonScheduler made = new DaemonScheduler();
    own = Optional.of(made);
    return made;
  }

  @Override
  public List<Finding> health() {
    return chains.stream().flatMap(chain -> chain.health().stream()).toList();
  }

  @Override
  public void close() {
    List<Runnable> closers = new ArrayList<>();
    chains.forEach(chain -> closers.add(chain::close));
    own.ifPresent(scheduler -> closers.add(scheduler::close));
    Closing.inOrder(closers);
  }
}
