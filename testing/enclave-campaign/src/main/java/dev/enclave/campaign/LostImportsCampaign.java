package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.SigningKey;
import dev.enclave.admin.Orphans.Orphan;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.bench.Callers;
import dev.enclave.campaign.bench.Scenarios;
import dev.enclave.campaign.bench.SkippingTime;
import dev.enclave.campaign.cloud.Backups;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.CloudAccount.State;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Requests;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.Fault.Refused.Reason;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Keys are taken in while a third of the answers to changes are lost: each is there once. */
@Tag("full")
public abstract class LostImportsCampaign {

  private static final int IMPORTS = Integer.getInteger("enclave.campaign.imports", 24);
  private static final long SEED = 20261126;

  private final CloudUnderTest cloud;

  /** Against this cloud. */
  protected LostImportsCampaign(CloudUnderTest cloud) {
    this.cloud = cloud;
  }

  @Test
  void everyNameHasTheKeyThatWasTakenIn_andWhatIsLeftOverIsKnown() throws Exception {
    if (!Scenarios.imports(cloud)) {
      requireRefused();
      return;
    }
    List<Backups> backups =
        IntStream.range(0, IMPORTS).mapToObj(i -> Backups.ofOneVersion()).toList();
    Callers callers = new Callers();
    try (Bench bench = new Bench(cloud)) {
      bench.faults.follow(lostAnswers());
      callers.run(bench, IMPORTS, (enclave, i) -> backups.get(i).ensure(enclave, name(i)));
      Map<String, Long> injected = bench.faults.injected();
      assertThat(bench.faults.total()).as("faults").isGreaterThan(IMPORTS / 10);
      bench.faults.follow(FaultPlan.NONE);
      try (CloudAccount account = bench.account();
          Enclave other = bench.open()) {
        requireAllThere(other, backups);
        Map<String, State> keys = account.keys();
        Map<String, Set<String>> claimed = account.claimed();
        Set<String> leftOver = LostAnswersCampaign.leftOver(keys, claimed.values());
        System.out.println(
            IMPORTS
                + " keys taken in while answers were lost ("
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
        assertThat(claimed.keySet())
            .isEqualTo(
                IntStream.range(0, IMPORTS)
                    .mapToObj(LostImportsCampaign::name)
                    .collect(Collectors.toCollection(TreeSet::new)));
        assertThat(claimed.values())
            .allSatisfy(of -> assertThat(LostAnswersCampaign.live(of, keys)).hasSize(1));
        if (cloud.leavesOrphans()) {
          requireReconciled(bench, account, leftOver, claimed);
          requireAllThere(other, backups);
        } else {
          assertThat(leftOver).isEmpty();
        }
      }
    }
  }

  private static String name(int number) {
    return "taken-in-" + number;
  }

  /** What is not declared is refused, and asks the service for nothing. */
  private void requireRefused() {
    try (Bench bench = new Bench(cloud);
        Enclave enclave = bench.open()) {
      int before = bench.journal().size();
      EnclaveException refusal =
          catchThrowableOfType(
              EnclaveException.class, () -> Backups.ofOneVersion().restore(enclave, "wallet"));
      assertThat(refusal.code()).isEqualTo(ErrorCode.UNSUPPORTED_OPERATION);
      assertThat(bench.journalSince(before)).isEmpty();
      System.out.println("no keys taken in: the backend imports none, and says so");
    }
  }

  private FaultPlan lostAnswers() {
    FaultPlan plan = FaultPlan.seeded(SEED);
    Requests requests = cloud.requests();
    List<String> changes =
        Stream.concat(requests.creates().stream(), requests.changes().stream())
            .distinct()
            .sorted()
            .toList();
    for (String operation : changes) {
      plan =
          plan.share(operation, 20, Fault.resetAfter())
              .share(operation, 10, Fault.resetBefore())
              .share(operation, 3, Fault.refusedButApplied(Reason.INTERNAL_ERROR))
              .share(operation, 2, Fault.truncated(0));
    }
    return plan.share("*", 1, Fault.refused(Reason.UNAVAILABLE));
  }

  private static void requireAllThere(Enclave other, List<Backups> backups) {
    for (int i = 0; i < backups.size(); i++) {
      SigningKey key = other.signingKeys().key(name(i));
      backups.get(i).requireSame(key);
      new Claims().released(key, key.sign(Claims.MESSAGE));
    }
  }

  /** A day later; some of what is left over never got its private key. */
  private static void requireReconciled(
      Bench bench, CloudAccount account, Set<String> leftOver, Map<String, Set<String>> claimed) {
    SkippingTime tomorrow = bench.time();
    tomorrow.skip(Duration.ofDays(1));
    try (Enclave later = bench.open(tomorrow, bench.audit())) {
      List<String> orphans =
          later.admin().orphans().orElseThrow().find().stream().map(Orphan::providerUri).toList();
      assertThat(orphans)
          .containsAll(leftOver)
          .doesNotContainAnyElementsOf(claimed.values().stream().flatMap(Set::stream).toList());
      assertThat(later.admin().orphans().orElseThrow().discard()).hasSameSizeAs(orphans);
      assertThat(later.admin().orphans().orElseThrow().find()).isEmpty();
    }
    assertThat(LostAnswersCampaign.live(leftOver, account.keys())).isEmpty();
  }
}
