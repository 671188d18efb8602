package dev.enclave.campaign.demo.service;

import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.internal.http.HttpTransport;
import dev.enclave.emulators.internal.listening.Transport;
import dev.enclave.emulators.wire.InjectedFaults;
import dev.enclave.emulators.wire.Journal;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;

/**
 * Keyhouse on 127.0.0.1: keys with labels and numbered versions under {@value
 * KeyhouseService#HOUSE}, over HTTP/1.1 and in JSON. Whoever has a token may use it; tokens are
 * issued for a secret and expire. A key's document has a revision, and each change of a key names
 * the one that was read. Thread-safe.
 */
public final class KeyhouseServer implements AutoCloseable {

  /** Longer than any test skips ahead. */
  public static final Duration FOR_GOOD = Duration.ofDays(36_500);

  private static final String LOOPBACK = "127.0.0.1";

  private final String secret = "secret-" + UUID.randomUUID();
  private final Journal journal = Journal.unbounded();
  private final KeyhouseService service;
  private final HttpTransport transport;

  private KeyhouseServer(
      FaultInjector faults, InstantSource clock, Duration tokenLifetime, Duration lag) {
    SecureRandom random = new SecureRandom();
    KeyhouseFaults dialect = new KeyhouseFaults(random);
    service = new KeyhouseService(secret, tokenLifetime, lag, random);
    transport =
        HttpTransport.start(
            LOOPBACK,
            0,
            new HttpTransport.Site(
                service,
                KeyhouseService::operationOf,
                new InjectedFaults(faults, dialect),
                journal,
                clock));
    faults.attach(new Transport.Faulty(dialect.wrongAnswers().keySet(), List.of(transport)));
  }

  /** An empty one. */
  public static KeyhouseServer start(
      FaultInjector faults, InstantSource clock, Duration tokenLifetime) {
    return start(faults, clock, tokenLifetime, Duration.ZERO);
  }

  /**
   * An empty one.
   *
   * @param lag how long reads do not show what was written
   */
  public static KeyhouseServer start(
      FaultInjector faults, InstantSource clock, Duration tokenLifetime, Duration lag) {
    return new KeyhouseServer(faults, clock, tokenLifetime, lag);
  }

  public URI endpoint() {
    return transport.endpoint();
  }

  /** The name of the only house. */
  public String house() {
    return KeyhouseService.HOUSE;
  }

  /** Who may use it. */
  public String client() {
    return KeyhouseService.CLIENT;
  }

  /** What tokens are issued for. */
  public String secret() {
    return secret;
  }

  /** From now on no more requests in a second of the server's clock. */
  public void limit(int requests) {
    service.limit(requests);
  }

  /** Takes back all tokens. */
  public void revokeTokens() {
    service.revokeTokens();
  }

  public Journal journal() {
    return journal;
  }

  @Override
  public void close() {
    transport.close();
  }
}
