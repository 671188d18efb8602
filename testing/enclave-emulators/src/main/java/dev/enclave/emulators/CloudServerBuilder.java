package dev.enclave.emulators;

import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.Journal;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The settings that all servers have. One builder makes one server. Not thread-safe.
 *
 * @param <B> the cloud's own builder
 */
public abstract sealed class CloudServerBuilder<B extends CloudServerBuilder<B>>
    permits AwsKmsServerBuilder,
        AzureKeyVaultServerBuilder,
        GcpKmsServerBuilder,
        VaultServerBuilder {

  int port;
  boolean tls;
  InstantSource clock = InstantSource.system();
  SecureRandom random = new SecureRandom();
  Duration eventualConsistency = Duration.ZERO;
  Duration latency = Duration.ZERO;
  int mostItems;
  final List<Denial> denials = new ArrayList<>();
  Interceptor interceptor = Interceptor.NONE;
  Optional<FaultInjector> faults = Optional.empty();
  Journal journal = Journal.unbounded();

  CloudServerBuilder(int mostItems) {
    this.mostItems = mostItems;
  }

  abstract B self();

  /** The TCP port; by default any free one. */
  public final B port(int newPort) {
    port = newPort;
    return self();
  }

  /**
   * Speaks TLS, with a new certificate for localhost and 127.0.0.1 that {@link
   * CloudServer#certificatePem()} tells; by default plaintext, but a key vault always speaks it.
   */
  public final B tls() {
    tls = true;
    return self();
  }

  /** The server's time, for dates, states, tokens and signatures; by default the system's. */
  public final B clock(InstantSource newClock) {
    clock = Objects.requireNonNull(newClock);
    return self();
  }

  /** Where keys, nonces and secrets come from; by default the system's. */
  public final B random(SecureRandom newRandom) {
    random = Objects.requireNonNull(newRandom);
    return self();
  }

  /**
   * How long what lags in this cloud stays unseen, by the server's clock; by default nothing lags.
   */
  public final B eventualConsistency(Duration lag) {
    eventualConsistency = Objects.requireNonNull(lag);
    return self();
  }

  /** Real time that passes before every request is looked at; by default none. */
  public final B latency(Duration newLatency) {
    latency = Objects.requireNonNull(newLatency);
    return self();
  }

  /**
   * The most items on a page of a list, where the API and the request would allow more; by default
   * as many as they allow.
   */
  public final B mostItemsPerPage(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("a page of " + most + " items has no end; allow one");
    }
    mostItems = most;
    return self();
  }

  /** Forbids something from the start; everything else is as the server's policies have it. */
  public final B deny(Denial denial) {
    denials.add(denial);
    return self();
  }

  /** What decides about each request; by default {@link Interceptor#NONE}. */
  public final B interceptor(Interceptor newInterceptor) {
    interceptor = Objects.requireNonNull(newInterceptor);
    return self();
  }

  /**
   * What goes wrong with requests, in place of an interceptor; see {@code
   * dev.enclave.emulators.fault}. The wrong answers are the cloud's own.
   */
  public final B faults(FaultInjector injector) {
    faults = Optional.of(injector);
    return self();
  }

  /** Where requests are recorded; by default a journal that forgets nothing. */
  public final B journal(Journal newJournal) {
    journal = Objects.requireNonNull(newJournal);
    return self();
  }

  /**
   * Starts it.
   *
   * @throws IllegalStateException if the port is taken, or the settings exclude one another
   */
  public abstract CloudServer start();
}
