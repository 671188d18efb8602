package dev.enclave.cli.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.SigningAlgorithm;
import dev.enclave.cli.Cli;
import dev.enclave.testkit.InMemoryProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands with several keys: a canary step, the others, and a stop at the first error. */
@Tag("full")
class MigrateSeveralTest {

  private static final String PLANS = "plans/wallet-1.json plans/wallet-2.json plans/wallet-3.json";

  private final InMemoryProvider target = new InMemoryProvider();

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it
  private Path folder;

  @BeforeEach
  void prepare() throws IOException {
    Files.createDirectories(folder.resolve("plans"));
    Files.createDirectories(folder.resolve("records"));
    for (String name : List.of("wallet-1", "wallet-2", "wallet-3")) {
      succeed("keys create " + name + " --algorithm ED25519");
    }
  }

  private Cli.Run run(String typed) {
    return Cli.local(folder)
        .with(target)
        .run(
            Stream.concat(Stream.of("-Denclave.backend=software"), Arrays.stream(typed.split(" ")))
                .toArray(String[]::new));
  }

  private Cli.Run succeed(String typed) {
    Cli.Run run = run(typed);
    assertThat(run.code()).as(run.err()).isZero();
    return run;
  }

  @Test
  void carriesOutTheFirst_andThenTheOthers() throws IOException {
    succeed("keys create kek --algorithm AES_256_GCM");
    Cli.Run planned = succeed("migrate plan --all --to memory --out plans");
    assertThat(planned.out().lines())
        .hasSize(3)
        .allMatch(line -> line.matches("[123] of 3: enclave:.*wallet-[123].* succession"));
    assertThat(succeed("migrate propose " + PLANS).out().lines())
        .filteredOn(line -> line.startsWith("Proposed plan"))
        .hasSize(3);
    Cli ben = Cli.local(Files.createDirectories(folder.resolve("ben")));
    String here = "migrate approve " + PLANS.replace("plans/", "../plans/");
    assertThat(ben.succeed(here.split(" ")).out().lines())
        .filteredOn(line -> line.startsWith("Approved plan"))
        .hasSize(3);

    Cli.Run canary = succeed("migrate run " + PLANS + " --record records --first 1");
    assertThat(canary.out()).contains("1 of 1: enclave:", "Carried out 1 of 3 plans.");
    assertThat(folder.resolve("records")).isDirectoryContaining("glob:**/wallet-1.json");
    assertThat(folder.resolve("records/wallet-2.json")).doesNotExist();
    Cli.Run others = succeed("migrate run " + PLANS + " --record records");

    assertThat(others.out())
        .containsPattern("1 of 3: enclave:.* was migrated before, to enclave:")
        .contains("3 of 3: enclave:", "Carried out 3 of 3 plans.");
    assertThat(succeed("migrate verify " + PLANS.replace("plans/", "records/")).out().lines())
        .filteredOn("The record holds."::equals)
        .hasSize(3);
  }

  @Test
  void stopsAtTheFirstIntegrityError_andGoesOnWhenItIsMended() {
    succeed("migrate plan wallet-1 wallet-2 wallet-3 --to memory --out plans");
    Path second = folder.resolve("plans/wallet-2.json");
    edit(second, "1 signature", "0 signatures");

    Cli.Run stopped = run("migrate run " + PLANS + " --record records");

    assertThat(stopped.code()).isEqualTo(5);
    assertThat(stopped.err())
        .contains("Stopped at plans/wallet-2.json, after 1 of 3", "MIGRATION_PLAN_CHANGED");
    Cli.local(folder).file("message", "pay 10 to Alice");
    assertThat(run("sign wallet-1 message --out=signature").err()).contains("KEY_MIGRATED");
    succeed("sign wallet-2 message --out=signature");
    succeed("sign wallet-3 message --out=signature");
    succeed("migrate plan wallet-2 --to memory --out plans/wallet-2.json");
    assertThat(succeed("migrate run " + PLANS + " --record records").out())
        .contains("Carried out 3 of 3 plans.");
  }

  private static void edit(Path file, String from, String to) {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      assertThat(text).contains(from);
      Files.writeString(file, text.replace(from, to));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A record of another plan is no sign that this one was carried out by an earlier run. */
  @Test
  void takesNoOtherRecordForItsOwn() throws IOException {
    succeed("migrate plan wallet-1 wallet-2 --to memory --out plans");
    succeed("migrate run plans/wallet-1.json plans/wallet-2.json --record records");
    Files.copy(
        folder.resolve("records/wallet-2.json"),
        folder.resolve("records/wallet-1.json"),
        StandardCopyOption.REPLACE_EXISTING);

    Cli.Run again = run("migrate run plans/wallet-1.json plans/wallet-2.json --record records");

    assertThat(again.err()).contains("APPROVAL_USED", "after 0 of 2");
  }

  @Test
  void saysWhichKeysCannotBeMigrated_andPlansTheOthers() {
    succeed("keys create nist --algorithm ECDSA_P256_SHA256");
    InMemoryProvider narrow = target.algorithms(Set.of(SigningAlgorithm.ED25519));

    Cli.Run planned =
        Cli.local(folder)
            .with(narrow)
            .run(
                "-Denclave.backend=software",
                "migrate",
                "plan",
                "--all",
                "--to",
                "memory",
                "--out",
                "plans");

    assertThat(planned.code()).isEqualTo(1);
    assertThat(planned.out()).contains("not possible: memory does not offer ECDSA_P256_SHA256");
    assertThat(folder.resolve("plans/nist.json")).doesNotExist();
    assertThat(folder.resolve("plans/wallet-3.json")).exists();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "migrate plan --to memory",
        "migrate plan wallet-1 --all --to memory --out plans",
        "migrate plan wallet-1 wallet-2 --to memory --out plan.json",
        "migrate plan wallet-1 wallet-1 --to memory --out plans",
        "migrate run " + PLANS + " --record record.json",
        "migrate run plans/wallet-1.json plans/wallet-1.json --record records",
        "migrate run plans/wallet-1.json --record records --first 0"
      })
  void refusesWhatIsNoPieceOfWork(String typed) {
    assertThat(run(typed).err()).contains("INVALID_ARGUMENT");
  }
}
