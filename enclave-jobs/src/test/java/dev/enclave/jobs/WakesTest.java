package dev.enclave.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.testkit.MutableClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WakesTest {

  private final MutableClock time = new MutableClock();
  private final H2Database database;
  private final AtomicInteger overtaken = new AtomicInteger();

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

  /** Another replica is faster, between the reading of a row and its change. */
  private void overtake() throws SQLException {
    overtaken.incrementAndGet();
    try (Connection other = database.dataSource().getConnection();
        Statement statement = other.createStatement()) {
      statement.executeUpdate("UPDATE enclave_scheduled_task SET version = version + 1");
      if (!other.getAutoCommit()) {
        other.commit();
      }
    }
  }

  private Connection overtaking(Connection real) {
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, arguments) -> {
              if (method.getName().equals("prepareStatement")
                  && arguments[0].toString().startsWith("update ")) {
                overtake();
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
  }

  private DataSource overtaking() {
    DataSource real = database.dataSource();
    return (DataSource)
        Proxy.newProxyInstance(
            DataSource.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (self, method, arguments) -> {
              Object result = method.invoke(real, arguments);
              return result instanceof Connection connection ? overtaking(connection) : result;
            });
  }

  @Test
  void leavesAGroupToTheReplica_thatTakesItUpInThatMoment() {
    Schema.shipped().prepare(database);
    try (Wakes wakes = new Wakes(overtaking(), new DatabaseClock(time), new NoWork(), "here")) {
      wakes.wakeNow("wallet-42");
      assertThat(overtaken).hasValue(0);

      wakes.wakeNow("wallet-42");
      assertThat(overtaken).hasPositiveValue();
    }
    database.close();
  }
}
