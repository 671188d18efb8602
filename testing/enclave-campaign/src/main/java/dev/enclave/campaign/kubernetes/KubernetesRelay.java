package dev.enclave.campaign.kubernetes;

import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.internal.http.HttpTransport;
import dev.enclave.emulators.internal.http.ServerCertificate;
import dev.enclave.emulators.internal.http.SocketLayer;
import dev.enclave.emulators.internal.listening.Transport;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.InjectedFaults;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.Journal;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;

/**
 * Stands between clients and an API server, for faults alone: every request goes to the API server
 * and every answer comes from it, but where a {@link FaultInjector} says otherwise. Shows a
 * certificate of its own, listens on loopback, and keeps a journal whose operations are such as
 * {@code get secrets} and whose ids are those of the API server's audit log.
 *
 * <p>Wrong answers: {@code another-secret}, {@code another-data} and {@code flipped-bit}, to
 * requests about a Secret. Where the API server does not answer, the connection is reset.
 *
 * <p>Thread-safe. Closing leaves the API server as it is.
 */
public final class KubernetesRelay implements AutoCloseable {

  private final ServerCertificate certificate;
  private final Journal journal = Journal.unbounded();
  private final HttpTransport transport;

  private KubernetesRelay(ApiServer server, Interceptor faults) {
    certificate = ServerCertificate.generate(new SecureRandom());
    Interceptor interceptor = (request, service) -> cut(faults.intercept(request, service));
    transport =
        HttpTransport.start(
            ApiServer.HOST,
            0,
            new HttpTransport.Site(
                new Forwarding(server.uri(), server.admin().http()),
                request -> ResourceName.of(request).operation(),
                interceptor,
                journal,
                InstantSource.system()),
            SocketLayer.tls(certificate));
  }

  /** No answer of the API server is none of the relay. */
  private static Delivery cut(Delivery delivery) {
    if (delivery instanceof Delivery.Answer answer && answer.response() == Forwarding.NONE) {
      return Delivery.reset();
    }
    if (delivery instanceof Delivery.Injected injected) {
      return Delivery.injected(injected.fault(), cut(injected.then()));
    }
    if (delivery instanceof Delivery.After after) {
      return Delivery.after(after.delay(), () -> cut(after.then().get()));
    }
    return delivery;
  }

  /** A relay before an API server, on a free port. */
  public static KubernetesRelay start(ApiServer server, FaultInjector faults) {
    ApiServerFaults dialect = new ApiServerFaults(server.admin());
    KubernetesRelay relay = start(server, new InjectedFaults(faults, dialect));
    try {
      faults.attach(
          new Transport.Faulty(dialect.wrongAnswers().keySet(), List.of(relay.transport)));
    } catch (IllegalArgumentException e) {
      relay.close();
      throw e;
    }
    return relay;
  }

  /** The same, where something else decides what becomes of each request. */
  public static KubernetesRelay start(ApiServer server, Interceptor faults) {
    return new KubernetesRelay(server, faults);
  }

  /** Where it listens: https, by address, without a path. */
  public URI uri() {
    return transport.endpoint();
  }

  /** What clients trust, as PEM: the relay's certificate, which is its own authority. */
  public String caPem() {
    return certificate.pem();
  }

  /** A client that asks by the relay, and trusts it alone. */
  public ApiClient client(String token) {
    return ApiClient.trusting(certificate.certificate(), uri(), token);
  }

  /** The requests that came. */
  public Journal journal() {
    return journal;
  }

  /** Stops listening and closes all connections. */
  @Override
  public void close() {
    transport.close();
  }
}
