package dev.enclave.auditlog.check;

import dev.enclave.audit.AuditRecord;
import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.checkpoint.SignatureCheck;
import dev.enclave.auditlog.checkpoint.VerifierKeys;
import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.merkle.Proofs;
import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.MalformedNoteException;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.kit.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A record with all that is needed to see that a checkpoint commits to it.
 *
 * @param lane of the record
 * @param record its line, without LF
 * @param path from the record to the root of its lane's tree (RFC 6962 section 2.1.1)
 * @param headPath from the checkpoint's own head to the root of the tree of heads
 * @param checkpoint the signed note
 */
public record RecordProof(
    int lane, String record, List<byte[]> path, List<byte[]> headPath, String checkpoint) {

  private static final String FORMAT = "enclave-audit-proof/1";

  String toJson() {
    Map<String, Object> json = ProofJson.begin(FORMAT);
    json.put("lane", lane);
    json.put("record", record);
    json.put("path", ProofJson.hashes(path));
    json.put("headPath", ProofJson.hashes(headPath));
    json.put("checkpoint", checkpoint);
    return Json.lines(json);
  }

  /**
   * Reads what {@link #toJson} gives.
   *
   * @throws IOException when it is another thing
   */
  static RecordProof parse(String text) throws IOException {
    return ProofJson.read(
        text,
        FORMAT,
        Texts.PROOF_OF_RECORD.with(),
        5,
        json ->
            new RecordProof(
                Json.integer(json, "lane"),
                Json.string(json, "record"),
                ProofJson.hashes(json, "path"),
                ProofJson.hashes(json, "headPath"),
                Json.string(json, "checkpoint")));
  }

  /**
   * Checks every step from the record to the signature.
   *
   * @throws MalformedNoteException when one of the keys has not signed the checkpoint
   * @throws CorruptLogException when another step fails
   */
  public AuditRecord check(VerifierKeys keys) throws IOException {
    Checkpoint signed = Checkpoint.parse(checkpoint.getBytes(StandardCharsets.UTF_8));
    SignatureCheck.of(keys).requireNamed(signed);
    Sha256 hasher = new Sha256();
    signed.requireInItsTree(hasher, headPath);
    byte[] line = record.getBytes(StandardCharsets.UTF_8);
    SortedMap<String, String> members = AuditRecords.parse(line);
    long sequence = sequence(members);
    LaneHead head = signed.head().lane(lane);
    Optional<byte[]> root =
        Proofs.rootOf(hasher, hasher.leaf(line), sequence - 1, head.size(), path);
    if (root.filter(head::hasRoot).isEmpty()) {
      throw new CorruptLogException(Texts.NOT_COMMITTED.with());
    }
    return new AuditRecord(lane, sequence, members, record);
  }

  private static long sequence(SortedMap<String, String> members) throws CorruptLogException {
    try {
      return Long.parseLong(String.valueOf(members.get("sequence")));
    } catch (NumberFormatException e) {
      throw new CorruptLogException(Texts.NO_SEQUENCE_NUMBER.with());
    }
  }
}
