package dev.enclave.auditlog.check;

import dev.enclave.Bytes;
import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.checkpoint.CheckpointFile;
import dev.enclave.auditlog.checkpoint.KeptCheckpoints;
import dev.enclave.auditlog.checkpoint.LogIdentity;
import dev.enclave.auditlog.checkpoint.NoteSplitter;
import dev.enclave.auditlog.checkpoint.SignatureCheck;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.LaneFile;
import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.file.LaneLines;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.merkle.CompactRange;
import dev.enclave.auditlog.merkle.Proofs;
import dev.enclave.auditlog.merkle.RangeHashes;
import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.IoConsumer;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds the hashes between a record, or an older checkpoint, and the newest checkpoint. */
public final class LogProver {

  private final Sha256 hasher = new Sha256();
  private final Path directory;
  private final LogFiles files;
  // How much of the checkpoints' file was read.
  private long bytes;

  public LogProver(Path directory) {
    this.directory = directory;
    this.files = new DiskLogFiles(directory);
  }

  /** Proves that the newest checkpoint commits to a record. */
  public RecordProof prove(int lane, long sequence) throws IOException {
    CheckpointCheck heads = heads(KeptCheckpoints.NONE);
    LaneHead head = heads.head().lane(lane);
    if (sequence < 1 || sequence > head.size()) {
      throw Texts.IN_NO_CHECKPOINT.as(ErrorCode.INVALID_ARGUMENT, sequence, lane, head.size());
    }
    List<byte[]> headPath = ownPath(heads);
    CompactRange tree = LaneLines.before(files, lane).tree(hasher);
    if (sequence <= tree.size()) {
      throw Texts.REMOVED_BY_RETENTION.as(ErrorCode.INVALID_ARGUMENT, tree.size(), lane);
    }
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    List<byte[]> path =
        path(
            lane,
            tree,
            Proofs.inclusion(sequence - 1, head.size()),
            head,
            line -> {
              if (tree.size() == sequence) {
                record.writeBytes(line);
              }
            });
    if (!head.hasRoot(tree.root())) {
      throw new CorruptLogException(Texts.NOT_THE_NEWEST_LANE.with(lane));
    }
    return new RecordProof(
        lane,
        record.toString(StandardCharsets.UTF_8),
        path,
        headPath,
        heads.newest().orElseThrow().text());
  }

  /**
   * Proves that the log has only grown.
   *
   * @param since whose signature has been checked
   */
  public ConsistencyProof prove(Checkpoint since) throws IOException {
    CheckpointCheck heads = heads(KeptCheckpoints.of(List.of(since), since.head().at()));
    SortedMap<Integer, List<byte[]>> lanes = new TreeMap<>();
    for (int lane : since.head().lanes().keySet()) {
      lanes.put(lane, growth(lane, since.head().lane(lane), heads.head().lane(lane)));
    }
    return new ConsistencyProof(
        headPath(heads, Proofs.consistency(since.size(), heads.size())),
        ownPath(heads),
        lanes,
        heads.newest().orElseThrow().text());
  }

  private List<byte[]> growth(int lane, LaneHead before, LaneHead now) throws IOException {
    CompactRange tree = LaneLines.before(files, lane).tree(hasher);
    if (tree.size() > before.size() && before.size() < now.size()) {
      throw removed(lane, tree.size(), before.size());
    }
    compare(lane, tree, before);
    List<Proofs.Range> wanted = Proofs.consistency(before.size(), now.size());
    List<byte[]> path = path(lane, tree, wanted, now, line -> compare(lane, tree, before));
    compare(lane, tree, now);
    return path;
  }

  private static void compare(int lane, CompactRange tree, LaneHead seen)
      throws CorruptLogException {
    if (tree.size() == seen.size() && !seen.root().equals(Bytes.of(tree.root()))) {
      throw new CorruptLogException(Texts.NOT_THE_SEEN_LANE.with(lane));
    }
  }

  private static EnclaveException removed(int lane, long to, long seen) {
    return Texts.REMOVED_UNSEEN.as(ErrorCode.INVALID_ARGUMENT, to, lane, seen);
  }

  /** Reads a lane on from {@code tree}, as far as {@code head}, for the hashes of nodes. */
  private List<byte[]> path(
      int lane,
      CompactRange tree,
      List<Proofs.Range> wanted,
      LaneHead head,
      IoConsumer<byte[]> follower)
      throws IOException {
    RangeHashes path = new RangeHashes(hasher, wanted, tree);
    try (LaneLines lines = new LaneLines(directory, lane)) {
      while (tree.size() < head.size()) {
        byte[] line =
            lines.next().orElseThrow(() -> new CorruptLogException(Texts.LANE_SHORTER.with(lane)));
        byte[] leaf = hasher.leaf(line);
        tree.add(leaf);
        path.add(leaf);
        follower.accept(line);
      }
    }
    return path.hashes();
  }

  /**
   * Reads the checkpoints.
   *
   * @param kept which must be among them
   * @throws CorruptLogException when one is not in order, or one that was kept is not among them
   */
  private CheckpointCheck heads(KeptCheckpoints kept) throws IOException {
    CheckpointCheck check =
        new CheckpointCheck(SignatureCheck.of(LogIdentity.verifier(files)), kept);
    Optional<String> problem;
    if (files.names().contains(CheckpointFile.NAME)) {
      try (LaneFile file = files.openToRead(CheckpointFile.NAME)) {
        bytes = file.size();
        problem = check.accept(Optional.of(file), bytes);
      }
    } else {
      problem = check.accept(Optional.empty(), 0);
    }
    if (problem.isPresent()) {
      throw new CorruptLogException(problem.get());
    }
    return check;
  }

  /** The path from the newest one's own head to the root of the tree of heads. */
  private List<byte[]> ownPath(CheckpointCheck heads) throws IOException {
    return headPath(heads, Proofs.inclusion(heads.size() - 1, heads.size()));
  }

  private List<byte[]> headPath(CheckpointCheck heads, List<Proofs.Range> wanted)
      throws IOException {
    RangeHashes path = new RangeHashes(hasher, wanted, new CompactRange(hasher));
    try (LaneFile file = files.openToRead(CheckpointFile.NAME)) {
      NoteSplitter.readAll(
          file,
          bytes,
          note ->
              path.add(
                  hasher.leaf(Checkpoint.parse(note, heads.head().countersigner()).head().leaf())));
    }
    return path.hashes();
  }
}
