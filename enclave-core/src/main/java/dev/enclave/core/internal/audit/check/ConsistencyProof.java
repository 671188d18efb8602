package dev.enclave.core.internal.audit.check;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.enclave.Bytes;
import dev.enclave.core.internal.audit.checkpoint.Checkpoint;
import dev.enclave.core.internal.audit.checkpoint.CheckpointChain;
import dev.enclave.core.internal.audit.checkpoint.LogHead;
import dev.enclave.core.internal.audit.checkpoint.SignatureCheck;
import dev.enclave.core.internal.audit.file.LaneHead;
import dev.enclave.core.internal.audit.record.CorruptLogException;
import dev.enclave.core.internal.merkle.Proofs;
import dev.enclave.core.internal.merkle.TreeHasher;
import dev.enclave.core.internal.note.MalformedNoteException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that is needed, beside an older checkpoint, to see that a log has only grown since. The older
 * one is not in it: whoever checks has kept it, and one that came with the proof would prove
 * nothing to them.
 *
 * @param path between the two trees of heads (RFC 6962 section 2.1.2)
 * @param headPath from the newer checkpoint's own head to the root of its tree of heads
 * @param lanes by number: the path between the two trees of each lane the older one knows
 * @param checkpoint the newer signed note
 */
public record ConsistencyProof(
    List<byte[]> path,
    List<byte[]> headPath,
    SortedMap<Integer, List<byte[]>> lanes,
    String checkpoint) {

  private static final String FORMAT = "enclave-audit-consistency-proof/1";

  public ConsistencyProof {
    lanes = Collections.unmodifiableSortedMap(new TreeMap<>(lanes));
  }

  String toJson() {
    return ProofJson.write(
        FORMAT,
        json -> {
          ProofJson.hashes(json, "path", path);
          ProofJson.hashes(json, "headPath", headPath);
          json.writeObjectFieldStart("lanes");
          for (Map.Entry<Integer, List<byte[]>> lane : lanes.entrySet()) {
            ProofJson.hashes(json, lane.getKey().toString(), lane.getValue());
          }
          json.writeEndObject();
          json.writeStringField("checkpoint", checkpoint);
        });
  }

  /**
   * Reads what {@link #toJson} gives.
   *
   * @throws IOException when it is another thing
   */
  static ConsistencyProof parse(String text) throws IOException {
    List<byte[]> path = new ArrayList<>();
    List<byte[]> headPath = new ArrayList<>();
    SortedMap<Integer, List<byte[]>> lanes = new TreeMap<>();
    StringBuilder checkpoint = new StringBuilder();
    ProofJson.read(
        text,
        FORMAT,
        "proof between two checkpoints",
        (name, json) -> {
          switch (name) {
            case "path" -> path.addAll(ProofJson.hashes(json));
            case "headPath" -> headPath.addAll(ProofJson.hashes(json));
            case "lanes" -> lanes.putAll(lanes(json));
            case "checkpoint" -> checkpoint.append(json.getText());
            default -> {
              return false;
            }
          }
          return true;
        });
    return new ConsistencyProof(path, headPath, lanes, checkpoint.toString());
  }

  private static SortedMap<Integer, List<byte[]>> lanes(JsonParser json) throws IOException {
    SortedMap<Integer, List<byte[]>> lanes = new TreeMap<>();
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new IllegalArgumentException("no object of lanes");
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      int lane = Integer.parseInt(json.currentName());
      json.nextToken();
      lanes.put(lane, ProofJson.hashes(json));
    }
    return lanes;
  }

  /**
   * Checks every step from the older checkpoint to the newer one.
   *
   * @param since the older one
   * @return the newer one
   * @throws MalformedNoteException when a signature of one of them is missing or not valid
   * @throws CorruptLogException when another step fails
   */
  public Checkpoint check(Checkpoint since, SignatureCheck signatures) throws IOException {
    Checkpoint newer = Checkpoint.parse(checkpoint.getBytes(StandardCharsets.UTF_8));
    signatures.require(since);
    signatures.requireNamed(newer);
    TreeHasher hasher = TreeHasher.create();
    if (!Proofs.consistent(
        hasher,
        since.size(),
        since.root().toByteArray(),
        newer.size(),
        newer.root().toByteArray(),
        path)) {
      throw new CorruptLogException("the checkpoints before are not all those of the kept one");
    }
    newer.requireInItsTree(hasher, headPath);
    CheckpointChain.requireGrowth(since.head(), newer.head());
    requireLanes(hasher, since.head(), newer.head());
    return newer;
  }

  private void requireLanes(TreeHasher hasher, LogHead since, LogHead newer)
      throws CorruptLogException {
    if (!lanes.keySet().equals(since.lanes().keySet())) {
      throw new CorruptLogException("it is of other lanes than the kept checkpoint");
    }
    for (Map.Entry<Integer, List<byte[]>> lane : lanes.entrySet()) {
      LaneHead before = since.lane(lane.getKey());
      LaneHead now = newer.lane(lane.getKey());
      if (!Proofs.consistent(
          hasher,
          before.size(),
          bytes(before.root()),
          now.size(),
          bytes(now.root()),
          lane.getValue())) {
        throw new CorruptLogException(
            "the records of lane " + lane.getKey() + " do not go on from those of the kept one");
      }
    }
  }

  private static byte[] bytes(Bytes root) {
    return root.toByteArray();
  }
}
