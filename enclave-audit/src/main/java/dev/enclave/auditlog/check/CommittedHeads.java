package dev.enclave.auditlog.check;

import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.checkpoint.CheckpointFile;
import dev.enclave.auditlog.checkpoint.KeptCheckpoints;
import dev.enclave.auditlog.checkpoint.LogHead;
import dev.enclave.auditlog.checkpoint.LogIdentity;
import dev.enclave.auditlog.checkpoint.NoteReader;
import dev.enclave.auditlog.checkpoint.SignatureCheck;
import dev.enclave.auditlog.file.LaneFile;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.merkle.CompactRange;
import dev.enclave.auditlog.merkle.Proofs;
import dev.enclave.auditlog.merkle.RangeHashes;
import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.auditlog.record.CorruptLogException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The checkpoints of a log, read and found in order, to prove something of. */
final class CommittedHeads {

  private final Sha256 hasher = Sha256.create();
  private final LogFiles files;
  private final long size;
  private final CheckpointCheck check;

  private CommittedHeads(LogFiles files, long size, CheckpointCheck check) {
    this.files = files;
    this.size = size;
    this.check = check;
  }

  /**
   * Reads them.
   *
   * @param kept which must be among them
   * @throws CorruptLogException when one is not in order, or one that was kept is not among them
   */
  static CommittedHeads read(LogFiles files, KeptCheckpoints kept) throws IOException {
    CheckpointCheck check =
        new CheckpointCheck(SignatureCheck.of(LogIdentity.verifier(files)), kept);
    long size = 0;
    Optional<String> problem;
    if (files.names().contains(CheckpointFile.NAME)) {
      try (LaneFile file = files.openToRead(CheckpointFile.NAME)) {
        size = file.size();
        problem = check.accept(Optional.of(file), size);
      }
    } else {
      problem = check.accept(Optional.empty(), 0);
    }
    if (problem.isPresent()) {
      throw new CorruptLogException(problem.get());
    }
    return new CommittedHeads(files, size, check);
  }

  /** What the newest says. */
  LogHead head() {
    return check.head();
  }

  Optional<Checkpoint> newest() {
    return check.newest();
  }

  /** The path from the newest one's own head to the root of the tree of heads. */
  List<byte[]> ownPath() throws IOException {
    return hashes(Proofs.inclusion(check.size() - 1, check.size()));
  }

  /** The path that shows that the tree of heads begins with its first {@code size}. */
  List<byte[]> pathFrom(long size) throws IOException {
    return hashes(Proofs.consistency(size, check.size()));
  }

  private List<byte[]> hashes(List<Proofs.Range> wanted) throws IOException {
    RangeHashes path = new RangeHashes(hasher, wanted, new CompactRange(hasher));
    try (LaneFile file = files.openToRead(CheckpointFile.NAME)) {
      NoteReader.read(
          file,
          size,
          note ->
              path.add(hasher.leaf(Checkpoint.parse(note, head().countersigner()).head().leaf())));
    }
    return path.hashes();
  }
}
