package dev.enclave.auditlog.check;

import dev.enclave.audit.AuditReader;
import dev.enclave.audit.AuditRecord;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.LaneLines;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The records of all lanes, by time as far as the lanes' own order allows. */
final class MergedReader implements AuditReader {

  private final Path directory;
  private final LogFiles files;
  private final Map<Integer, LaneLines> lanes = new TreeMap<>();

  MergedReader(Path directory) {
    this.directory = directory;
    this.files = new DiskLogFiles(directory);
  }

  @Override
  public void read(Consumer<AuditRecord> consumer) {
    try {
      FileAuditSink.flush(directory);
      for (int lane : LaneLines.lanes(files)) {
        lanes.computeIfAbsent(lane, number -> new LaneLines(directory, number));
      }
      merge(consumer);
      for (LaneLines lane : lanes.values()) {
        lane.close();
      }
    } catch (IOException e) {
      throw DirectoryAuditLog.unreadable(directory, e);
    }
  }

  private void merge(Consumer<AuditRecord> consumer) throws IOException {
    PriorityQueue<AuditRecord> heads =
        new PriorityQueue<>(
            Comparator.comparing((AuditRecord record) -> record.member("at"))
                .thenComparing(AuditRecord::lane));
    for (int lane : lanes.keySet()) {
      next(lane).ifPresent(heads::add);
    }
    while (!heads.isEmpty()) {
      AuditRecord record = heads.remove();
      consumer.accept(record);
      next(record.lane()).ifPresent(heads::add);
    }
  }

  private Optional<AuditRecord> next(int lane) throws IOException {
    return Objects.requireNonNull(lanes.get(lane)).next().map(line -> record(lane, line));
  }

  private static AuditRecord record(int lane, byte[] line) {
    try {
      SortedMap<String, String> members = AuditRecords.parse(line);
      long sequence = Long.parseLong(String.valueOf(members.get("sequence")));
      return new AuditRecord(lane, sequence, members, new String(line, StandardCharsets.UTF_8));
    } catch (IOException | NumberFormatException e) {
      throw Texts.NO_RECORD_IN_LINE.as(ErrorCode.AUDIT_LOG_CORRUPT, lane);
    }
  }
}
