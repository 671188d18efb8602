package dev.enclave.emulators;

import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.internal.aws.AwsFaultDialect;
import dev.enclave.emulators.internal.aws.AwsService;
import dev.enclave.emulators.internal.http.HttpTransport;
import dev.enclave.emulators.wire.FaultDialect;
import dev.enclave.emulators.wire.InjectedFaults;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.Journal;
import java.net.URI;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * AWS KMS on loopback: its JSON 1.1 protocol with real cryptography, written from AWS's
 * documentation. Keeps everything in memory.
 *
 * <p>Thread-safe.
 */
public final class AwsKmsServer implements AutoCloseable {

  private static final FaultDialect DIALECT = new AwsFaultDialect();

  private final HttpTransport transport;
  private final Journal journal;

  private AwsKmsServer(Builder builder) {
    journal = builder.journal;
    transport =
        HttpTransport.start(
            "127.0.0.1",
            builder.port,
            new HttpTransport.Site(
                new AwsService(),
                AwsService::operationOf,
                builder.interceptor,
                builder.journal,
                builder.clock));
    builder.faults.ifPresent(this::attach);
  }

  private void attach(FaultInjector faults) {
    try {
      faults.attach(
          new FaultInjector.Server() {
            @Override
            public Set<String> wrongAnswers() {
              return DIALECT.wrongAnswers().keySet();
            }

            @Override
            public void refuseConnections() {
              transport.refuse();
            }

            @Override
            public void acceptConnections() {
              transport.listen();
            }
          });
    } catch (IllegalArgumentException e) {
      transport.close();
      throw e;
    }
  }

  /** A server with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Where it listens, such as {@code http://127.0.0.1:41234}. */
  public URI endpoint() {
    return transport.endpoint();
  }

  /** What was received. */
  public Journal journal() {
    return journal;
  }

  /** Stops it; keys are gone. */
  @Override
  public void close() {
    transport.close();
  }

  /** Settings of a server. Not thread-safe. */
  public static final class Builder {

    private int port;
    private InstantSource clock = InstantSource.system();
    private Interceptor interceptor = Interceptor.NONE;
    private Optional<FaultInjector> faults = Optional.empty();
    private Journal journal = Journal.unbounded();

    private Builder() {}

    /** The TCP port; by default any free one. */
    public Builder port(int newPort) {
      port = newPort;
      return this;
    }

    /** The server's time, for dates, deletion windows and signatures. */
    public Builder clock(InstantSource newClock) {
      clock = Objects.requireNonNull(newClock);
      return this;
    }

    /** What decides about each request; by default {@link Interceptor#NONE}. */
    public Builder interceptor(Interceptor newInterceptor) {
      interceptor = Objects.requireNonNull(newInterceptor);
      return this;
    }

    /**
     * What goes wrong with requests, in place of another interceptor; see {@code
     * dev.enclave.emulators.fault}. Besides what every service can do wrong, AWS KMS answers with
     * {@code another-key}'s signature, a {@code flipped-bit}, {@code another-key-id} or {@code
     * another-algorithm}.
     */
    public Builder faults(FaultInjector injector) {
      faults = Optional.of(injector);
      return interceptor(new InjectedFaults(injector, DIALECT));
    }

    /** Where requests are recorded; by default a journal that forgets nothing. */
    public Builder journal(Journal newJournal) {
      journal = Objects.requireNonNull(newJournal);
      return this;
    }

    /** Starts it; it listens on 127.0.0.1 alone. */
    public AwsKmsServer start() {
      return new AwsKmsServer(this);
    }
  }
}
