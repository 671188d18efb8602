package dev.enclave.auditlog.check;

import dev.enclave.Bytes;
import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.checkpoint.KeptCheckpoints;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.file.LaneLines;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.merkle.CompactRange;
import dev.enclave.auditlog.merkle.Proofs;
import dev.enclave.auditlog.merkle.RangeHashes;
import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.auditlog.record.CorruptLogException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Finds the hashes between a record and the newest checkpoint. */
public final class LogProver {

  private final Sha256 hasher = Sha256.create();
  private final Path directory;
  private final LogFiles files;

  public LogProver(Path directory) {
    this.directory = directory;
    this.files = new DiskLogFiles(directory);
  }

  public RecordProof prove(int lane, long sequence) throws IOException {
    CommittedHeads heads = CommittedHeads.read(files, KeptCheckpoints.NONE);
    LaneHead head = heads.head().lane(lane);
    if (sequence < 1 || sequence > head.size()) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "Record "
              + sequence
              + " of lane "
              + lane
              + " is in no checkpoint; the newest has seen "
              + head.size()
              + " records of the lane. Run enclave audit checkpoint, or choose another.");
    }
    return inLane(lane, sequence, head, heads.newest().orElseThrow(), heads.ownPath());
  }

  private RecordProof inLane(
      int lane, long sequence, LaneHead head, Checkpoint newest, List<byte[]> headPath)
      throws IOException {
    CompactRange tree = LaneLines.before(files, lane).tree(hasher);
    if (sequence <= tree.size()) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "Retention has removed records 1 to "
              + tree.size()
              + " of lane "
              + lane
              + ". Choose a later one.");
    }
    RangeHashes path = new RangeHashes(hasher, Proofs.inclusion(sequence - 1, head.size()), tree);
    String record = "";
    try (LaneLines lines = new LaneLines(directory, lane)) {
      while (tree.size() < head.size()) {
        byte[] line =
            lines
                .next()
                .orElseThrow(() -> new CorruptLogException("lane " + lane + " has become shorter"));
        byte[] leaf = hasher.leaf(line);
        tree.add(leaf);
        path.add(leaf);
        if (tree.size() == sequence) {
          record = new String(line, StandardCharsets.UTF_8);
        }
      }
    }
    if (!head.root().equals(Bytes.of(tree.root()))) {
      throw new CorruptLogException(
          "lane " + lane + " is not the one the newest checkpoint has seen");
    }
    return new RecordProof(lane, record, path.hashes(), headPath, newest.text());
  }
}
