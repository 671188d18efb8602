package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.check.AuditLogVerifier;
import dev.enclave.auditlog.check.AuditLogVerifier.LogVerification;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FileAuditSinkTest {

  private final Path directory;
  private final Path lane;

  FileAuditSinkTest(@TempDir Path parent) {
    this.directory = parent.resolve("a/audit");
    this.lane = directory.resolve("lane-0.jsonl");
  }

  @Test
  void recordsAreChained() throws IOException {
    Events.log(directory, 3);

    List<SortedMap<String, String>> records = records(lane);

    assertThat(records).extracting(r -> r.get("sequence")).containsExactly("1", "2", "3");
    assertThat(records.get(0).get("previous")).isEqualTo("0".repeat(64));
    assertThat(records.get(1).get("previous")).isEqualTo(records.get(0).get("hash"));
    assertThat(records.get(2).get("previous")).isEqualTo(records.get(1).get("hash"));
  }

  @Test
  void twoSinksAtOnceUseTwoLanes_andAClosedOneIsReused() throws IOException {
    try (FileAuditSink first = Logs.open(directory)) {
      first.append(Events.numbered(1), Durability.DURABLE);
      try (FileAuditSink second = Logs.open(directory)) {
        second.append(Events.numbered(2), Durability.DURABLE);
      }
      try (FileAuditSink third = Logs.open(directory)) {
        third.append(Events.numbered(3), Durability.DURABLE);
      }
      first.append(Events.numbered(4), Durability.DURABLE);
    }

    assertThat(records(lane)).extracting(r -> r.get("caller")).containsExactly("user:1", "user:4");
    assertThat(records(directory.resolve("lane-1.jsonl")))
        .extracting(r -> r.get("caller"))
        .containsExactly("user:2", "user:3");
    assertThat(AuditLogVerifier.verify(directory))
        .isEqualTo(
            new LogVerification(
                4,
                Optional.empty(),
                List.of(),
                List.of(),
                3,
                List.of(),
                0,
                Optional.empty(),
                Optional.empty(),
                List.of()));
  }

  @Test
  void aLogWithoutRecordsIsNotIntact() throws IOException {
    Files.createDirectories(directory);

    assertThat(AuditLogVerifier.verify(directory).problem())
        .hasValueSatisfying(problem -> assertThat(problem).contains("there are no records"));
  }

  @Test
  void aFragmentOfACutRecordIsNamed() throws IOException {
    Events.log(directory, 2);
    tear("{\"at\":");
    Logs.open(directory).close();

    AuditVerification found = AuditLogVerifier.verify(directory);

    assertThat(found.records()).isEqualTo(2);
    assertThat(found.fragments()).containsExactly("lane-0.jsonl.torn-3");
  }

  @Test
  void aLastLineThatIsNoRecordIsNotContinued() throws IOException {
    Events.log(directory, 1);
    Files.writeString(lane, "\u0000nonsense\n", StandardOpenOption.APPEND);

    assertThatThrownBy(() -> Logs.open(directory))
        .isInstanceOf(CorruptLogException.class)
        .hasMessage("its last line is no record: not JSON");
  }

  @Test
  void manyThreadsMakeOneChain() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try (FileAuditSink sink = Logs.open(directory)) {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int i = 1; i <= 400; i++) {
        int number = i;
        tasks.add(
            () -> {
              sink.append(Events.numbered(number), Durability.BUFFERED);
              return true;
            });
      }
      for (Future<Boolean> done : pool.invokeAll(tasks)) {
        assertThat(done.get()).isTrue();
      }
    } finally {
      pool.shutdownNow();
    }

    assertThat(AuditLogVerifier.verify(directory).records()).isEqualTo(400);
    assertThat(AuditLogVerifier.verify(directory).intact()).isTrue();
  }

  @Test
  void verificationInTheSameProcessSeesWhatWasAccepted_andEveryLaneOfTheDirectory()
      throws IOException {
    Path elsewhere = directory.resolveSibling("elsewhere");
    try (FileAuditSink first = Logs.open(directory);
        FileAuditSink second = Logs.open(directory);
        FileAuditSink other = Logs.open(elsewhere)) {
      for (int i = 1; i <= 20; i++) {
        first.append(Events.numbered(i), Durability.BUFFERED);
        second.append(Events.numbered(i), Durability.BUFFERED);
        other.append(Events.numbered(i), Durability.BUFFERED);
        assertThat(AuditLogVerifier.verify(directory).records()).isEqualTo(2L * i);
      }
    }
  }

  @Test
  void aLogThatIsBeingWrittenIsIntactAtAnyTime() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    AtomicBoolean enough = new AtomicBoolean();
    try (FileAuditSink sink = Logs.open(directory)) {
      sink.append(Events.numbered(0), Durability.DURABLE);
      Future<Integer> writing =
          pool.submit(
              () -> {
                int count = 1;
                while (!enough.get() && count < 20_000) {
                  sink.append(Events.numbered(count++), Durability.BUFFERED);
                }
                return count;
              });
      for (int i = 0; i < 20; i++) {
        assertThat(AuditLogVerifier.verify(directory).problem()).isEmpty();
      }
      enough.set(true);
      int written = writing.get();
      assertThat(AuditLogVerifier.verify(directory).records()).isEqualTo(written);
    } finally {
      enough.set(true);
      pool.shutdownNow();
    }
  }

  @Test
  void itsThreadIsADaemonNamedAfterTheLane_andEndsWithIt() throws IOException {
    // Another class of this virtual machine may have left one of that name.
    Set<Thread> others = Thread.getAllStackTraces().keySet();
    FileAuditSink sink = Logs.open(directory);
    sink.append(Events.numbered(1), Durability.BUFFERED);
    Thread writer =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> !others.contains(thread))
            .filter(thread -> thread.getName().equals("enclave-audit-lane-0"))
            .findFirst()
            .orElseThrow();
    assertThat(writer.isDaemon()).isTrue();

    sink.close();

    assertThat(writer.isAlive()).isFalse();
  }

  @Test
  void closingTwiceLeavesALaneAloneThatSomebodyElseHasTakenSince() throws IOException {
    FileAuditSink first = Logs.open(directory);
    first.close();
    try (FileAuditSink second = Logs.open(directory)) {
      first.close();
      second.append(Events.numbered(1), Durability.DURABLE);
      Events.log(directory, 1);
    }
    assertThat(directory.resolve("lane-1.jsonl")).exists();
  }

  @Test
  void anInterruptedThreadWritesLikeAnyOther() throws IOException {
    try (FileAuditSink sink = Logs.open(directory)) {
      Thread.currentThread().interrupt();
      sink.append(Events.numbered(1), Durability.DURABLE);
      assertThat(Thread.interrupted()).isTrue();
      sink.append(Events.numbered(2), Durability.DURABLE);
    }

    assertThat(AuditLogVerifier.verify(directory).records()).isEqualTo(2);
  }

  @Tag("full")
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the lock is a POSIX one, seen by flock's kin")
  void readingTheLogDoesNotFreeItsLane_forAnotherProcess() throws Exception {
    try (FileAuditSink sink = Logs.open(directory)) {
      sink.append(Events.numbered(1), Durability.DURABLE);
      AuditLogVerifier.verify(directory);
      Logs.open(directory).close();

      assertThat(OtherProcess.lane(directory)).isEqualTo("lane-1.jsonl");
      sink.append(Events.numbered(2), Durability.DURABLE);
    }
    assertThat(AuditLogVerifier.verify(directory).intact()).isTrue();
  }

  @Test
  void aTornTailIsKeptAside_andTheChainGoesOn() throws IOException {
    Events.log(directory, 2);
    tear("{\"at\":\"2026");

    Events.log(directory, 1);

    assertThat(records(lane)).hasSize(3);
    assertThat(AuditLogVerifier.verify(directory).intact()).isTrue();
    assertThat(directory.resolve("lane-0.jsonl.torn-3")).hasContent("{\"at\":\"2026");
  }

  @Test
  void aSecondTornTailAtTheSamePlaceDoesNotReplaceTheFirst() throws IOException {
    Events.log(directory, 2);
    tear("the first and longer fragment");
    Logs.open(directory).close();
    tear("the second");
    Logs.open(directory).close();

    assertThat(directory.resolve("lane-0.jsonl.torn-3"))
        .hasContent("the first and longer fragment");
    assertThat(directory.resolve("lane-0.jsonl.torn-3-2")).hasContent("the second");
  }

  @Test
  void aTornFirstRecordLeavesAnEmptyLane() throws IOException {
    LogDirectory.make(directory);
    Files.createFile(directory.resolve("lane-0.lock"));
    Files.writeString(lane, "{\"at\"");
    Logs.shut(directory);

    Events.log(directory, 1);

    assertThat(records(lane)).hasSize(1);
    assertThat(AuditLogVerifier.verify(directory).intact()).isTrue();
  }

  @Test
  void aDamagedLastRecordIsNotContinued() throws IOException {
    Events.log(directory, 2);
    tear("not a record\n");

    assertThatThrownBy(() -> Logs.open(directory)).isInstanceOf(IOException.class);
    assertThat(AuditLogVerifier.verify(directory).problem())
        .hasValue("lane-0.jsonl record 3: it is not a record");
  }

  @Test
  void aLaneThatCannotBeOpenedIsNotLeftClaimed() throws IOException {
    Events.log(directory, 1);
    byte[] good = Files.readAllBytes(lane);
    tear("not a record\n");
    assertThatThrownBy(() -> Logs.open(directory)).isInstanceOf(IOException.class);
    Files.write(lane, good);

    Events.log(directory, 1);

    assertThat(records(lane)).hasSize(2);
  }

  @Test
  void aLaneThatIsNotWhatACheckpointHasSeenIsNotContinued() throws IOException {
    Events.log(directory, 3);
    String log = Files.readString(lane);

    Files.writeString(lane, log.lines().limit(2).collect(Collectors.joining("\n", "", "\n")));
    assertThatThrownBy(() -> Logs.open(directory))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("2 records and a checkpoint has seen 3");
    Files.writeString(lane, log.replace("user:1", "user:9"));
    assertThatThrownBy(() -> Logs.open(directory))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("not those a checkpoint has seen");
    Files.delete(lane);
    assertThatThrownBy(() -> Logs.open(directory))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("is missing");
    assertThat(lane).doesNotExist();
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no POSIX rights")
  void directoryAndFilesAreTheOwnersAlone() throws IOException {
    Events.log(directory, 1);
    tear("torn");
    Logs.open(directory).close();

    assertThat(rights(directory)).isEqualTo("rwx------");
    assertThat(rights(lane)).isEqualTo("rw-------");
    assertThat(rights(directory.resolve("lane-0.lock"))).isEqualTo("rw-------");
    assertThat(rights(directory.resolve("lane-0.jsonl.torn-2"))).isEqualTo("rw-------");
  }

  /** Without records there is no checkpoint, and another place of the code looks first. */
  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need a privilege there")
  void doesNotFollowALinkPutInALanesPlace(int records) throws IOException {
    // Moved as it is, so that nothing but the link is there to be refused.
    Events.log(directory, records);
    Path target = Files.move(lane, directory.resolveSibling("target"));
    byte[] before = Files.readAllBytes(target);
    Files.createSymbolicLink(lane, target);

    assertThatThrownBy(() -> Logs.open(directory))
        .isInstanceOf(CorruptLogException.class)
        .hasMessage("lane-0.jsonl is no regular file");
    assertThat(target).hasBinaryContent(before);
  }

  @Test
  void refusesWhatComesAfterClosing_andClosesOnce() throws IOException {
    FileAuditSink sink = Logs.open(directory);
    sink.close();
    sink.close();

    assertThatThrownBy(() -> sink.append(Events.numbered(1), Durability.DURABLE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void saysWhenAllLanesAreTaken() throws IOException {
    List<FileAuditSink> sinks = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      sinks.add(Logs.open(directory));
    }
    assertThatThrownBy(() -> Logs.open(directory)).hasMessageContaining("64 lanes");
    for (FileAuditSink sink : sinks) {
      sink.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\"b",
        "a\\b",
        "a\nb\r\n",
        "{\"hash\":\"0\"}",
        "\u0000\u0007\u001f\u007f",
        "\u2028\u2029",
        "\u00e9\u4e2d\ud83d\ude00"
      })
  void anyTextStaysOneLineOfJson_andComesBackUnchanged(String text) throws IOException {
    try (FileAuditSink sink = Logs.open(directory)) {
      sink.append(Events.of("o", Phase.SINGLE, text, Map.of("n", text)), Durability.DURABLE);
    }

    assertThat(Files.readString(lane).chars().filter(c -> c == '\n').count()).isEqualTo(1);
    assertThat(records(lane).get(0)).containsEntry("caller", text).containsEntry("detail.n", text);
    assertThat(AuditLogVerifier.verify(directory).intact()).isTrue();
  }

  @Test
  void escapesAreLowerCase_asRfc8785Wants() throws IOException {
    try (FileAuditSink sink = Logs.open(directory)) {
      sink.append(Events.of("o", Phase.SINGLE, "\u001f\t", Map.of()), Durability.DURABLE);
    }

    assertThat(Files.readString(lane)).contains("\"caller\":\"\\u001f\\t\"");
  }

  @Test
  void aCharacterBeyondTheFirstPlaneIsWrittenAsItself_asRfc8785Wants() throws IOException {
    try (FileAuditSink sink = Logs.open(directory)) {
      sink.append(Events.of("o", Phase.SINGLE, "\ud83d\ude00", Map.of()), Durability.DURABLE);
    }

    assertThat(HexFormat.of().formatHex(Files.readAllBytes(lane))).contains("22f09f988022");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud800", "a\udc00b", "\ud83d"})
  void halfASurrogatePairIsReplaced(String text) throws IOException {
    try (FileAuditSink sink = Logs.open(directory)) {
      sink.append(Events.of("o", Phase.SINGLE, text, Map.of(text, text)), Durability.DURABLE);
    }

    assertThat(records(lane).get(0).get("caller")).contains("\ufffd");
    assertThat(AuditLogVerifier.verify(directory).intact()).isTrue();
  }

  private void tear(String fragment) throws IOException {
    Files.writeString(lane, fragment, StandardOpenOption.APPEND);
  }

  private static String rights(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static List<SortedMap<String, String>> records(Path lane) throws IOException {
    List<SortedMap<String, String>> records = new ArrayList<>();
    for (String line : Files.readAllLines(lane)) {
      records.add(AuditRecords.parse(line.getBytes(StandardCharsets.UTF_8)));
    }
    return records;
  }
}
