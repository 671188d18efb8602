package dev.enclave.core.internal;

import dev.enclave.BackendId;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.backend.BackendOpener;
import dev.enclave.core.internal.backend.Engine;
import dev.enclave.core.internal.key.Backends;
import dev.enclave.core.internal.key.ReadingAge;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import java.util.List;

/**
 * The backend that was chosen, and how its keys are read. It is closed after all features, with the
 * backends that were opened besides.
 */
record ResolvedBackend(StartUpContext context, BackendOpener opener) implements Feature {

  @Override
  public List<Finding> check(SecurityPolicy policy, Answer answer) {
    return Feature.invalid(() -> ReadingAge.remote(context.configuration()));
  }

  @Override
  public void open(Engine engine) {
    opener.open(engine);
    requireAdoption(engine.backends(), engine.resolution().chosen());
  }

  /** A key that can never be used is found now, not when a customer waits for its signature. */
  private void requireAdoption(Backends backends, BackendId chosen) {
    if (backends.resolvedAdopts()) {
      return;
    }
    context
        .configuration()
        .adoptedKeys()
        .forEach(
            (name, adoption) -> {
              boolean elsewhere =
                  adoption.namedBackend(context.providers().settings().keySet()).isPresent();
              if (!elsewhere) {
                throw Texts.ADOPTED_BY_NONE.as(ErrorCode.CONFIGURATION_INVALID_VALUE, name, chosen);
              }
            });
  }
}
