package dev.enclave.kubernetes.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.campaign.bench.HeldTasks;
import dev.enclave.campaign.bench.SkippingTime;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.emulators.wire.JournalEntry.Fate;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The API server is killed, and comes back. */
@Tag("needs-kube-apiserver")
@ExtendWith(SharedApiServer.class)
@Tag("full")
class ApiServerDownTest {

  private static final int CLIENTS = 50;
  private static final long TENTH_MILLIS = 100;

  /** Twenty, and what is under way then. */
  private static final long TO_OPEN_THE_BREAKER = 25;

  private static final long PROBES_A_SECOND = 2;

  private static KeySpec<SigningKey> spec(String name) {
    return KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_P256_SHA256);
  }

  @Test
  void keysInMemorySignOn_newOnesFailWithATimeToRetry_andNothingFallsBack(ApiServer server) {
    KekOnAws cloud = new KekOnAws();
    try (RunningPod pod = (RunningPod) cloud.start(new FaultInjector(), InstantSource.system())) {
      // Past the relay, which would take the requests.
      Deployment direct = pod.deployment().and(pod.site().direct());
      SkippingTime time = new SkippingTime();
      RecordingAuditSink audit = new RecordingAuditSink();
      try (Enclave enclave = direct.builder(cloud).with(time).with(audit).open()) {
        SigningKey key = enclave.createKey(spec("kept"));
        requireSigning(key);
        server.interrupt();
        try {
          for (int minute = 1; minute < 9; minute++) {
            time.skip(Duration.ofMinutes(1));
            requireSigning(key);
          }
          requireUnreachable(() -> enclave.signingKeys().key("never-read"));
          requireUnreachable(() -> enclave.createKey(spec("new")));
          time.skip(Duration.ofMinutes(3));
          requireUnreachable(() -> key.sign(Claims.MESSAGE));
        } finally {
          server.resume();
        }
        time.skip(Duration.ofMinutes(1));
        requireSigning(key);
        assertThat(enclave.createKey(spec("new")).handle().backend())
            .isEqualTo(key.handle().backend());
      }
      // Whatever names a backend, names this one, or that of the key-encryption key.
      assertThat(audit.events())
          .filteredOn(event -> event.key().isPresent())
          .allSatisfy(
              event ->
                  assertThat(event.backend().map(BackendId::value).orElse(""))
                      .isEqualTo(
                          event.key().orElseThrow().value().equals(KekServer.NAME)
                              ? "aws-kms"
                              : "kubernetes"));
    }
  }

  private static void requireSigning(SigningKey key) {
    assertThat(key.verify(Claims.MESSAGE, key.sign(Claims.MESSAGE))).isTrue();
  }

  private static void requireUnreachable(Runnable call) {
    EnclaveException failure = catchThrowableOfType(EnclaveException.class, call::run);
    assertThat(failure).isInstanceOf(ConnectivityException.class);
    assertThat(failure.code()).isIn(ErrorCode.BACKEND_UNAVAILABLE, ErrorCode.BREAKER_OPEN);
    assertThat(failure.retryAt()).as(failure.getMessage()).isPresent();
  }

  @Test
  void fiftyClientsComeBackWithoutAStorm(ApiServer server) throws Exception {
    WithoutKek cloud = new WithoutKek();
    FaultInjector faults = new FaultInjector();
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    List<Enclave> clients = new ArrayList<>();
    try (RunningPod pod = (RunningPod) cloud.start(faults, InstantSource.system())) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(
            pod.deployment()
                .builder(cloud)
                .with(new RecordingAuditSink())
                .scheduler(new HeldTasks())
                .open());
      }
      try (Enclave maker = pod.deployment().builder(cloud).with(new RecordingAuditSink()).open()) {
        maker.createKey(spec("wanted"));
      }
      int before = pod.journal().size();
      ConcurrentLinkedQueue<Instant> told = new ConcurrentLinkedQueue<>();
      CountDownLatch heldBack = new CountDownLatch(CLIENTS);
      List<Future<?>> running = new ArrayList<>();
      // As behind a load balancer, which knows which servers are ready: one that is not refuses
      // every token for a second, with 401 or 403.
      faults.beginOutage(Fault.Outage.RESET);
      server.interrupt();
      try {
        for (Enclave client : clients) {
          running.add(
              threads.submit(
                  () -> {
                    try {
                      return readAtLast(client, told, heldBack);
                    } finally {
                      // One that ends of an error is not waited for, and tells of it below.
                      heldBack.countDown();
                    }
                  }));
        }
        heldBack.await();
      } finally {
        server.resume();
        faults.endOutage();
      }
      for (Future<?> client : running) {
        client.get();
      }
      List<JournalEntry> sent = pod.journal().subList(before, pod.journal().size());
      long lost = sent.stream().filter(entry -> entry.fate() == Fate.RESET).count();
      long answered = sent.size() - lost;
      System.out.println(
          CLIENTS
              + " clients: "
              + lost
              + " requests while the API server was down, "
              + answered
              + " answered; told to come back, by tenths of a second: "
              + tenths(told));
      Duration down = Duration.between(sent.get(0).time(), sent.get(sent.size() - 1).time());
      assertThat(lost)
          .as("in " + down)
          .isLessThanOrEqualTo(
              CLIENTS * (TO_OPEN_THE_BREAKER + PROBES_A_SECOND * down.toSeconds()));
      assertThat(answered).isBetween((long) CLIENTS, 2L * CLIENTS);
      assertThat(tenths(told).values()).allMatch(count -> count <= CLIENTS / 3);
    } finally {
      threads.shutdownNow();
      clients.forEach(Enclave::close);
    }
  }

  /**
   * Reads and signs once the server is back. Until the breaker has opened, and a probe of it has
   * failed, a client is told its own short pause: those who failed together come back together, be
   * it to a server that is down. So the outage goes on until each has been held back twice.
   */
  private static Void readAtLast(
      Enclave client, ConcurrentLinkedQueue<Instant> told, CountDownLatch heldBack) {
    int times = 0;
    Instant last = Instant.MIN;
    while (true) {
      try {
        SigningKey key = client.signingKeys().key("wanted");
        requireSigning(key);
        told.add(last);
        return null;
      } catch (EnclaveException e) {
        assertThat(e.retryable()).as(e.getMessage()).isTrue();
        last = e.retryAt().orElseThrow();
        if (e.code() == ErrorCode.BREAKER_OPEN && ++times == 2) {
          heldBack.countDown();
        }
        while (Instant.now().isBefore(last)) {
          LockSupport.parkNanos(Duration.between(Instant.now(), last).toNanos());
        }
      }
    }
  }

  private static Map<Long, Integer> tenths(Iterable<Instant> moments) {
    Map<Long, Integer> tenths = new TreeMap<>();
    moments.forEach(moment -> tenths.merge(moment.toEpochMilli() / TENTH_MILLIS, 1, Integer::sum));
    return tenths;
  }
}
