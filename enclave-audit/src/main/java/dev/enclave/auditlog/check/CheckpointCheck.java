package dev.enclave.auditlog.check;

import dev.enclave.Bytes;
import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.checkpoint.CheckpointChain;
import dev.enclave.auditlog.checkpoint.CheckpointFile;
import dev.enclave.auditlog.checkpoint.KeptCheckpoints;
import dev.enclave.auditlog.checkpoint.LogHead;
import dev.enclave.auditlog.checkpoint.NoteSplitter;
import dev.enclave.auditlog.checkpoint.SignatureCheck;
import dev.enclave.auditlog.file.LaneFile;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.Reasons;
import dev.enclave.auditlog.texts.Texts;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Recomputes the checkpoints of a log: every signature, that each goes on from the one before, and
 * that those that were kept outside are among them. Used by one thread.
 */
final class CheckpointCheck {

  private final SignatureCheck signatures;
  private final CheckpointChain chain;
  private final KeptCheckpoints kept;
  private final Map<Integer, NavigableMap<Long, Bytes>> expected = new HashMap<>();
  private long countersignedFrom;

  CheckpointCheck(SignatureCheck signatures, KeptCheckpoints kept) {
    this.signatures = signatures;
    this.chain = new CheckpointChain(signatures.keys().log());
    this.kept = kept;
  }

  /**
   * Takes the file, or that there is none; says what is wrong with it.
   *
   * @param size how much of it is read
   */
  Optional<String> accept(Optional<LaneFile> file, long size) {
    try {
      if (file.isPresent()) {
        NoteSplitter.readAll(file.get(), size, this::add);
      }
    } catch (IOException e) {
      return Optional.of(Texts.NUMBERED.with(CheckpointFile.NAME, chain.size() + 1, Reasons.of(e)));
    }
    Optional<Checkpoint> newest = kept.newest().filter(one -> one.size() > chain.size());
    if (newest.isPresent()) {
      return newest.map(this::unmet);
    }
    try {
      signatures.requireNamed(chain.head());
    } catch (CorruptLogException e) {
      return Optional.of(
          Texts.THE_LAST_ONE.with(CheckpointFile.NAME, String.valueOf(e.getMessage())));
    }
    return Optional.empty();
  }

  private void add(byte[] note) throws IOException {
    Checkpoint checkpoint = Checkpoint.parse(note, chain.head().countersigner());
    signatures.require(checkpoint);
    chain.add(checkpoint);
    if (countersignedFrom == 0 && checkpoint.head().countersigner().isPresent()) {
      countersignedFrom = chain.size();
    }
    checkpoint
        .head()
        .lanes()
        .forEach(
            (lane, head) ->
                expected
                    .computeIfAbsent(lane, number -> new TreeMap<>())
                    .put(head.size(), head.root()));
    for (Checkpoint outside : kept.all()) {
      if (outside.size() == chain.size()
          && !outside.note().text().equals(checkpoint.note().text())) {
        throw new CorruptLogException(Texts.NOT_THE_KEPT_ONE.with());
      }
    }
  }

  private String unmet(Checkpoint outside) {
    return Texts.FEWER_CHECKPOINTS.with(chain.size(), outside.size());
  }

  long size() {
    return chain.size();
  }

  LogHead head() {
    return chain.head();
  }

  Optional<Checkpoint> newest() {
    return chain.newest();
  }

  /** Number of the first checkpoint that names a countersigner; 0 if none does. */
  long countersignedFrom() {
    return countersignedFrom;
  }

  /** The roots that checkpoints tell of a lane, by size. */
  NavigableMap<Long, Bytes> expected(int lane) {
    return expected.getOrDefault(lane, new TreeMap<>());
  }
}
