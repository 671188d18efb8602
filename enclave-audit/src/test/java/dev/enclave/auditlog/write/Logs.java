package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.check.AuditLogVerifier;
import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.checkpoint.CheckpointFile;
import dev.enclave.auditlog.checkpoint.KeptCheckpoints;
import dev.enclave.auditlog.checkpoint.LogIdentity;
import dev.enclave.auditlog.checkpoint.NoteSplitter;
import dev.enclave.auditlog.checkpoint.SignatureCheck;
import dev.enclave.auditlog.checkpoint.VerifierKeys;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.auditlog.support.MachineTime;
import dev.enclave.kit.claim.OwnerRights;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whole logs for tests. */
public final class Logs {

  private Logs() {}

  /** Small segments, and a clock set by hand. */
  public static AuditLogSettings settings(
      HandTime time, long segmentBytes, Optional<Duration> retention) {
    return new AuditLogSettings(
        time, new MachineTime(), new SecureRandom(), segmentBytes, retention);
  }

  /** Opens a log as in production, on the machine's clock. */
  public static FileAuditSink open(Path directory) throws IOException {
    return FileAuditSink.open(
        directory,
        new AuditLogSettings(
            new MachineTime(),
            new MachineTime(),
            new SecureRandom(),
            AuditLogSettings.SEGMENT_BYTES,
            Optional.empty()));
  }

  /** The first file of a lane. */
  public static Path lane(Path directory, int number) {
    return directory.resolve(new Segment(number, 1).name());
  }

  /** Appends events {@code from} to {@code to}, each of them durable, so each one its own batch. */
  public static void append(Path directory, AuditLogSettings settings, int from, int to)
      throws IOException {
    try (FileAuditSink sink = FileAuditSink.open(directory, settings)) {
      sink.beginRetention();
      for (int i = from; i <= to; i++) {
        sink.append(Events.numbered(i), Durability.DURABLE);
      }
    }
  }

  public static Checkpoint newest(Path directory) throws IOException {
    NoteSplitter splitter = new NoteSplitter();
    byte[] content = Files.readAllBytes(directory.resolve(CheckpointFile.NAME));
    List<byte[]> notes = splitter.add(content, content.length);
    return Checkpoint.parse(
        splitter.rest().length > 0 ? splitter.rest() : notes.get(notes.size() - 1));
  }

  public static AuditVerification verify(Path directory, Checkpoint retained, String key)
      throws IOException {
    VerifierKeys keys = VerifierKeys.parse(key);
    SignatureCheck.of(keys).require(retained);
    return AuditLogVerifier.verify(
        directory,
        KeptCheckpoints.of(List.of(retained), retained.head().at()),
        Optional.of(keys),
        false);
  }

  public static String key(Path directory) throws IOException {
    return Files.readString(directory.resolve(LogIdentity.PUBLIC)).strip();
  }

  public static Path copy(Path directory, Path to) throws IOException {
    clear(to);
    Files.createDirectories(to, OwnerRights.directory(to));
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }

  public static void clear(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** Closes to others what somebody has put there: a log that others may use is not opened. */
  public static void shut(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        File open = file.toFile();
        boolean shut =
            open.setReadable(false, false)
                && open.setReadable(true, true)
                && open.setWritable(false, false)
                && open.setWritable(true, true);
        assertThat(shut).isTrue();
      }
    }
  }
}
