package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;

/** Contexts to open sessions with, and what comes of it. */
public final class Openings {

  public final MutableClock clock = new MutableClock();

  private final EnvironmentType environment;
  private final Map<String, String> settings = new HashMap<>();
  private EnvironmentSnapshot snapshot = FakeEnvironment.empty();
  private HttpExchange exchange =
      (request, within) -> new HttpAnswer.Silent(HttpAnswer.Kind.NOT_SENT, "nobody listens there");

  private BiFunction<GcpSettings.Endpoint, Integer, GcpConnections> network = GcpConnections::to;

  private Openings(EnvironmentType environment) {
    this.environment = environment;
    settings.put("key-ring", "projects/wallet-prod/locations/europe-west1/keyRings/wallet");
  }

  public static Openings in(EnvironmentType environment) {
    return new Openings(environment);
  }

  public Openings with(String setting, String value) {
    settings.put(setting, value);
    return this;
  }

  public Openings without(String setting) {
    settings.remove(setting);
    return this;
  }

  public Openings on(EnvironmentSnapshot machine) {
    snapshot = machine;
    return this;
  }

  public Openings exchanging(HttpExchange other) {
    exchange = other;
    return this;
  }

  public Openings through(BiFunction<GcpSettings.Endpoint, Integer, GcpConnections> other) {
    network = other;
    return this;
  }

  public BackendContext context() {
    return BackendContext.of(
        new BackendSettings(BackendId.GCP_KMS, settings),
        environment,
        snapshot,
        clock,
        new SecureRandom());
  }

  public GcpSession open() throws BackendFailure {
    return GcpSession.open(context(), exchange, network);
  }

  public BackendFailure failure() {
    return catchThrowableOfType(BackendFailure.class, () -> open().close());
  }
}
