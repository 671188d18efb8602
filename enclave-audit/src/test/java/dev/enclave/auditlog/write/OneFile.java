package dev.enclave.auditlog.write;

import dev.enclave.auditlog.file.LaneFile;
import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.file.LogFiles;
import java.io.IOException;
import java.util.Set;

/**
 * A log of one lane of one segment.
 *
 * @param file the segment
 */
record OneFile(LaneFile file) implements LogFiles {

  /** The lane, which goes on where the file ends. */
  static AuditLane lane(LaneFile file) throws java.io.IOException {
    return AuditLane.open(new OneFile(file), 0, Long.MAX_VALUE, LaneHead.NONE);
  }

  @Override
  public Set<String> names() {
    return Set.of("lane-0.jsonl");
  }

  @Override
  public LaneFile open(String name) {
    return file;
  }

  @Override
  public LaneFile openToRead(String name) {
    return open(name);
  }

  @Override
  public LaneFile openSecret(String name) throws IOException {
    return openToRead(name);
  }

  @Override
  public LaneFile create(String name) {
    throw new UnsupportedOperationException(name);
  }

  @Override
  public void delete(String name) {
    throw new UnsupportedOperationException(name);
  }

  @Override
  public void force() {}
}
