package dev.enclave.core.internal;

import dev.enclave.BackendId;
import dev.enclave.core.internal.call.Failures;
import dev.enclave.core.internal.policy.PolicyLoader;
import dev.enclave.error.EnclaveException;
import dev.enclave.internal.Unexpected;
import dev.enclave.internal.opening.BackendConfigurator;
import dev.enclave.internal.opening.EnclaveEngine.Request;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.SigningBackend;

/** The engine's reading of the configuration, for tools. Stateless. */
public final class CoreBackendConfigurator implements BackendConfigurator {

  @Override
  public Configured configured(Request request, BackendId backend) {
    StartUpContext context = StartUpContext.of(request);
    PolicyLoader.Reading reading =
        PolicyLoader.read(context.inference().type(), context.configuration());
    reading.refusals().stream()
        .findFirst()
        .ifPresent(
            refusal -> {
              throw refusal;
            });
    return context.opener(reading.policy(), false).configured(backend);
  }

  @Override
  public SigningBackend open(Configured configured) {
    try {
      return configured.provider().open(configured.context());
    } catch (BackendFailure e) {
      throw translate(configured, e);
    } catch (EnclaveException e) {
      throw Unexpected.rebuilt(e);
    }
  }

  @Override
  public EnclaveException translate(Configured configured, BackendFailure failure) {
    return Failures.whileOpening(configured.provider().id(), failure);
  }
}
