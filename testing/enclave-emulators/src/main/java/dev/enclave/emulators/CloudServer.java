package dev.enclave.emulators;

import dev.enclave.emulators.internal.access.DenyRules;
import dev.enclave.emulators.internal.http.BodyLimit;
import dev.enclave.emulators.internal.http.HttpTransport;
import dev.enclave.emulators.internal.http.ServerCertificate;
import dev.enclave.emulators.internal.http.SocketLayer;
import dev.enclave.emulators.internal.listening.Transport;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.FaultDialect;
import dev.enclave.emulators.wire.InjectedFaults;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.Journal;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A server of a cloud's key service on the loopback. Keys live in memory and are gone when it is
 * closed.
 *
 * <p>For tests: it holds private keys unprotected. Thread-safe.
 */
public abstract sealed class CloudServer implements AutoCloseable
    permits AwsKmsServer, AzureKeyVaultServer, GcpKmsServer, VaultServer {

  static final String LOOPBACK = "127.0.0.1";

  final DenyRules denied = new DenyRules();
  final Optional<ServerCertificate> certificate;
  private final CloudServerBuilder<?> common;
  private final List<Transport> places = new ArrayList<>();

  CloudServer(CloudServerBuilder<?> common) {
    this.common = common;
    common.denials.forEach(this::deny);
    certificate =
        common.tls ? Optional.of(ServerCertificate.generate(common.random)) : Optional.empty();
  }

  /** What decides about each request: the faults in the service's words, or what was chosen. */
  final Interceptor interceptor(FaultDialect dialect) {
    Interceptor chosen =
        common
            .faults
            .<Interceptor>map(faults -> new InjectedFaults(faults, dialect))
            .orElse(common.interceptor);
    return common.latency.isZero()
        ? chosen
        : (request, service) ->
            Delivery.after(common.latency, () -> chosen.intercept(request, service));
  }

  /** Starts a place; where it cannot listen, those started before are closed. */
  final <T extends Transport> T started(Supplier<T> start) {
    try {
      T place = start.get();
      places.add(place);
      return place;
    } catch (IllegalStateException e) {
      close();
      throw e;
    }
  }

  /** Starts a place that speaks HTTP. */
  final HttpTransport serve(
      String host,
      int port,
      Service service,
      Function<ServiceRequest, String> operationOf,
      Interceptor interceptor,
      SocketLayer layer) {
    return started(
        () ->
            HttpTransport.start(
                host,
                port,
                new HttpTransport.Site(
                    service, operationOf, interceptor, common.journal, common.clock, bodies()),
                layer));
  }

  /** How long a request of HTTP may be; the same at all places. */
  BodyLimit bodies() {
    return BodyLimit.ANY_SERVICE;
  }

  /** The TLS that was chosen, or none. */
  final SocketLayer layer() {
    return certificate.map(SocketLayer::tls).orElseGet(SocketLayer::plain);
  }

  /** Lets faults reach the places that were started so far. */
  final void attachFaults(FaultDialect dialect) {
    try {
      common.faults.ifPresent(
          faults ->
              faults.attach(
                  new Transport.Faulty(dialect.wrongAnswers().keySet(), List.copyOf(places))));
    } catch (IllegalArgumentException e) {
      close();
      throw e;
    }
  }

  /**
   * The certificate that clients must trust, for localhost and 127.0.0.1, as PEM.
   *
   * @throws IllegalStateException without TLS
   */
  public final String certificatePem() {
    return certificate
        .map(ServerCertificate::pem)
        .orElseThrow(() -> new IllegalStateException("It speaks no TLS. Start it with tls()."));
  }

  /** Who issues the identity tokens of workloads in this cloud, as {@code iss} has it. */
  public abstract String tokenIssuer();

  /** Forbids something from now on; see {@link CloudServerBuilder#deny}. */
  public final void deny(Denial denial) {
    denied.add(denial.principal(), denial.action(), denial.resource());
  }

  /** Takes back everything that was denied; what a key's own policy denies stays. */
  public final void clearDenials() {
    denied.clear();
  }

  /** What was received, at all its places. */
  public final Journal journal() {
    return common.journal;
  }

  /** Stops it; its keys are gone. */
  @Override
  public final void close() {
    places.forEach(Transport::close);
  }
}
