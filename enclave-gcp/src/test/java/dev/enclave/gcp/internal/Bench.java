package dev.enclave.gcp.internal;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.RotationInterval;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.GcpKmsServerBuilder;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server of our own, a backend at it, and what changes messages between the two. */
public record Bench(
    MutableClock clock,
    GcpKmsServer server,
    Tampering tampering,
    CapableBackend backend,
    List<CapableBackend> others,
    AtomicInteger names)
    implements AutoCloseable {

  /** So many serve all import jobs of a server in turn. */
  private static final int WRAPPING_KEYS = 2;

  public static Bench start() {
    return start(GcpKmsServer.builder());
  }

  public static Bench start(GcpKmsServerBuilder settings) {
    MutableClock clock = new MutableClock();
    GcpKmsServer server = settings.clock(clock::now).start();
    Sessions.makeKeyRing(server);
    Tampering tampering = new Tampering();
    return new Bench(
        clock,
        server,
        tampering,
        backend(server, tampering, clock, Duration.ZERO),
        new CopyOnWriteArrayList<>(),
        new AtomicInteger());
  }

  private static CapableBackend backend(
      GcpKmsServer server, Tampering tampering, MutableClock clock, Duration publishAhead) {
    return new CapableBackend(
        GcpKmsBackend.over(
            Sessions.with(server, tampering),
            BackendContext.of(
                    new BackendSettings(BackendId.GCP_KMS, Map.of()),
                    EnvironmentType.DEVELOPMENT,
                    FakeEnvironment.empty(),
                    clock,
                    new SecureRandom())
                .publishing(publishAhead)));
  }

  /** Another process's, at the same server. */
  public CapableBackend another() {
    return publishing(Duration.ZERO);
  }

  /** Another process's, whose versions wait for so long before they are activated. */
  public CapableBackend publishing(Duration ahead) {
    CapableBackend another = backend(server, tampering, clock, ahead);
    others.add(another);
    return another;
  }

  /** A server's first wrapping keys take longer than a request may, on a busy machine. */
  public void warmImports() {
    for (int i = 0; i < WRAPPING_KEYS; i++) {
      Sessions.makeImportJob(server, "warm-" + i);
    }
  }

  public KeySnapshot create(KeyAlgorithm algorithm) throws BackendFailure {
    int number = names.incrementAndGet();
    return backend.create(
        CreateRequest.of(
            KeyName.of("bench-" + number),
            algorithm,
            RotationInterval.NEVER,
            EnvironmentType.DEVELOPMENT,
            "create-" + number),
        call());
  }

  KeyVersionRef key(KeyAlgorithm algorithm) throws BackendFailure {
    KeySnapshot key = create(algorithm);
    return key.ref(key.active().orElseThrow());
  }

  public CallContext call() {
    return call(1);
  }

  public CallContext call(int attempt) {
    return CallContext.of("op", attempt, Deadline.in(Duration.ofSeconds(30), clock), clock);
  }

  @Override
  public void close() {
    // A channel that is forgotten open is complained of by gRPC, in the log of another test.
    others.forEach(CapableBackend::close);
    backend.close();
    server.close();
  }
}
