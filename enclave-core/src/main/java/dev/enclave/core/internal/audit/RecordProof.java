package dev.enclave.core.internal.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.enclave.AuditRecord;
import dev.enclave.Bytes;
import dev.enclave.core.internal.merkle.Proofs;
import dev.enclave.core.internal.merkle.TreeHasher;
import dev.enclave.core.internal.note.MalformedNoteException;
import dev.enclave.core.internal.note.VerifierKey;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
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
record RecordProof(
    int lane, String record, List<byte[]> path, List<byte[]> headPath, String checkpoint) {

  private static final String FORMAT = "enclave-audit-proof/1";

  private static final JsonFactory JSON =
      new JsonFactoryBuilder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  String toJson() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      json.writeStartObject();
      json.writeStringField("format", FORMAT);
      json.writeNumberField("lane", lane);
      json.writeStringField("record", record);
      array(json, "path", path);
      array(json, "headPath", headPath);
      json.writeStringField("checkpoint", checkpoint);
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail to be written");
    }
    return text.append('\n').toString();
  }

  private static void array(JsonGenerator json, String name, List<byte[]> hashes)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (byte[] hash : hashes) {
      json.writeString(Base64.getEncoder().encodeToString(hash));
    }
    json.writeEndArray();
  }

  /**
   * Reads what {@link #toJson} gives.
   *
   * @throws IOException when it is another thing
   */
  static RecordProof parse(String text) throws IOException {
    String format = "";
    int lane = -1;
    String record = "";
    String checkpoint = "";
    List<byte[]> path = List.of();
    List<byte[]> headPath = List.of();
    try (JsonParser json = JSON.createParser(text)) {
      require(json.nextToken() == JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "format" -> format = json.getText();
          case "lane" -> lane = json.getIntValue();
          case "record" -> record = json.getText();
          case "checkpoint" -> checkpoint = json.getText();
          case "path" -> path = hashes(json);
          case "headPath" -> headPath = hashes(json);
          default -> require(false);
        }
      }
      require(json.nextToken() == null && format.equals(FORMAT));
    } catch (com.fasterxml.jackson.core.JacksonException | IllegalArgumentException e) {
      throw new IOException("it is no proof of an audit record");
    }
    return new RecordProof(lane, record, path, headPath, checkpoint);
  }

  private static List<byte[]> hashes(JsonParser json) throws IOException {
    require(json.currentToken() == JsonToken.START_ARRAY);
    List<byte[]> hashes = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      require(json.currentToken() == JsonToken.VALUE_STRING);
      byte[] hash = Base64.getDecoder().decode(json.getText());
      require(hash.length == 32);
      hashes.add(hash);
    }
    return hashes;
  }

  private static void require(boolean inOrder) throws IOException {
    if (!inOrder) {
      throw new IOException("it is no proof of an audit record");
    }
  }

  /**
   * Checks every step from the record to the signature.
   *
   * @throws MalformedNoteException when the key has not signed the checkpoint
   * @throws CorruptLogException when another step fails
   */
  AuditRecord check(VerifierKey key) throws IOException {
    Checkpoint signed = Checkpoint.parse(checkpoint.getBytes(StandardCharsets.UTF_8));
    signed.note().require(key);
    TreeHasher hasher = TreeHasher.create();
    Optional<byte[]> headRoot =
        Proofs.rootOf(
            hasher, hasher.leaf(signed.head().leaf()), signed.size() - 1, signed.size(), headPath);
    if (headRoot.map(Bytes::of).filter(signed.root()::equals).isEmpty()) {
      throw new CorruptLogException("the checkpoint is not in the tree it signs");
    }
    byte[] line = record.getBytes(StandardCharsets.UTF_8);
    SortedMap<String, String> members = AuditRecords.parse(line);
    long sequence = sequence(members);
    LaneHead head = signed.head().lane(lane);
    Optional<byte[]> root =
        Proofs.rootOf(hasher, hasher.leaf(line), sequence - 1, head.size(), path);
    if (root.filter(head::hasRoot).isEmpty()) {
      throw new CorruptLogException("the checkpoint does not commit to the record");
    }
    return new AuditRecord(lane, sequence, members, record);
  }

  private static long sequence(SortedMap<String, String> members) throws CorruptLogException {
    try {
      return Long.parseLong(String.valueOf(members.get("sequence")));
    } catch (NumberFormatException e) {
      throw new CorruptLogException("the record has no sequence number");
    }
  }
}
