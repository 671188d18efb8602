package dev.enclave.auditlog.check;

import dev.enclave.Bytes;
import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.checkpoint.CheckpointChain;
import dev.enclave.auditlog.checkpoint.LogHead;
import dev.enclave.auditlog.checkpoint.SignatureCheck;
import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.merkle.Proofs;
import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.MalformedNoteException;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.kit.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
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
    Map<String, Object> json = ProofJson.begin(FORMAT);
    json.put("path", ProofJson.hashes(path));
    json.put("headPath", ProofJson.hashes(headPath));
    Map<String, Object> ofLanes = new LinkedHashMap<>();
    lanes.forEach((lane, hashes) -> ofLanes.put(lane.toString(), ProofJson.hashes(hashes)));
    json.put("lanes", ofLanes);
    json.put("checkpoint", checkpoint);
    return Json.lines(json);
  }

  /**
   * Reads what {@link #toJson} gives.
   *
   * @throws IOException when it is another thing
   */
  static ConsistencyProof parse(String text) throws IOException {
    return ProofJson.read(text, FORMAT, Texts.PROOF_OF_GROWTH.with(), 4, ConsistencyProof::of);
  }

  private static ConsistencyProof of(Map<String, Object> json) throws IOException {
    SortedMap<Integer, List<byte[]>> lanes = new TreeMap<>();
    Map<String, Object> ofLanes = Json.map(Json.member(json, "lanes", Map.class));
    for (String lane : ofLanes.keySet()) {
      lanes.put(Integer.parseInt(lane), ProofJson.hashes(ofLanes, lane));
    }
    return new ConsistencyProof(
        ProofJson.hashes(json, "path"),
        ProofJson.hashes(json, "headPath"),
        lanes,
        Json.string(json, "checkpoint"));
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
    Sha256 hasher = new Sha256();
    if (!Proofs.consistent(
        hasher,
        since.size(),
        since.root().toByteArray(),
        newer.size(),
        newer.root().toByteArray(),
        path)) {
      throw new CorruptLogException(Texts.NOT_ALL_BEFORE.with());
    }
    newer.requireInItsTree(hasher, headPath);
    CheckpointChain.requireGrowth(since.head(), newer.head());
    requireLanes(hasher, since.head(), newer.head());
    return newer;
  }

  private void requireLanes(Sha256 hasher, LogHead since, LogHead newer)
      throws CorruptLogException {
    if (!lanes.keySet().equals(since.lanes().keySet())) {
      throw new CorruptLogException(Texts.OTHER_LANES.with());
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
        throw new CorruptLogException(Texts.RECORDS_DO_NOT_GO_ON.with(lane.getKey()));
      }
    }
  }

  private static byte[] bytes(Bytes root) {
    return root.toByteArray();
  }
}
