package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.connect.AwsSessions;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.internal.listening.HeldPort;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Contexts to open sessions with, and what comes of it. */
public final class Openings {

  /** The SDK signs by the machine's clock, so the fake one starts there. */
  public final MutableClock clock = new MutableClock(Instant.parse("2026-01-01T00:00:00Z"));

  private final EnvironmentType environment;
  private final Map<String, String> settings = new HashMap<>();
  private EnvironmentSnapshot snapshot = FakeEnvironment.empty();

  private Openings(EnvironmentType environment) {
    this.environment = environment;
    settings.put("region", "eu-west-1");
  }

  public static Openings in(EnvironmentType environment) {
    return new Openings(environment);
  }

  /** Development, with keys in settings and everything at this server. */
  public static Openings at(FakeAws aws) {
    return in(EnvironmentType.DEVELOPMENT)
        .with("endpoint", aws.url())
        .with("sts-endpoint", aws.url())
        .with("access-key-id", "AKIASETTINGS")
        .with("secret-access-key", FakeAws.SECRET);
  }

  /** What points an Enclave in development at our own server. */
  static Map<String, String> settings(AwsKmsServer server, String secret) {
    return Map.of(
        "enclave.environment", "development",
        "enclave.backend", "aws-kms",
        "enclave.aws-kms.region", server.region(),
        "enclave.aws-kms.endpoint", server.endpoint().toString(),
        "enclave.aws-kms.sts-endpoint", server.endpoint().toString(),
        "enclave.aws-kms.allowed-endpoints", server.endpoint().toString(),
        "enclave.aws-kms.access-key-id", server.credentials().accessKeyId(),
        "enclave.aws-kms.secret-access-key", secret);
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

  public BackendContext context() {
    return BackendContext.of(
        new BackendSettings(BackendId.AWS_KMS, settings),
        environment,
        snapshot,
        clock,
        new SecureRandom());
  }

  /** With time enough for a busy machine. */
  public CallContext call() {
    return CallContext.of("test", 1, Deadline.in(Duration.ofMinutes(1), clock), clock);
  }

  public AwsSession open() throws BackendFailure {
    Sdk.load();
    return AwsSessions.open(context());
  }

  /**
   * Its classes: on a busy machine they take a cold process longer to load than one attempt has.
   */
  private static final class Sdk {

    static {
      try (HeldPort nobody = HeldPort.free("127.0.0.1")) {
        String url = "http://127.0.0.1:" + nobody.number();
        AwsSessions.open(
                in(EnvironmentType.DEVELOPMENT)
                    .with("endpoint", url)
                    .with("sts-endpoint", url)
                    .with("access-key-id", "AKIASETTINGS")
                    .with("secret-access-key", FakeAws.SECRET)
                    .context())
            .close();
        throw new AssertionError("nobody answers at " + url);
      } catch (BackendFailure e) {
        if (e.code() != FailureCode.UNAVAILABLE && e.code() != FailureCode.TIMEOUT) {
          throw new AssertionError("an address at which nobody listens failed otherwise", e);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    static void load() {
      // Done when the class was initialised.
    }
  }

  public BackendFailure failure() {
    return catchThrowableOfType(BackendFailure.class, () -> open().close());
  }
}
