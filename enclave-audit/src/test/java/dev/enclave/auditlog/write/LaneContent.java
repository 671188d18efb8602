package dev.enclave.auditlog.write;

import dev.enclave.auditlog.file.LaneCheck;
import dev.enclave.auditlog.file.LaneState;
import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.auditlog.records.LineReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the content of one lane is found to be, by itself.
 *
 * @param problem what is wrong with it, if anything
 * @param records how many are right
 */
public record LaneContent(Optional<String> problem, long records) {

  public static LaneContent of(byte[] content) throws IOException {
    LineReader lines = new LineReader(new ByteArrayInputStream(content), 0);
    LaneCheck lane = new LaneCheck(new Sha256(), LaneState.EMPTY, new TreeMap<>());
    long records = 0;
    Optional<byte[]> line = lines.next();
    while (line.isPresent()) {
      Optional<String> problem = lane.accept(line.get());
      if (problem.isPresent()) {
        return new LaneContent(problem, records);
      }
      records++;
      line = lines.next();
    }
    return new LaneContent(lines.cut() ? lane.acceptCut() : Optional.empty(), records);
  }
}
