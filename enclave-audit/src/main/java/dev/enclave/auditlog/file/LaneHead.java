package dev.enclave.auditlog.file;

import dev.enclave.Bytes;
import dev.enclave.auditlog.merkle.Sha256;

/**
 * What a checkpoint says of a lane.
 *
 * @param size how many records
 * @param root of the tree over them
 */
public record LaneHead(long size, Bytes root) {

  /** A lane no checkpoint has seen. */
  public static final LaneHead NONE = new LaneHead(0, Bytes.of(new Sha256().empty()));

  public boolean hasRoot(byte[] other) {
    return root.equals(Bytes.of(other));
  }
}
