package dev.enclave.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.error.EnclaveException;
import dev.enclave.testkit.MutableClock;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What a driver and a database say is in no message and in no log. */
class ForeignWordsTest {

  private static final String SECRET = "jdbc:postgresql://db/wallet?password=hunter2";

  @Test
  void aStateThatIsNone_isNotQuoted() {
    assertThat(Database.unavailable(new SQLException("x", "08006", 7)))
        .hasMessageContaining("SQL state 08006, code 7");
    for (String state : new String[] {SECRET, "\u001b[2J", "", null}) {
      assertThat(Database.unavailable(new SQLException("x", state, 7)))
          .isInstanceOf(EnclaveException.class)
          .hasMessageContaining("SQL state unknown, code 7");
    }
  }

  @Test
  void aDriverThatThrowsWhatItLikes_isNamedByItsClass() {
    FakeEngine engine = new FakeEngine(new MutableClock(Instant.now()));
    Lines lines = new Lines();
    Logger logger = Logger.getLogger("dev.enclave.jobs");
    logger.addHandler(lines);
    try (JobsQueue unusable =
        new JobsQueue(engine, JobsSettings.of(engine), new PostgresDatabase(new Talkative()))) {
      assertThat(unusable).isNotNull();
    } finally {
      logger.removeHandler(lines);
    }
    assertThat(lines.told)
        .anyMatch(line -> line.contains("java.lang.IllegalArgumentException"))
        .noneMatch(line -> line.contains("hunter2"));
  }

  private static final class Lines extends Handler {

    private final List<String> told = new ArrayList<>();

    @Override
    public synchronized void publish(LogRecord record) {
      told.add(new SimpleFormatter().formatMessage(record));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  /** Quotes its address in what it throws. */
  private static final class Talkative implements DataSource {

    @Override
    public Connection getConnection() {
      throw new IllegalArgumentException(SECRET);
    }

    @Override
    public Connection getConnection(String user, String password) {
      return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
      return 0;
    }

    @Override
    public Logger getParentLogger() {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T> T unwrap(Class<T> type) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }
}
