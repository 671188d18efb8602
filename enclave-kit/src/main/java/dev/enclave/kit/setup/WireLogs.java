package dev.enclave.kit.setup;

import dev.enclave.EnvironmentType;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What libraries below a backend write when somebody turns their loggers on: requests and answers
 * as they go over the wire, and with them data keys, messages and tokens. Enclave cannot take these
 * out of another's log, so it looks whether they are written. Thread-safe once it is complete.
 */
public final class WireLogs {

  /** "Module java.net.http", and what its sources read besides. */
  private static final List<String> OF_HTTP_CLIENT =
      List.of(
          "jdk.httpclient.HttpClient.log",
          "jdk.internal.httpclient.debug",
          "jdk.internal.httpclient.hpack.debug");

  /** "Debugging Utilities", Java Secure Socket Extension Reference Guide. */
  private static final String OF_TLS = "javax.net.debug";

  private record Source(String named, String fix, BooleanSupplier on) {}

  private final String service;
  private final List<Source> sources = new ArrayList<>();

  /**
   * Those of one backend; none yet.
   *
   * @param service as messages call it, such as {@code AWS KMS}
   */
  public WireLogs(String service) {
    this.service = service;
  }

  /**
   * A logger that writes them.
   *
   * @param debug whether it writes at that level, by the library's own way to its log
   */
  public WireLogs logger(String name, BooleanSupplier debug) {
    sources.add(new Source(Texts.LOGGER.observed(name), Texts.LOGGER.advice(name), debug));
    return this;
  }

  /** The system properties by which Java's own HTTP client and TLS write them. */
  public WireLogs jdk(EnvironmentSnapshot snapshot) {
    OF_HTTP_CLIENT.forEach(name -> property(snapshot, name, v -> !v.equalsIgnoreCase("false")));
    property(snapshot, OF_TLS, WireLogs::showsPlaintext);
    return this;
  }

  private void property(EnvironmentSnapshot snapshot, String name, Predicate<String> on) {
    // An empty one is set too.
    Optional<String> value = Optional.ofNullable(snapshot.properties().get(name));
    sources.add(
        new Source(
            Texts.PROPERTY.observed(name),
            Texts.PROPERTY.advice(name),
            () -> value.filter(on).isPresent()));
  }

  /** Without a value everything goes to a logger. */
  private static boolean showsPlaintext(String value) {
    return value.isBlank() || value.contains("all") || value.contains("plaintext");
  }

  /**
   * Refuses to go on where the secrets are real.
   *
   * @throws BackendFailure in PRODUCTION and STAGING, when one of them is on
   */
  public void requireOff(EnvironmentType environment) throws BackendFailure {
    List<Source> on = on();
    if (environment.isStrict() && !on.isEmpty()) {
      throw Texts.WIRE_LOG_REFUSED.permanent(
          FailureCode.REFUSED,
          on.stream().map(this::observed).collect(Collectors.joining("; ")),
          environment,
          on.stream().map(Source::fix).collect(Collectors.joining("; ")));
    }
  }

  /** A warning for each that is on. */
  public List<Finding> findings() {
    return on().stream()
        .map(
            source ->
                Finding.of(
                    Severity.WARNING, ErrorCode.POLICY_NOT_MET, observed(source), source.fix()))
        .toList();
  }

  private List<Source> on() {
    return sources.stream().filter(source -> source.on().getAsBoolean()).toList();
  }

  private String observed(Source source) {
    return Texts.WIRE_LOG_ON.with(source.named(), service);
  }
}
