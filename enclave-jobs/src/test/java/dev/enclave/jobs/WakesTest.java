package dev.enclave.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("full")
class WakesTest {

  private final MutableClock time = new MutableClock();
  private final H2Database database;

  WakesTest(@TempDir Path folder) {
    database = new H2Database(folder, time);
  }

  private static final class NoWork implements Wakes.Work {

    @Override
    public Optional<Instant> run(String group, BooleanSupplier stopped) {
      return Optional.empty();
    }

    @Override
    public boolean waits(String group) {
      return false;
    }

    @Override
    public List<String> sweep() {
      return List.of();
    }
  }

  /** What another replica does to a row that it takes up. */
  private int takeUp() throws SQLException {
    try (Connection other = database.dataSource().getConnection();
        Statement statement = other.createStatement()) {
      int rows = statement.executeUpdate("UPDATE enclave_scheduled_task SET version = version + 1");
      if (!other.getAutoCommit()) {
        other.commit();
      }
      return rows;
    }
  }

  /**
   * Another replica comes before each statement, so between the reading of a row and its change.
   */
  private DataSource overtaken() {
    return Postgres.proxy(
        DataSource.class,
        database.dataSource(),
        "getConnection",
        connecting ->
            Postgres.proxy(
                Connection.class,
                (Connection) connecting.run(),
                "prepareStatement",
                preparing -> {
                  takeUp();
                  return preparing.run();
                }));
  }

  @Test
  void leavesAGroupToTheReplica_thatTakesItUpInThatMoment() throws SQLException {
    Schema.shipped().prepare(database);
    try (Wakes wakes = new Wakes(overtaken(), new DatabaseClock(time), new NoWork(), "here")) {
      wakes.wakeNow("wallet-42");
      wakes.wakeNow("wallet-42");
    }
    assertThat(takeUp()).as("rows that it may take up").isEqualTo(1);
    database.close();
  }
}
