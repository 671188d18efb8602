package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Clouds;
import dev.enclave.campaign.process.ChildProcess;
import dev.enclave.campaign.process.RacingProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A hundred racers in four processes for one key: one wins, the others get the winner's key. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
public abstract class RacersCampaign {

  private static final int PROCESSES = 4;
  private static final int RACERS = 25;
  private static final int ROUNDS = Integer.getInteger("enclave.campaign.rounds", 1);

  private final CloudUnderTest cloud;
  private final List<ChildProcess> processes = new ArrayList<>();
  private Bench bench;
  private Path folder;

  /** Against this cloud. */
  protected RacersCampaign(CloudUnderTest cloud) {
    this.cloud = cloud;
  }

  @BeforeAll
  void start(@TempDir Path folder) {
    this.folder = folder;
    bench = new Bench(cloud);
  }

  @AfterAll
  void stop() {
    endProcesses();
    bench.close();
  }

  @Test
  void oneOfHundredCreatorsWins_andTheOthersGetItsKey() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String name = "created-" + round;
      List<String> said = race("create", name, "KEY_ALREADY_EXISTS");
      try (Enclave enclave = bench.open()) {
        SigningKey key = enclave.signingKeys().key(name);
        assertThat(key.info().versions().stream().filter(v -> v.state() == KeyState.ACTIVE))
            .hasSize(1);
        requireOneLive(name);
        assertThat(got(said)).containsOnlyKeys(key.publicKey().fingerprint().toString());
      }
    }
  }

  @Test
  void oneOfHundredRotatorsWins_andTheOthersSeeItsVersion() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String name = "rotated-" + round;
      try (Enclave enclave = bench.open()) {
        enclave.createKey(KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      }
      List<String> said = race("rotate", name, "ROTATION_CONFLICT");
      try (Enclave enclave = bench.open()) {
        SigningKey key = enclave.signingKeys().key(name);
        assertThat(got(said)).containsOnlyKeys(key.activeVersion().id().value());
        assertThat(
                key.info().versions().stream()
                    .collect(Collectors.groupingBy(v -> v.state(), Collectors.counting())))
            .as(errors())
            .containsEntry(KeyState.ACTIVE, 1L)
            .containsEntry(KeyState.VERIFY_ONLY, 1L)
            .doesNotContainKey(KeyState.PENDING);
        // One version made and given up by each of the other processes, not by each racer.
        assertThat(key.info().versions()).hasSizeLessThanOrEqualTo(1 + PROCESSES);
      }
    }
  }

  private void requireOneLive(String name) {
    try (CloudAccount account = bench.account()) {
      Map<String, CloudAccount.State> keys = account.keys();
      assertThat(account.claimed().getOrDefault(name, Set.of()))
          .filteredOn(key -> keys.get(key) == CloudAccount.State.LIVE)
          .hasSize(1);
    }
  }

  /**
   * What the racers say, of whom one has won and all others met the same error; on a busy machine,
   * those aside who cannot tell, of whom one may have won.
   */
  private List<String> race(String what, String name, String others) throws Exception {
    boolean done = false;
    try {
      int before = bench.journal().size();
      startProcesses();
      for (ChildProcess process : processes) {
        process.tell(what + " " + name + " " + RACERS);
      }
      for (ChildProcess process : processes) {
        process.awaitLine("ready");
      }
      for (ChildProcess process : processes) {
        process.goOn();
      }
      List<String> said = new ArrayList<>();
      for (ChildProcess process : processes) {
        for (int i = 0; i < RACERS; i++) {
          said.add(process.line());
        }
      }
      requireOneWinner(what, said, others);
      // Whoever tried again was not let in, and met no failure of the service.
      Bench.requireServed(bench.journalSince(before));
      done = true;
      return said;
    } finally {
      if (!done) {
        endProcesses();
      }
    }
  }

  /** Those of the race before run on: a cold start is most of what a race costs. */
  private void startProcesses() throws IOException {
    if (!processes.isEmpty()) {
      return;
    }
    Path deployment = folder.resolve("deployment");
    bench.deployment().write(deployment);
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(
          ChildProcess.start(
              folder, RacingProcess.class, Clouds.nameOf(cloud), deployment.toString()));
    }
  }

  private void endProcesses() {
    processes.forEach(ChildProcess::close);
    processes.clear();
  }

  private void requireOneWinner(String what, List<String> said, String others) throws IOException {
    Map<String, Long> outcomes =
        said.stream()
            .collect(Collectors.groupingBy(line -> line.split(" ", -1)[0], Collectors.counting()));
    System.out.println("racers to " + what + ": " + new TreeMap<>(outcomes));
    String errors = errors();
    long won = outcomes.getOrDefault("won", 0L);
    long unsure = outcomes.getOrDefault("unsure", 0L);
    assertThat(outcomes.keySet()).as(errors).isSubsetOf("won", "unsure", others);
    assertThat(won).as(errors).isLessThanOrEqualTo(1);
    assertThat(won + unsure).as(errors).isPositive();
    // Whoever knows that they lost was told why.
    assertThat(outcomes.getOrDefault(others, 0L))
        .as(errors)
        .isEqualTo(PROCESSES * RACERS - won - unsure);
    // The service answered every request, so that only a racer without a connection is unsure.
    assertThat(unsure).as(errors).isLessThan(PROCESSES * RACERS / 2);
  }

  /** What the processes have said on their standard errors so far. */
  private String errors() throws IOException {
    StringBuilder errors = new StringBuilder();
    for (ChildProcess process : processes) {
      errors.append(process.errors());
    }
    return errors.toString();
  }

  /** How many racers got which key or version. */
  private static Map<String, Long> got(List<String> said) {
    return said.stream()
        .collect(Collectors.groupingBy(line -> line.split(" ", -1)[1], Collectors.counting()));
  }
}
