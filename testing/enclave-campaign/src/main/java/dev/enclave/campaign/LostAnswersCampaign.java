package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.Fingerprint;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.admin.Orphans.Orphan;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.bench.Callers;
import dev.enclave.campaign.bench.SkippingTime;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.CloudAccount.State;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.Fault.Refused.Reason;
import dev.enclave.emulators.fault.FaultPlan;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Keys are created while a third of the answers are lost: no name gets two. */
@Tag("full")
public abstract class LostAnswersCampaign {

  private static final int USUAL = 200;
  private static final long SEED = 20261125;

  private final CloudUnderTest cloud;
  private final int creates;
  private final Map<String, Fingerprint> created = new ConcurrentHashMap<>();
  private final Callers callers = new Callers();

  /** Against this cloud. */
  protected LostAnswersCampaign(CloudUnderTest cloud) {
    this(cloud, USUAL);
  }

  /**
   * The same.
   *
   * @param creates how many keys the short form creates: fewer where each takes long
   */
  protected LostAnswersCampaign(CloudUnderTest cloud, int creates) {
    this.cloud = cloud;
    this.creates = Integer.getInteger("enclave.campaign.creates", creates);
  }

  @Test
  void everyNameHasOneKey_andWhatIsLeftOverIsKnown() throws Exception {
    try (Bench bench = new Bench(cloud)) {
      bench.faults.follow(lostAnswers());
      callers.run(bench, creates, this::ensure);
      Map<String, Long> injected = bench.faults.injected();
      assertThat(bench.faults.total()).as("faults").isGreaterThan(creates / 10);
      bench.faults.follow(FaultPlan.NONE);
      assertThat(created).hasSize(creates);
      try (CloudAccount account = bench.account();
          Enclave other = bench.open()) {
        requireAllThere(other);
        Map<String, State> keys = account.keys();
        Map<String, Set<String>> claimed = account.claimed();
        Set<String> leftOver = leftOver(keys, claimed.values());
        System.out.println(
            creates
                + " keys created while answers were lost ("
                + injected
                + "), errors "
                + callers.errors()
                + ": "
                + keys.size()
                + " keys at the provider, "
                + claimed.size()
                + " names, "
                + leftOver.size()
                + " keys left over");
        assertThat(claimed).containsOnlyKeys(created.keySet());
        assertThat(claimed.values()).allSatisfy(of -> assertThat(live(of, keys)).hasSize(1));
        if (cloud.leavesOrphans()) {
          assertThat(leftOver).isNotEmpty();
          requireReconciled(bench, account, leftOver);
          requireAllThere(other);
        } else {
          assertThat(leftOver).isEmpty();
        }
      }
    }
  }

  private FaultPlan lostAnswers() {
    FaultPlan plan = FaultPlan.seeded(SEED);
    for (String operation : cloud.requests().creates()) {
      plan =
          plan.share(operation, 20, Fault.resetAfter())
              .share(operation, 10, Fault.resetBefore())
              .share(operation, 3, Fault.refusedButApplied(Reason.INTERNAL_ERROR))
              .share(operation, 2, Fault.truncated(0));
    }
    return plan.share("*", 1, Fault.refused(Reason.UNAVAILABLE));
  }

  static Set<String> leftOver(Map<String, State> keys, Collection<Set<String>> claimed) {
    Set<String> named = claimed.stream().flatMap(Set::stream).collect(Collectors.toSet());
    return live(keys.keySet(), keys).stream()
        .filter(key -> !named.contains(key))
        .collect(Collectors.toSet());
  }

  static Set<String> live(Set<String> some, Map<String, State> keys) {
    return some.stream().filter(key -> keys.get(key) == State.LIVE).collect(Collectors.toSet());
  }

  /** A day later, when nobody can still be creating one of them. */
  private static void requireReconciled(Bench bench, CloudAccount account, Set<String> orphans) {
    SkippingTime tomorrow = bench.time();
    tomorrow.skip(Duration.ofDays(1));
    try (Enclave later = bench.open(tomorrow, bench.audit())) {
      assertThat(later.admin().orphans().orElseThrow().find())
          .extracting(Orphan::providerUri)
          .containsExactlyInAnyOrderElementsOf(orphans);
      assertThat(later.admin().orphans().orElseThrow().discard()).hasSameSizeAs(orphans);
      assertThat(later.admin().orphans().orElseThrow().find()).isEmpty();
    }
    assertThat(live(orphans, account.keys())).isEmpty();
  }

  private void requireAllThere(Enclave other) {
    created.forEach(
        (name, fingerprint) ->
            assertThat(other.signingKeys().key(name).publicKey().fingerprint())
                .isEqualTo(fingerprint));
  }

  /** As an application does it that must have the key. */
  private void ensure(Enclave enclave, int number) {
    String name = "lost-" + number;
    created.put(
        name,
        enclave
            .ensureKey(KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_P256_SHA256))
            .publicKey()
            .fingerprint());
  }
}
