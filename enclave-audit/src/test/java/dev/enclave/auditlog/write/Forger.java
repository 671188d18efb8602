package dev.enclave.auditlog.write;

import dev.enclave.Bytes;
import dev.enclave.auditlog.checkpoint.CheckpointFile;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.file.LaneState;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.file.LogLock;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.auditlog.merkle.CompactRange;
import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.auditlog.support.MachineTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Somebody who has the log's directory and the key of its checkpoints. */
final class Forger {

  private final Path directory;
  private final LogFiles files;

  Forger(Path directory) {
    this.directory = directory;
    this.files = new DiskLogFiles(directory);
  }

  /** Removes the first records of lane 0, which is one file, as retention would. */
  void remove(int to, Instant at) throws IOException {
    split(to);
    sign(to, at);
    Files.delete(directory.resolve(new Segment(0, 1).name()));
  }

  /** Signs that the first records of lane 0 may be gone. */
  void sign(int to, Instant at) throws IOException {
    LaneHead newest = Logs.newest(directory).head().lane(0);
    AuditLogSettings settings = Logs.settings(new HandTime(), 1 << 20, Optional.empty());
    try (CheckpointFile checkpoints =
        FileAuditSink.checkpoints(
            new LogLock(directory, new MachineTime())::take, files, settings)) {
      checkpoints.append(at, 0, newest, to);
    }
  }

  /** Moves all records of lane 0 but the first into a file of their own. */
  void split(int to) throws IOException {
    Path first = directory.resolve(new Segment(0, 1).name());
    List<String> lines = Files.readAllLines(first);
    Sha256 hasher = new Sha256();
    CompactRange tree = new CompactRange(hasher);
    for (String line : lines.subList(0, to)) {
      tree.add(hasher.leaf(line.getBytes(StandardCharsets.UTF_8)));
    }
    String hash =
        String.valueOf(
            AuditRecords.parse(lines.get(to - 1).getBytes(StandardCharsets.UTF_8)).get("hash"));
    Segment rest = new Segment(0, to + 1L);
    LaneState.of(Bytes.ofHex(hash).toByteArray(), tree).writeBefore(files, rest);
    Files.writeString(first, String.join("\n", lines.subList(0, to)) + "\n");
    Files.writeString(
        directory.resolve(rest.name()),
        String.join("\n", lines.subList(to, lines.size())) + (to < lines.size() ? "\n" : ""));
    Logs.shut(directory);
  }
}
