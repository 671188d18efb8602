package dev.enclave.auditlog.check;

import dev.enclave.auditlog.records.IoFunction;
import dev.enclave.kit.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The form of proofs: one JSON object that begins with its format's name. */
final class ProofJson {

  private static final String FORMAT = "format";

  private ProofJson() {}

  /** An object with nothing but the format, to which members are added. */
  static Map<String, Object> begin(String format) {
    return new LinkedHashMap<>(Map.of(FORMAT, format));
  }

  static List<String> hashes(List<byte[]> hashes) {
    return hashes.stream().map(Base64.getEncoder()::encodeToString).toList();
  }

  /**
   * Reads a proof that has as many members as its form.
   *
   * @param what it is, for the message
   * @param members how many there are besides the format
   * @throws IOException when it is another thing
   */
  static <T> T read(
      String text,
      String format,
      String what,
      int members,
      IoFunction<Map<String, Object>, T> reader)
      throws IOException {
    try {
      Map<String, Object> object = Json.read(text.getBytes(StandardCharsets.UTF_8));
      if (object.size() == members + 1 && Json.string(object, FORMAT).equals(format)) {
        return reader.apply(object);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException("it is no " + what);
    }
    throw new IOException("it is no " + what);
  }

  static List<byte[]> hashes(Map<String, Object> object, String name) throws IOException {
    List<byte[]> hashes = new ArrayList<>();
    for (Object text : Json.member(object, name, List.class)) {
      byte[] hash = Base64.getDecoder().decode(text.toString());
      if (hash.length != 32) {
        throw new IOException("no hash of 32 octets");
      }
      hashes.add(hash);
    }
    return hashes;
  }
}
