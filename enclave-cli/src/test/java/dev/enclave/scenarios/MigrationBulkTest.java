package dev.enclave.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many keys go from AWS KMS to Azure Key Vault while an application signs with keys of both; the
 * long form has 20 ms of latency at both, and prints what it measured.
 */
@Tag("full")
class MigrationBulkTest {

  private static final int KEYS = Integer.getInteger("enclave.soak.migrated-keys", 3);
  private static final boolean LONG = System.getProperty("enclave.soak.migrated-keys") != null;
  private static final long SIGNATURES_BEFORE = LONG ? 1_000 : 3;
  private static final double SECOND = 1e9;

  private final AtomicLong live = new AtomicLong();

  @Test
  void everyKeyHasASuccessor_whileBothSidesAreUsed(@TempDir Path folder) throws Exception {
    Set<BackendId> both = Set.of(BackendId.AWS_KMS, BackendId.AZURE_KEYVAULT);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (SixPlaces places = new SixPlaces(folder, both);
        Enclave mover = places.open(BackendId.AWS_KMS);
        Enclave atSource = places.open(BackendId.AWS_KMS);
        Enclave atTarget = places.open(BackendId.AZURE_KEYVAULT)) {
      List<SigningKey> used = List.of(created(atSource, "used"), created(atTarget, "used-too"));
      List<MigrationProposal> plans = new ArrayList<>();
      for (int i = 0; i < KEYS; i++) {
        SigningKey key = created(mover, "wallet-" + i);
        plans.add(
            MigrationProposal.unsigned(
                mover.admin().migrations().plan(key.handle(), BackendId.AZURE_KEYVAULT)));
      }
      if (LONG) {
        places.cut.delay(Duration.ofMillis(20));
      }
      List<Double> before = rates(signing(threads, used, count -> count < SIGNATURES_BEFORE));
      AtomicBoolean over = new AtomicBoolean();
      live.set(0);
      places.cut.none();
      long begun = System.nanoTime();
      List<Future<Double>> meanwhile = signing(threads, used, count -> !over.get());
      List<MigrationRecord> records = new ArrayList<>();
      try {
        plans.forEach(plan -> mover.admin().migrations().run(plan, records::add));
      } finally {
        over.set(true);
      }
      double seconds = (System.nanoTime() - begun) / SECOND;
      List<Double> during = rates(meanwhile);

      assertThat(records)
          .hasSize(KEYS)
          .allSatisfy(each -> each.requireValid(Optional.empty(), Set.of()));
      System.out.printf(
          "%d keys migrated in %.1f s, %.2f/s, %.1f requests each; live signing %.1f/s and %.1f/s"
              + " before, %.1f/s and %.1f/s meanwhile (%.2f and %.2f)%n",
          KEYS,
          seconds,
          KEYS / seconds,
          (places.cut.seen() - live.get()) / (double) KEYS,
          before.get(0),
          before.get(1),
          during.get(0),
          during.get(1),
          during.get(0) / before.get(0),
          during.get(1) / before.get(1));
    } finally {
      threads.shutdownNow();
    }
  }

  private static SigningKey created(Enclave enclave, String name) {
    return enclave.createKey(KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
  }

  private List<Future<Double>> signing(
      ExecutorService threads, List<SigningKey> keys, LongPredicate goOn) {
    return keys.stream().map(key -> threads.submit(() -> rate(key, goOn))).toList();
  }

  private double rate(SigningKey key, LongPredicate goOn) {
    long begun = System.nanoTime();
    long count = 0;
    while (goOn.test(count)) {
      key.sign(Migrated.MESSAGE);
      live.incrementAndGet();
      count++;
    }
    return count * SECOND / (System.nanoTime() - begun);
  }

  private static List<Double> rates(List<Future<Double>> futures) throws Exception {
    List<Double> rates = new ArrayList<>();
    for (Future<Double> future : futures) {
      rates.add(future.get());
    }
    return rates;
  }
}
