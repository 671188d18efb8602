package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LoggingTest {

  @Test
  void aRecordIsOneLine_thatSteersNoTerminal() {
    LogRecord record = new LogRecord(Level.WARNING, "Backend {0}");
    record.setParameters(new Object[] {"\u001b[2J\u202eno\nlog: INFO forged"});

    assertThat(new Logging.OneLine().format(record))
        .isEqualTo(
            "log: WARNING Backend \\u001b[2J\\u202eno\\u000alog: INFO forged"
                + System.lineSeparator());
  }
}
