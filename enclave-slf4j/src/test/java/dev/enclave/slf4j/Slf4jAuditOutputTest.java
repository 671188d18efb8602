package dev.enclave.slf4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.KeyName;
import dev.enclave.auditlog.stream.OutputAuditSink;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.audit.AuditOutput;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.event.Level;

class Slf4jAuditOutputTest {

  private final CapturingLogger logger = new CapturingLogger();
  private final OutputAuditSink sink =
      new OutputAuditSink(new Slf4jAuditOutput(logger), new Random(1));

  @Test
  void givesEveryRecordAsOneLine_chainedToTheOneBefore() throws IOException {
    for (int i = 0; i < 3; i++) {
      append("user:" + i, Result.SUCCESS);
    }
    List<String> lines = logger.logged().stream().map(CapturingLogger.Logged::text).toList();

    assertThat(member("previous", lines.get(0))).isEqualTo("0".repeat(64));
    assertThat(member("previous", lines.get(1))).isEqualTo(member("hash", lines.get(0)));
    assertThat(member("previous", lines.get(2))).isEqualTo(member("hash", lines.get(1)));
    assertThat(lines).extracting(line -> member("sequence", line)).containsExactly("1", "2", "3");
    assertThat(member("detail.chain", lines.get(0))).hasSize(32);
  }

  @ParameterizedTest
  @CsvSource({"SUCCESS,INFO", "PENDING,INFO", "REFUSED,WARN", "FAILURE,ERROR", "UNKNOWN,ERROR"})
  void theLevelTellsTheResult(Result result, Level level) throws IOException {
    append("user:7", result);

    assertThat(logger.logged()).extracting(CapturingLogger.Logged::level).containsExactly(level);
  }

  @Test
  void whatHasAGrammarIsAKeyValuePair_andNothingElseIs() throws IOException {
    append("user:7", Result.FAILURE);

    assertThat(logger.logged().get(0).pairs())
        .containsExactly(
            "operation=SIGN",
            "phase=SINGLE",
            "result=FAILURE",
            "key=wallet",
            "errorCode=AUDIT_UNAVAILABLE");
  }

  @Test
  void hostileTextStaysOneEscapedLine_andNoPattern() throws IOException {
    append("a\r\nb\u0085\u2028\u001b[2J\u202e {} {0} %s ${jndi:ldap://x} \ud800 é", Result.SUCCESS);

    CapturingLogger.Logged logged = logger.logged().get(0);
    assertThat(logged.pattern()).isEqualTo("{}");
    assertThat(logged.text())
        .matches("[ -~]+")
        .doesNotContain("${")
        .contains(
            "a\\r\\nb\\u0085\\u2028\\u001b[2J\\u202e {} {0} %s \\u0024{jndi:ldap://x} \\ufffd"
                + " \\u00e9");
  }

  @Test
  void aLevelThatIsOffIsARefusal_andTheChainGoesOnWithoutAGap() throws IOException {
    logger.from(Level.WARN);

    assertThatThrownBy(() -> append("user:1", Result.SUCCESS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("level INFO of SLF4J logger dev.enclave.audit.records is off");
    append("user:2", Result.REFUSED);

    assertThat(logger.logged()).hasSize(1);
    assertThat(member("sequence", logger.logged().get(0).text())).isEqualTo("1");
  }

  @Test
  void isFoundByServiceLoader_andModuleDescriptorAndServicesFileAgree() throws Exception {
    assertThat(ServiceLoader.load(AuditOutput.class))
        .singleElement()
        .isInstanceOf(Slf4jAuditOutput.class)
        .extracting(AuditOutput::id)
        .isEqualTo("slf4j");
    Path classes =
        Path.of(Slf4jAuditOutput.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> services =
        Files.readAllLines(classes.resolve("META-INF/services/" + AuditOutput.class.getName()));
    try (InputStream descriptor = Files.newInputStream(classes.resolve("module-info.class"))) {
      assertThat(ModuleDescriptor.read(descriptor).provides())
          .singleElement()
          .satisfies(p -> assertThat(p.service()).isEqualTo(AuditOutput.class.getName()))
          .satisfies(p -> assertThat(p.providers()).isEqualTo(services));
    }
  }

  private void append(String caller, Result result) throws IOException {
    sink.append(
        new AuditEvent(
            "operation",
            Phase.SINGLE,
            Instant.EPOCH,
            Operation.SIGN,
            caller,
            Optional.of(KeyName.of("wallet")),
            Optional.empty(),
            Optional.empty(),
            result,
            result == Result.FAILURE ? Optional.of(ErrorCode.AUDIT_UNAVAILABLE) : Optional.empty(),
            Optional.empty(),
            Duration.ZERO,
            Map.of()),
        Durability.DURABLE);
  }

  private static String member(String name, String line) {
    return Pattern.compile("\"" + Pattern.quote(name) + "\":\"([^\"]*)\"")
        .matcher(line)
        .results()
        .map((MatchResult found) -> found.group(1))
        .findFirst()
        .orElse("");
  }
}
