package dev.enclave.auditlog.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.audit.AuditVerification.Chain;
import dev.enclave.audit.AuditVerification.OfStream;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.auditlog.write.Events;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditOutput;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Captured streams, as they are and as somebody has made them. */
final class StreamVerifierTest {

  private static final String HOSTILE = "a\r\nb \u2028 é \ud83d\ude00 ${jndi:ldap://x} {\"at\":\"";

  @Test
  void findsTheRecordsAmongForeignLines_andBehindForeignPrefixes() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("application started {\"at\":\"noon\",\"message\":\"hello\"}");
    for (String record : canonical(1, 6)) {
      lines.add("2026-01-01T00:00:00.1Z stdout F " + record + "\u001b[m");
      lines.add("{\"at\":\"2026-01-01T00:00:00Z\",\"level\":3}");
    }
    OfStream found = verify(lines);

    assertThat(found.problems()).isEmpty();
    assertThat(found.torn()).isEmpty();
    assertThat(found.records()).isEqualTo(6);
    assertThat(found.chains()).singleElement().satisfies(chain -> spans(chain, 1, 6));
  }

  @Test
  void takesBothForms_whateverTheTextsHold() throws IOException {
    List<String> both = new ArrayList<>();
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (StreamAuditSink one = new StreamAuditSink(stream, new Random(1));
        OutputAuditSink other = new OutputAuditSink(new Lines(both), new Random(2))) {
      for (int i = 0; i < 4; i++) {
        AuditEvent event = Events.of("operation-" + i, Phase.SINGLE, HOSTILE, Map.of("x", HOSTILE));
        one.append(event, Durability.DURABLE);
        other.append(event, Durability.DURABLE);
      }
    }
    List<String> canonical = List.of(stream.toString(StandardCharsets.UTF_8).split("\n"));
    assertThat(canonical).isNotEqualTo(both);
    both.addAll(canonical);

    OfStream found = verify(both);
    assertThat(found.problems()).isEmpty();
    assertThat(found.records()).isEqualTo(8);
    assertThat(found.chains()).hasSize(2).allSatisfy(chain -> spans(chain, 1, 4));
  }

  @Test
  void keepsChainsApart_howeverTheyAreMixed() throws IOException {
    List<List<String>> chains = List.of(canonical(1, 7), canonical(2, 9), canonical(3, 1));
    List<Integer> turns = new ArrayList<>();
    for (int i = 0; i < chains.size(); i++) {
      turns.addAll(Collections.nCopies(chains.get(i).size(), i));
    }
    Collections.shuffle(turns, new Random(5));
    int[] next = new int[chains.size()];
    OfStream found = verify(turns.stream().map(i -> chains.get(i).get(next[i]++)).toList());

    assertThat(found.problems()).isEmpty();
    assertThat(found.chains()).extracting(Chain::last).containsExactlyInAnyOrder(7L, 9L, 1L);
    assertThat(found.chains()).extracting(Chain::name).doesNotHaveDuplicates();
  }

  @Test
  void everyChangedByteOfARecordIsFound_butForTheLastOfAChain() throws IOException {
    List<String> lines = canonical(1, 3);
    byte[] second = lines.get(1).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < second.length; i++) {
      byte[] changed = second.clone();
      changed[i] ^= 1;
      List<String> stream =
          List.of(lines.get(0), new String(changed, StandardCharsets.ISO_8859_1), lines.get(2));

      assertThat(verify(stream).problems()).as("byte %d", i).isNotEmpty();
    }
  }

  @Test
  void namesAChangedRecordAndNotThoseAfterIt() throws IOException {
    OfStream found = verify(changed(canonical(1, 5), 2, line -> line.replace("user:3", "nobody")));

    assertThat(found.problems())
        .containsExactly("line 3: record 3: its content does not match its hash");
    assertThat(found.records()).isEqualTo(4);
  }

  @Test
  void anotherFormIsNoneOfOurs() throws IOException {
    OfStream found =
        verify(changed(canonical(1, 3), 1, line -> line.replace("\"backend\"", " \"backend\"")));

    assertThat(found.problems())
        .containsExactly(
            "line 2: record 2: it is in none of the forms in which records are written");
  }

  @Test
  void everyGapIsFound() throws IOException {
    for (int gone = 0; gone < 4; gone++) {
      List<String> lines = new ArrayList<>(canonical(1, 5));
      lines.remove(gone);
      OfStream found = verify(lines);

      assertThat(found.problems())
          .containsExactly(
              "line " + (gone + 1) + ": record " + (gone + 2) + ": records are missing before it");
      assertThat(found.chains().get(found.chains().size() - 1).last()).isEqualTo(5);
    }
  }

  @Test
  void aCaptureThatBeginsInTheMiddleLacksItsBeginning() throws IOException {
    OfStream found = verify(canonical(1, 9).subList(4, 9));

    assertThat(found.problems()).containsExactly("line 1: record 5: records are missing before it");
    assertThat(found.chains())
        .singleElement()
        .isEqualTo(new Chain("?", 5, 9, found.chains().get(0).hash()));
  }

  /** Nothing in the stream tells that there was more. */
  @Test
  void recordsCutOffAtTheEndAreNotFound() throws IOException {
    assertThat(verify(canonical(1, 9).subList(0, 4)).intact()).isTrue();
  }

  @Test
  void aForkIsFound_inTheMiddleAndAtTheStart() throws IOException {
    List<String> lines = canonical(1, 4);
    for (int from = 0; from < 3; from++) {
      List<String> forked = new ArrayList<>(lines);
      SortedMap<String, String> other =
          AuditRecords.parse(lines.get(from).getBytes(StandardCharsets.UTF_8));
      other.put("caller", "user:other");
      other.put("hash", AuditRecords.hashOf(other));
      forked.add(new String(AuditRecords.encode(other), StandardCharsets.UTF_8));

      assertThat(verify(forked).problems())
          .singleElement()
          .asString()
          .contains("line 5: record " + (from + 1) + ": a fork");
    }
  }

  @Test
  void aRecordThatIsThereTwice_orMoved_isFound() throws IOException {
    List<String> twice = new ArrayList<>(canonical(1, 3));
    twice.add(twice.get(1));
    assertThat(verify(twice).problems())
        .containsExactly("line 4: record 2: it is there a second time");

    List<String> moved = new ArrayList<>(canonical(1, 4));
    Collections.swap(moved, 1, 2);
    assertThat(verify(moved).problems())
        .contains("line 2: record 3: records are missing before it");
  }

  @Test
  void aFragmentIsReported_andIsNoGap() throws IOException {
    List<String> lines = new ArrayList<>(canonical(1, 3));
    lines.add(1, lines.get(1).substring(0, 40));
    OfStream found = verify(lines);

    assertThat(found.problems()).isEmpty();
    assertThat(found.torn()).containsExactly("line 2");
    assertThat(found.records()).isEqualTo(3);
  }

  @Test
  void aRecordBehindAFragmentOnItsLineIsFound_andOneWithoutItsLineEnd() throws IOException {
    List<String> lines = canonical(1, 2);
    String stream =
        lines.get(0) + "\n" + lines.get(1).substring(0, 70) + lines.get(1); // no LF at the end
    OfStream found = verify(stream.getBytes(StandardCharsets.UTF_8));

    assertThat(found.problems()).isEmpty();
    assertThat(found.torn()).containsExactly("line 2");
    assertThat(found.records()).isEqualTo(2);
  }

  @Test
  void aTornRecordThatWasAcceptedIsAGapAsWell() throws IOException {
    OfStream found = verify(changed(canonical(1, 3), 1, line -> line.substring(0, 80)));

    assertThat(found.torn()).containsExactly("line 2");
    assertThat(found.problems()).containsExactly("line 3: record 3: records are missing before it");
  }

  @Test
  void aRecordWithAWrongNumber_orAnUnnamedChain_isFound() throws IOException {
    List<String> lines = canonical(1, 2);
    SortedMap<String, String> second =
        AuditRecords.parse(lines.get(1).getBytes(StandardCharsets.UTF_8));
    second.put("sequence", "7");
    second.put("hash", AuditRecords.hashOf(second));
    assertThat(
            verify(
                    List.of(
                        lines.get(0),
                        new String(AuditRecords.encode(second), StandardCharsets.UTF_8)))
                .problems())
        .containsExactly("line 2: record 7: it is number 2 of its chain");

    SortedMap<String, String> first =
        AuditRecords.parse(lines.get(0).getBytes(StandardCharsets.UTF_8));
    first.remove("detail.chain");
    first.put("hash", AuditRecords.hashOf(first));
    assertThat(
            verify(List.of(new String(AuditRecords.encode(first), StandardCharsets.UTF_8)))
                .problems())
        .containsExactly("line 1: record 1: it begins a chain and does not name it");
  }

  @Test
  void anIntentWithoutOutcomeIsReported_onceForBothChainsOfAnOperation() throws IOException {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (StreamAuditSink one = new StreamAuditSink(stream, new Random(1));
        StreamAuditSink other = new StreamAuditSink(stream, new Random(2))) {
      for (AuditSink sink : List.of(one, other)) {
        sink.append(intent("done"), Durability.DURABLE);
        sink.append(intent("open"), Durability.DURABLE);
        sink.append(Events.of("done", Phase.OUTCOME, "user:7", Map.of()), Durability.DURABLE);
      }
    }
    assertThat(verify(stream.toByteArray()).unknownOutcomes()).containsExactly("open");
  }

  @Test
  void aStreamWithoutRecordsIsNotIntact() throws IOException {
    assertThat(verify(new byte[0]).problems()).singleElement().asString().contains("no records");
    assertThat(verify(List.of("hello", "{\"at\":\"x\"}")).intact()).isFalse();
  }

  @Test
  void noiseEndsNothing() throws IOException {
    Random random = new Random(7);
    List<String> lines = canonical(1, 20);
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    for (String line : lines) {
      byte[] noise = new byte[random.nextInt(400)];
      random.nextBytes(noise);
      stream.writeBytes(noise);
      stream.writeBytes("\n{\"at\":\"\n{\"at\":\"\\".getBytes(StandardCharsets.UTF_8));
      stream.write('\n');
      stream.writeBytes((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    }
    OfStream found = verify(stream.toByteArray());

    assertThat(found.problems()).isEmpty();
    assertThat(found.records()).isEqualTo(20);
  }

  private static AuditEvent intent(String operationId) {
    return Events.of(operationId, Phase.INTENT, "user:7", Map.of());
  }

  private static void spans(Chain chain, long first, long last) {
    assertThat(chain.first()).isEqualTo(first);
    assertThat(chain.last()).isEqualTo(last);
    assertThat(chain.name()).hasSize(32);
  }

  private static List<String> canonical(int seed, int count) throws IOException {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (StreamAuditSink sink = new StreamAuditSink(stream, new Random(seed))) {
      for (int i = 1; i <= count; i++) {
        sink.append(Events.numbered(i), Durability.BUFFERED);
      }
    }
    return List.of(stream.toString(StandardCharsets.UTF_8).split("\n"));
  }

  private static List<String> changed(List<String> lines, int index, UnaryOperator<String> change) {
    List<String> changed = new ArrayList<>(lines);
    changed.set(index, change.apply(lines.get(index)));
    return changed;
  }

  private static OfStream verify(List<String> lines) throws IOException {
    return verify((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static OfStream verify(byte[] stream) throws IOException {
    return StreamVerifier.verify(new ByteArrayInputStream(stream));
  }

  private record Lines(List<String> lines) implements AuditOutput {

    @Override
    public String id() {
      return "lines";
    }

    @Override
    public void write(AuditEvent event, String line) {
      lines.add(line);
    }
  }
}
