package dev.enclave.auditlog.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.auditlog.write.PlainRecords;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditEvent.Result;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The fast way writes, byte for byte, what the plain way does. */
final class RecordEncoderTest {

  @Property(tries = 3000)
  void writesWhatThePlainWayDoes(@ForAll("events") List<AuditEvent> events) {
    assertThat(fast(events)).isEqualTo(plain(events));
  }

  @Property(tries = 3000)
  void writesTimesAsInstantPrintsThem(@ForAll("instants") Instant at) {
    AuditEvent event = event("c", at, Duration.ZERO, Map.of());

    assertThat(new String(fast(List.of(event)), StandardCharsets.UTF_8))
        .startsWith("{\"at\":\"" + at + "\"");
  }

  @Example
  void refusesWhatNoLaneCouldBeContinuedAfter() throws IOException {
    String longest = "\u0001".repeat(RecordEncoder.MOST_CHARS - "o".length());
    AuditEvent fits = event(longest, Instant.EPOCH, Duration.ZERO, Map.of());
    RecordEncoder.requireWritable(fits);
    assertThat(fast(List.of(fits)).length).isLessThan(1 << 20);

    AuditEvent more = event(longest + "x", Instant.EPOCH, Duration.ZERO, Map.of());
    AuditEvent details = event(longest, Instant.EPOCH, Duration.ZERO, Map.of("a", ""));
    AuditEvent endless = event("c", Instant.EPOCH, Duration.ofSeconds(Long.MAX_VALUE), Map.of());
    for (AuditEvent refused : List.of(more, details, endless)) {
      assertThatThrownBy(() -> RecordEncoder.requireWritable(refused))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("too long");
    }
  }

  private static byte[] fast(List<AuditEvent> events) {
    RecordEncoder encoder = new RecordEncoder();
    byte[] hash = new byte[32];
    long sequence = 0;
    for (AuditEvent event : events) {
      encoder.add(event, ++sequence, hash);
    }
    return Arrays.copyOf(encoder.array(), encoder.size());
  }

  private static byte[] plain(List<AuditEvent> events) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String previous = HexFormat.of().formatHex(new byte[32]);
    long sequence = 0;
    for (AuditEvent event : events) {
      SortedMap<String, String> record = PlainRecords.record(event, ++sequence, previous);
      out.writeBytes(PlainRecords.line(record));
      previous = String.valueOf(record.get("hash"));
    }
    return out.toByteArray();
  }

  private static AuditEvent event(
      String caller, Instant at, Duration duration, Map<String, String> details) {
    return new AuditEvent(
        "o",
        Phase.SINGLE,
        at,
        Operation.SIGN,
        caller,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Result.SUCCESS,
        Optional.empty(),
        Optional.empty(),
        duration,
        details);
  }

  @Provide
  Arbitrary<List<AuditEvent>> events() {
    return event().list().ofMinSize(1).ofMaxSize(4);
  }

  private Arbitrary<AuditEvent> event() {
    Arbitrary<AuditEvent> bare =
        Combinators.combine(
                text(),
                instants(),
                Arbitraries.longs().between(-9_000_000_000_000_000L, 9_000_000_000_000_000L),
                Arbitraries.maps(text(), text()).ofMaxSize(4))
            .as(
                (caller, at, micros, details) ->
                    event(caller, at, Duration.ofNanos(micros * 1000 + micros % 1000), details));
    return Combinators.combine(
            bare,
            text(),
            Arbitraries.of(Phase.class),
            Arbitraries.of(Operation.class),
            Arbitraries.of(Result.class),
            Arbitraries.of(ErrorCode.class).optional(),
            text().optional(),
            Arbitraries.integers().between(0, 7))
        .as(RecordEncoderTest::full);
  }

  private static AuditEvent full(
      AuditEvent bare,
      String operationId,
      Phase phase,
      Operation operation,
      Result result,
      Optional<ErrorCode> code,
      Optional<String> requestId,
      int present) {
    return new AuditEvent(
        operationId,
        phase,
        bare.at(),
        operation,
        bare.caller(),
        Optional.of(KeyName.of("wallet-42")).filter(key -> (present & 1) != 0),
        Optional.of(KeyVersionId.of("7")).filter(version -> (present & 2) != 0),
        Optional.of(BackendId.SOFTWARE).filter(backend -> (present & 4) != 0),
        result,
        code,
        requestId,
        bare.duration(),
        bare.details());
  }

  /** Any chars, halves of surrogate pairs and controls among them, and ordinary text. */
  private static Arbitrary<String> text() {
    return Arbitraries.oneOf(
        Arbitraries.strings().all().ofMaxLength(20),
        Arbitraries.strings()
            .withChars("a\"\\\n\t\r\f\b\u0000\u001f\u007f\u0080\u07ff\u0800")
            .withChars("\ud800\udbff\udc00\udfff\ue000\uffff")
            .ofMaxLength(12),
        Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(40));
  }

  @Provide
  Arbitrary<Instant> instants() {
    return Combinators.combine(
            Arbitraries.oneOf(
                Arbitraries.longs().between(1_700_000_000L, 1_700_000_003L),
                Arbitraries.longs()
                    .between(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond())),
            Arbitraries.oneOf(
                Arbitraries.integers().between(0, 999_999_999),
                Arbitraries.integers().between(0, 999_999).map(micros -> micros * 1000),
                Arbitraries.integers().between(0, 999).map(millis -> millis * 1_000_000)))
        .as(Instant::ofEpochSecond);
  }
}
