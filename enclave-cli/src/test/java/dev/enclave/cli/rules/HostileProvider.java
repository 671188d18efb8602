package dev.enclave.cli.rules;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.BackendDecorator;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.testkit.InMemoryProvider;
import java.util.List;

/** A backend whose provider writes what it likes wherever text comes from it. */
final class HostileProvider implements BackendProvider {

  private final InMemoryProvider memory;
  private final String text;

  HostileProvider(InMemoryProvider memory, String text) {
    this.memory = memory;
    this.text = text;
  }

  @Override
  public BackendId id() {
    return memory.id();
  }

  @Override
  public Assurance assuranceCeiling() {
    return memory.assuranceCeiling();
  }

  @Override
  public Detection detect(DetectionContext context) {
    return Detection.present(text);
  }

  @Override
  public SigningBackend open(BackendContext context) {
    return new Hostile(memory.open(context));
  }

  private final class Hostile extends BackendDecorator {

    Hostile(SigningBackend real) {
      super(real);
    }

    @Override
    @SuppressWarnings("unchecked") // of the same type as the answer
    protected <T> T around(String operation, CallContext context, Call<T> call)
        throws BackendFailure {
      T answer = call.run(context);
      if (answer instanceof KeySnapshot key) {
        return (T)
            key.withProviderUri(text)
                .withVersions(
                    key.versions().stream().map(each -> each.withProviderUri(text)).toList());
      }
      return answer instanceof HealthReport
          ? (T)
              HealthReport.of(
                  List.of(Finding.of(Severity.WARNING, ErrorCode.ACCESS_DENIED, text, text)))
          : answer;
    }
  }
}
