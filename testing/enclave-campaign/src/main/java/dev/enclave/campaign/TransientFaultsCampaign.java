package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.Fault.Refused.Reason;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.error.EnclaveException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Signing while one request in a hundred fails. */
public abstract class TransientFaultsCampaign {

  private static final int SIGNATURES = Integer.getInteger("enclave.campaign.signatures", 2_000);
  private static final int CALLERS = 16;

  /** Longer than a busy machine stands still; what the faults take is a second or two. */
  private static final Duration DEADLINE = Duration.ofMinutes(1);

  private static final SignOptions OPTIONS = SignOptions.defaults().deadline(DEADLINE);

  private final CloudUnderTest cloud;

  /** Against this cloud. */
  protected TransientFaultsCampaign(CloudUnderTest cloud) {
    this.cloud = cloud;
  }

  @Test
  void almostNoSignatureFails_andNoneIsWrongOrLate() throws Exception {
    try (Bench bench = new Bench(cloud);
        Enclave enclave = bench.openInRealTime()) {
      SigningKey key =
          enclave.createKey(KeySpec.named("busy").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      boolean inMemory = cloud.requests().signsInMemory();
      String sign = inMemory ? "*" : cloud.requests().sign();
      int before = bench.journal().size();
      Reason passing = cloud.throttlingOutlastsCalls() ? Reason.TIMEOUT : Reason.THROTTLED;
      bench.faults.follow(
          FaultPlan.seeded(20261125)
              .share(sign, 0.4, Fault.refused(Reason.UNAVAILABLE))
              .share(sign, 0.2, Fault.refused(passing))
              .share(sign, 0.2, Fault.resetBefore())
              .share(sign, 0.2, Fault.resetAfter()));
      Tally tally = new Tally(key.publicKey());
      long began = System.nanoTime();
      run(() -> tally.sign(key));
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      System.out.println(
          SIGNATURES
              + " signs by "
              + CALLERS
              + " callers, 1% transient faults ("
              + bench.faults.injected()
              + "): "
              + tally
              + ", "
              + took.toSeconds()
              + " s");
      if (inMemory) {
        // Whatever fails at the service, signatures ask it for nothing but a new reading.
        assertThat(bench.journalSince(before)).hasSizeLessThan(SIGNATURES / 100);
      } else {
        assertThat(bench.faults.total()).isBetween(SIGNATURES / 200L, SIGNATURES / 50L);
      }
      assertThat(tally.unverified).hasValue(0);
      assertThat(tally.late).hasValue(0);
      assertThat(tally.signed.get()).isGreaterThanOrEqualTo(SIGNATURES - SIGNATURES / 1000);
    }
  }

  private static void run(Runnable one) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        int share = SIGNATURES / CALLERS;
        running.add(threads.submit(() -> Collections.nCopies(share, one).forEach(Runnable::run)));
      }
      for (Future<?> caller : running) {
        caller.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** What came of the calls. */
  private static final class Tally {

    final AtomicInteger signed = new AtomicInteger();
    final AtomicInteger unverified = new AtomicInteger();
    final AtomicInteger late = new AtomicInteger();
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();
    private final SignatureVerifier verifier;

    Tally(PublicKeyInfo publicKey) {
      this.verifier = SignatureVerifier.of(publicKey);
    }

    void sign(SigningKey key) {
      long began = System.nanoTime();
      try {
        SignatureValue signature = key.sign(Claims.MESSAGE, OPTIONS);
        if (!verifier.verify(Claims.MESSAGE, signature)) {
          unverified.incrementAndGet();
        }
        signed.incrementAndGet();
      } catch (EnclaveException e) {
        failures.merge(e.code().name(), 1, Integer::sum);
      }
      if (System.nanoTime() - began > DEADLINE.toNanos()) {
        late.incrementAndGet();
      }
    }

    @Override
    public String toString() {
      return signed + " signed, " + late + " late, failures " + new TreeMap<>(failures);
    }
  }
}
