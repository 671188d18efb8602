package dev.enclave.auditlog.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.stream.StreamVerifier;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.auditlog.write.Logs;
import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Directories that somebody has prepared: named pipes, which have no end, links, files of 600 MB.
 */
@Timeout(60)
@Tag("full")
final class HostileDirectoryTest {

  private static final String SMALL_HEAP = "40m";

  private static final FileAttribute<?> ONLY_OURS =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final long TRAILING = 600L << 20;

  private static final List<String> FILES =
      List.of("lane-0.jsonl", "checkpoints", "checkpoint.pub");

  private final Path directory;

  HostileDirectoryTest(@TempDir Path folder) throws IOException {
    this.directory = folder.resolve("audit");
    try (FileAuditSink sink = Logs.open(directory)) {
      sink.append(event(), Durability.DURABLE);
    }
  }

  private static AuditEvent event() {
    return new AuditEvent(
        "operation-1",
        Phase.SINGLE,
        Instant.EPOCH,
        Operation.LIST,
        "application",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Result.SUCCESS,
        Optional.empty(),
        Optional.empty(),
        Duration.ZERO,
        Map.of());
  }

  /** What somebody does to a file of the log. */
  private interface Change {
    void make(Path file) throws Exception;
  }

  private static final Map<String, Change> CHANGES =
      Map.of(
          "a named pipe",
          file -> {
            Files.delete(file);
            assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
          },
          "a link to the file itself",
          file -> {
            Path moved = file.resolveSibling("moved");
            Files.move(file, moved);
            Files.createSymbolicLink(file, moved);
          },
          "a link to a device without an end",
          file -> {
            Files.delete(file);
            Files.createSymbolicLink(file, Path.of("/dev/zero"));
          },
          "a directory",
          file -> {
            Files.delete(file);
            Files.createDirectory(file);
          },
          "600 MB of trailing bytes",
          file -> {
            try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
              open.setLength(TRAILING);
            }
          },
          "600 MB of one line in the middle",
          file -> {
            try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
              open.setLength(TRAILING);
              open.seek(TRAILING - 1);
              open.write('\n');
            }
          });

  static Stream<Arguments> changedFiles() {
    return FILES.stream()
        .flatMap(name -> CHANGES.keySet().stream().sorted().map(how -> Arguments.of(name, how)));
  }

  @ParameterizedTest
  @MethodSource("changedFiles")
  void endWithAFinding(String name, String how) throws Exception {
    change(name, how);

    assertThat(AuditLogVerifier.verify(directory).problem()).isPresent();
  }

  @ParameterizedTest
  @MethodSource("changedFiles")
  void keepNobodyWhoOpensOrLooks(String name, String how) throws Exception {
    change(name, how);

    // A summary verifies nothing, so it may see nothing wrong.
    assertThat(catchThrowable(() -> LogSummary.read(directory)))
        .satisfiesAnyOf(
            none -> assertThat(none).isNull(),
            ours -> assertThat(ours).isInstanceOf(IOException.class));
    assertThat(catchThrowable(() -> Logs.open(directory).close())).isInstanceOf(IOException.class);
  }

  @Test
  void endInASmallHeap() throws Exception {
    List<String> command = JavaCommand.of(List.of("-Xmx" + SMALL_HEAP), BoundedReader.class);
    for (Arguments changed : changedFiles().toList()) {
      Path copy = directory.resolveSibling("audit-" + command.size());
      copyTo(copy);
      String how = (String) changed.get()[1];
      Objects.requireNonNull(CHANGES.get(how), how).make(copy.resolve((String) changed.get()[0]));
      command.add(copy.toString());
    }
    // Apart: a JDK may warn of itself there.
    Path errors = directory.resolveSibling("errors");
    Ended ended = Ended.run(new ProcessBuilder(command).redirectError(errors.toFile()));
    assertThat(ended.code()).as(ended.output() + Files.readString(errors)).isZero();
    List<String> lines = ended.output().lines().toList();
    System.out.println(
        "hostile audit directories in a heap of " + SMALL_HEAP + ": " + lines.size() + " read");
    assertThat(lines)
        .hasSize((int) changedFiles().count())
        .allMatch(line -> line.matches("finding, (done|refused), refused"));
  }

  private void copyTo(Path copy) throws IOException {
    Files.createDirectory(copy, ONLY_OURS);
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private void change(String name, String how) throws Exception {
    Objects.requireNonNull(CHANGES.get(how), how).make(directory.resolve(name));
  }

  @Test
  void aCapturedStreamThatIsOneLineWithoutEndIsAFinding() throws IOException {
    try (InputStream endless = new Zeros(64 << 20)) {
      assertThat(StreamVerifier.verify(endless).problems())
          .containsExactly("line 1: it is longer than 4194304 bytes");
    }
  }

  /** Zeros without a line's end. */
  private static final class Zeros extends InputStream {
    private long left;

    Zeros(long count) {
      this.left = count;
    }

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] bytes, int start, int length) {
      int read = (int) Math.min(length, left);
      left -= read;
      return read == 0 && length > 0 ? -1 : read;
    }
  }

  @Test
  void aLogWithLinksInPlaceOfItsLocksIsNotOpened() throws Exception {
    Files.delete(directory.resolve("lane-0.lock"));
    Files.createSymbolicLink(directory.resolve("lane-0.lock"), Path.of("/dev/zero"));

    assertThatThrownBy(() -> Logs.open(directory).close())
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(CorruptLogException.class)
        .hasMessageContaining("lane-0.lock is no regular file");
  }
}
