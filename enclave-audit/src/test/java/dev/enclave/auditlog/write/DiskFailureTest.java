package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.auditlog.file.LaneFile;
import dev.enclave.spi.audit.AuditEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A disk that fills up in the middle of a record, by every number of bytes there is. */
final class DiskFailureTest {

  @Test
  void aFullDiskLeavesTheFileWhole_whereverItStops() throws IOException {
    int line = PlainRecords.line(PlainRecords.record(Events.numbered(2), 2, "0".repeat(64))).length;
    for (int written = 0; written < line; written++) {
      FullDisk disk = new FullDisk();
      AuditLane lane = OneFile.lane(disk);
      append(lane, Events.numbered(1));
      byte[] before = disk.content();
      disk.room = written;

      assertThatThrownBy(() -> append(lane, Events.numbered(2))).hasMessage("no space left");
      assertThat(disk.content()).isEqualTo(before);

      disk.room = Integer.MAX_VALUE;
      append(lane, Events.numbered(3));
      assertIntact(disk, 2);
    }
  }

  @Test
  void aFragmentThatCannotBeRemovedAtOnceIsRemovedBeforeTheNextRecord() throws IOException {
    FullDisk disk = new FullDisk();
    AuditLane lane = OneFile.lane(disk);
    append(lane, Events.numbered(1));
    disk.room = 50;
    disk.truncates = false;

    assertThatThrownBy(() -> append(lane, Events.numbered(2))).hasMessage("no space left");
    assertThatThrownBy(() -> append(lane, Events.numbered(3))).hasMessage("no truncation");

    disk.room = Integer.MAX_VALUE;
    disk.truncates = true;
    append(lane, Events.numbered(4));
    assertIntact(disk, 2);
  }

  private static void append(AuditLane lane, AuditEvent event) throws IOException {
    lane.add(event);
    try {
      lane.write();
    } catch (IOException e) {
      lane.rollback(e);
      throw e;
    }
    lane.commit();
  }

  private static void assertIntact(FullDisk disk, int records) throws IOException {
    LaneContent found = LaneContent.of(disk.content());
    assertThat(found.problem()).isEmpty();
    assertThat(found.records()).isEqualTo(records);
  }

  private static final class FullDisk implements LaneFile {

    private byte[] bytes = new byte[0];
    private int room = Integer.MAX_VALUE;
    private boolean truncates = true;

    byte[] content() {
      return bytes.clone();
    }

    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public byte[] tail(int length) {
      return Arrays.copyOfRange(bytes, bytes.length - length, bytes.length);
    }

    @Override
    public void read(long position, byte[] into, int start, int length) {
      System.arraycopy(bytes, (int) position, into, start, length);
    }

    @Override
    public void write(long position, byte[] added, int length) throws IOException {
      int fitting = Math.min(room, length);
      ByteArrayOutputStream grown = new ByteArrayOutputStream();
      grown.write(bytes, 0, (int) position);
      grown.write(added, 0, fitting);
      bytes = grown.toByteArray();
      if (fitting < length) {
        throw new IOException("no space left");
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      if (!truncates) {
        throw new IOException("no truncation");
      }
      bytes = Arrays.copyOf(bytes, (int) size);
    }

    @Override
    public void force() {}

    @Override
    public void close() {}
  }
}
