package dev.enclave.aws.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.EnclaveException;
import dev.enclave.Fingerprint;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeySpec;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.Fault.Refused.Reason;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.model.KeyState;

/** Keys are created while a third of the answers are lost: no name gets two. */
class LostAnswersTest {

  private static final int CREATES = Integer.getInteger("enclave.campaign.creates", 200);
  private static final int CALLERS = 8;
  private static final int MOST_TRIES = 50;

  private final Map<String, Fingerprint> created = new ConcurrentHashMap<>();
  private final Map<String, Integer> errors = new ConcurrentHashMap<>();

  @Test
  void everyNameHasOneKey_andWhatIsLeftOverIsKnown() throws Exception {
    try (Kms kms = new Kms()) {
      kms.faults.follow(
          FaultPlan.seeded(20261125)
              .share("CreateKey", 20, Fault.resetAfter())
              .share("CreateKey", 10, Fault.resetBefore())
              .share("CreateKey", 5, Fault.refusedButApplied(Reason.INTERNAL_ERROR))
              .share("CreateAlias", 20, Fault.resetAfter())
              .share("CreateAlias", 10, Fault.resetBefore())
              .share("CreateAlias", 5, Fault.truncated(0))
              .share("*", 1, Fault.refused(Reason.UNAVAILABLE)));
      createAll(kms);
      Map<String, Long> injected = kms.faults.injected();
      kms.faults.follow(FaultPlan.NONE);
      assertThat(created).hasSize(CREATES);
      try (Account account = new Account(kms.settings());
          Enclave other = kms.open()) {
        created.forEach((name, fingerprint) -> requireThere(other, name, fingerprint));
        Set<String> named = new HashSet<>(account.aliases().values());
        Map<String, KeyState> keys = account.keys();
        List<String> enabledOrphans =
            keys.entrySet().stream()
                .filter(key -> key.getValue() == KeyState.ENABLED && !named.contains(key.getKey()))
                .map(Map.Entry::getKey)
                .toList();
        System.out.println(
            CREATES
                + " keys created while answers were lost ("
                + injected
                + "), errors "
                + new TreeMap<>(errors)
                + ": "
                + keys.size()
                + " KMS keys, "
                + named.size()
                + " of them with a name, "
                + enabledOrphans.size()
                + " left over");
        assertThat(account.aliases().keySet().stream().filter(LostAnswersTest::ofAVersion))
            .hasSize(CREATES);
        assertThat(named).hasSize(CREATES);
        assertThat(enabledOrphans).isNotEmpty();
        requireReconciled(kms, account, enabledOrphans);
        created.forEach((name, fingerprint) -> requireThere(other, name, fingerprint));
      }
    }
  }

  /** A day later, when nobody can still be creating one of them. */
  private static void requireReconciled(Kms kms, Account account, List<String> orphans) {
    SkippingTime tomorrow = new SkippingTime();
    tomorrow.skip(Duration.ofDays(1));
    try (Enclave later = kms.open(tomorrow, new RecordingAuditSink())) {
      assertThat(later.orphans().stream().map(LostAnswersTest::keyId))
          .containsExactlyInAnyOrderElementsOf(orphans);
      assertThat(later.discardOrphans()).hasSameSizeAs(orphans);
      assertThat(later.orphans()).isEmpty();
    }
    Map<String, KeyState> keys = account.keys();
    assertThat(orphans)
        .allSatisfy(id -> assertThat(keys).containsEntry(id, KeyState.PENDING_DELETION));
  }

  private static String keyId(Enclave.Orphan orphan) {
    return orphan.providerUri().substring(orphan.providerUri().lastIndexOf('/') + 1);
  }

  private static void requireThere(Enclave other, String name, Fingerprint fingerprint) {
    assertThat(other.key(name).publicKey().fingerprint()).isEqualTo(fingerprint);
  }

  /** {@code alias/enclave/NAME/1}; without the number it is the hint for people. */
  private static boolean ofAVersion(String alias) {
    return alias.matches("alias/enclave/[^/]+/[0-9]+");
  }

  private void createAll(Kms kms) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        int caller = i;
        running.add(threads.submit(() -> createShare(kms, caller)));
      }
      for (Future<?> caller : running) {
        caller.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private void createShare(Kms kms, int caller) {
    try (Enclave enclave = opened(kms)) {
      for (int i = caller; i < CREATES; i += CALLERS) {
        ensure(enclave, "lost-" + i);
      }
    }
  }

  /** Starting meets the faults too, and is tried again as a supervisor would. */
  private Enclave opened(Kms kms) {
    for (int tries = 1; ; tries++) {
      try {
        return kms.open();
      } catch (EnclaveException e) {
        count(e, tries);
      }
    }
  }

  /** As an application does it that must have the key. */
  private void ensure(Enclave enclave, String name) {
    for (int tries = 1; ; tries++) {
      try {
        created.put(
            name,
            enclave
                .ensureKey(KeySpec.named(name).algorithm(KeyAlgorithm.ECDSA_P256_SHA256))
                .publicKey()
                .fingerprint());
        return;
      } catch (EnclaveException e) {
        count(e, tries);
      }
    }
  }

  private void count(EnclaveException e, int tries) {
    errors.merge(e.code().name(), 1, Integer::sum);
    if (tries == MOST_TRIES) {
      throw e;
    }
  }
}
