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
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds the hashes between an older checkpoint and the newest one. */
public final class ConsistencyProver {

  private final Sha256 hasher = Sha256.create();
  private final Path directory;
  private final LogFiles files;

  public ConsistencyProver(Path directory) {
    this.directory = directory;
    this.files = new DiskLogFiles(directory);
  }

  /**
   * Proves that the log has only grown.
   *
   * @param since whose signature has been checked
   */
  public ConsistencyProof prove(Checkpoint since) throws IOException {
    KeptCheckpoints kept = KeptCheckpoints.of(List.of(since), since.head().at());
    CommittedHeads heads = CommittedHeads.read(files, kept);
    SortedMap<Integer, List<byte[]>> lanes = new TreeMap<>();
    for (int lane : since.head().lanes().keySet()) {
      lanes.put(lane, inLane(lane, since.head().lane(lane), heads.head().lane(lane)));
    }
    return new ConsistencyProof(
        heads.pathFrom(since.size()), heads.ownPath(), lanes, heads.newest().orElseThrow().text());
  }

  private List<byte[]> inLane(int lane, LaneHead before, LaneHead now) throws IOException {
    CompactRange tree = LaneLines.before(files, lane).tree(hasher);
    if (tree.size() > before.size() && before.size() < now.size()) {
      throw removed(lane, tree.size(), before.size());
    }
    RangeHashes path = new RangeHashes(hasher, Proofs.consistency(before.size(), now.size()), tree);
    compare(lane, tree, before);
    try (LaneLines lines = new LaneLines(directory, lane)) {
      while (tree.size() < now.size()) {
        byte[] line =
            lines
                .next()
                .orElseThrow(() -> new CorruptLogException("lane " + lane + " has become shorter"));
        byte[] leaf = hasher.leaf(line);
        tree.add(leaf);
        path.add(leaf);
        compare(lane, tree, before);
      }
    }
    compare(lane, tree, now);
    return path.hashes();
  }

  private static void compare(int lane, CompactRange tree, LaneHead seen)
      throws CorruptLogException {
    if (tree.size() == seen.size() && !seen.root().equals(Bytes.of(tree.root()))) {
      throw new CorruptLogException("lane " + lane + " is not the one a checkpoint has seen");
    }
  }

  private static UsageException removed(int lane, long to, long seen) {
    return new UsageException(
        ErrorCode.INVALID_ARGUMENT,
        "Retention has removed records 1 to "
            + to
            + " of lane "
            + lane
            + ", and the checkpoint has seen only "
            + seen
            + " of them. Choose a later checkpoint, and fetch proofs before retention removes what"
            + " they need.");
  }
}
