package dev.enclave.core.internal.audit;

import dev.enclave.Bytes;
import dev.enclave.core.internal.note.VerifierKey;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Recomputes the checkpoints of a log: every signature, that each goes on from the one before, and
 * that an outside one is among them. Used by one thread.
 */
final class CheckpointCheck {

  private final VerifierKey key;
  private final CheckpointChain chain;
  private final @Nullable Checkpoint retained;
  private final Map<Integer, NavigableMap<Long, Bytes>> expected = new HashMap<>();
  private boolean met;

  /**
   * @param retained an outside checkpoint whose signature has been checked; null for none
   */
  CheckpointCheck(VerifierKey key, @Nullable Checkpoint retained) {
    this.key = key;
    this.chain = new CheckpointChain(key.name());
    this.retained = retained;
    this.met = retained == null;
  }

  /** Takes the file, whole; says what is wrong with it. */
  Optional<String> accept(byte[] file) {
    NoteSplitter splitter = new NoteSplitter();
    List<byte[]> notes = splitter.add(file, file.length);
    try {
      for (byte[] note : notes) {
        add(note);
      }
      if (splitter.rest().length > 0) {
        add(splitter.rest());
      }
    } catch (IOException e) {
      return Optional.of(
          CheckpointFile.NAME + " number " + (chain.size() + 1) + ": " + Reasons.of(e));
    }
    return met ? Optional.empty() : Optional.of(unmet());
  }

  private void add(byte[] note) throws IOException {
    Checkpoint checkpoint = Checkpoint.parse(note);
    checkpoint.note().require(key);
    chain.add(checkpoint);
    checkpoint
        .head()
        .lanes()
        .forEach(
            (lane, head) ->
                expected
                    .computeIfAbsent(lane, number -> new TreeMap<>())
                    .put(head.size(), head.root()));
    if (retained != null && retained.size() == chain.size()) {
      if (!retained.note().text().equals(checkpoint.note().text())) {
        throw new CorruptLogException(
            "it is another one than the checkpoint that was kept outside");
      }
      met = true;
    }
  }

  private String unmet() {
    return "the log has "
        + chain.size()
        + " checkpoints and the one kept outside is number "
        + (retained == null ? 0 : retained.size());
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

  /** The roots that checkpoints tell of a lane, by size. */
  NavigableMap<Long, Bytes> expected(int lane) {
    return expected.getOrDefault(lane, new TreeMap<>());
  }
}
