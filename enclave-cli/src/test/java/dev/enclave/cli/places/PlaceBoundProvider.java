package dev.enclave.cli.places;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.testkit.InMemoryProvider;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** An HSM of a cloud: present where a detector recognised the cloud, and asked for before use. */
final class PlaceBoundProvider implements BackendProvider {

  private static final List<String> PLACES =
      List.of("aws-lambda", "aws-ecs", "azure-app-service", "gcp-cloud-run");

  private final InMemoryProvider hsm = new InMemoryProvider().id("cloud");
  private final AtomicInteger checks = new AtomicInteger();
  private final boolean authenticates;

  PlaceBoundProvider(boolean authenticates) {
    this.authenticates = authenticates;
  }

  int checks() {
    return checks.get();
  }

  @Override
  public BackendId id() {
    return hsm.id();
  }

  @Override
  public List<SettingSpec> settings() {
    return hsm.settings();
  }

  @Override
  public Assurance assuranceCeiling() {
    return hsm.assuranceCeiling();
  }

  @Override
  public Detection detect(DetectionContext context) {
    return PLACES.stream()
        .map(context::place)
        .filter(Detection.Present.class::isInstance)
        .findFirst()
        .orElse(new Detection.Absent("none of " + PLACES + " is present"));
  }

  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    checks.incrementAndGet();
    if (!authenticates) {
      throw BackendFailure.permanent(FailureCode.ACCESS_DENIED, "The cloud does not know us.");
    }
    return hsm.open(context);
  }
}
