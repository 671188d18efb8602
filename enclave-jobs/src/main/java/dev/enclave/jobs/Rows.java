package dev.enclave.jobs;

import dev.enclave.Bytes;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.deferral.StoredOperation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** The statements that write, and count. Every time is the database's. Thread-safe. */
final class Rows {

  private static final String COLUMNS =
      "id, deployment, ordering_group, seq, kind, caller, key_name, key_handle, content, confidential,"
          + " idempotency_key, state, fence, attempts, submitted_at, expires_at, next_attempt,"
          + " lease_until, error, result, mac";

  /** Longer than any KEK makes a sealed key. */
  private static final int LARGEST_KEY = 64 << 10;

  /** The SQL state of a unique index that has the value already (SQL:2016, class 23). */
  private static final String DUPLICATE = "23505";

  private final Database database;

  Rows(Database database) {
    this.database = database;
  }

  /**
   * A row as it was read: nothing of it is to be trusted before its MAC was checked.
   *
   * @param id its id, whatever else is wrong with it
   * @param row what it says; none if it says what no row of ours does
   * @param mac what is to authenticate it
   * @param at when it was read
   */
  record Seen(String id, Optional<Row> row, Bytes mac, Instant at) {}

  /**
   * What is at hand for a new row.
   *
   * @param seq a number that no other row has
   * @param now the database's clock
   */
  record Place(long seq, Instant now) {}

  /** Something with its MAC. */
  record Sealed(Row row, Bytes mac) {}

  /** Makes a row for a place. */
  @FunctionalInterface
  interface Maker {
    Sealed at(Place place);
  }

  Instant now() {
    return database.read(
        connection -> {
          try (PreparedStatement statement =
                  connection.prepareStatement("SELECT CURRENT_TIMESTAMP");
              ResultSet result = statement.executeQuery()) {
            result.next();
            return instant(result, 1);
          }
        });
  }

  /** Stores a row; none if there is one of its idempotency key. */
  Optional<Row> insert(Maker maker) {
    return database.write(
        connection -> {
          Sealed sealed = maker.at(place(connection));
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "INSERT INTO enclave_operation ("
                      + COLUMNS
                      + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            Row row = sealed.row();
            StoredOperation operation = row.operation();
            statement.setString(1, row.id());
            statement.setString(2, row.deployment());
            statement.setString(3, row.group());
            statement.setLong(4, row.seq());
            statement.setString(5, operation.kind().name());
            statement.setString(6, operation.caller());
            statement.setString(7, operation.name().toString());
            statement.setString(8, operation.key());
            statement.setBytes(9, row.content().toByteArray());
            statement.setBoolean(10, operation.confidential());
            statement.setString(11, operation.idempotencyKey().orElse(null));
            statement.setString(12, row.state().name());
            statement.setLong(13, row.fence());
            statement.setInt(14, row.attempts());
            statement.setObject(15, utc(row.submitted()));
            statement.setObject(16, utc(row.expires()));
            statement.setObject(17, utc(row.nextAttempt()));
            statement.setObject(18, utc(row.lease()));
            statement.setString(19, row.error().map(ErrorCode::name).orElse(null));
            statement.setString(20, row.result().orElse(null));
            statement.setBytes(21, sealed.mac().toByteArray());
            statement.executeUpdate();
            return Optional.of(row);
          } catch (SQLException e) {
            if (DUPLICATE.equals(e.getSQLState())) {
              connection.rollback();
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  private static Place place(Connection connection) throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement(
                "SELECT nextval('enclave_operation_seq'), CURRENT_TIMESTAMP");
        ResultSet result = statement.executeQuery()) {
      result.next();
      return new Place(result.getLong(1), instant(result, 2));
    }
  }

  /**
   * Puts a row in the place of one that was read, if nobody has changed it since.
   *
   * @return whether it did
   */
  boolean replace(Sealed before, Sealed after) {
    return database.write(connection -> replace(connection, before, after));
  }

  /** The same for what promises nothing, so that it need not be waited for: claim and pause. */
  boolean note(Sealed before, Sealed after) {
    return database.note(connection -> replace(connection, before, after));
  }

  private static boolean replace(Connection connection, Sealed before, Sealed after)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "UPDATE enclave_operation SET state = ?, fence = ?, attempts = ?, next_attempt ="
                + " ?, lease_until = ?, error = ?, result = ?, mac = ? WHERE id = ? AND"
                + " fence = ? AND mac = ?")) {
      Row row = after.row();
      statement.setString(1, row.state().name());
      statement.setLong(2, row.fence());
      statement.setInt(3, row.attempts());
      statement.setObject(4, utc(row.nextAttempt()));
      statement.setObject(5, utc(row.lease()));
      statement.setString(6, row.error().map(ErrorCode::name).orElse(null));
      statement.setString(7, row.result().orElse(null));
      statement.setBytes(8, after.mac().toByteArray());
      statement.setString(9, row.id());
      statement.setLong(10, before.row().fence());
      statement.setBytes(11, before.mac().toByteArray());
      return statement.executeUpdate() == 1;
    }
  }

  /**
   * Takes rows that are not ours, or were changed, out of their groups; their MACs stay wrong. A
   * power cut may undo it: then they are refused again.
   */
  void setAside(List<String> ids) {
    database.note(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "UPDATE enclave_operation SET state = 'REFUSED' WHERE id = ?")) {
            for (String id : ids) {
              statement.setString(1, id);
              statement.addBatch();
            }
            return statement.executeBatch().length;
          }
        });
  }

  /** The queries for rows. */
  RowReader reader() {
    return new RowReader(database);
  }

  /**
   * How much waits.
   *
   * @param count how many have not ended
   * @param oldest how long the oldest has waited
   */
  record Depth(long count, Duration oldest) {}

  Depth depth(String deployment) {
    return database.read(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT COUNT(*), MIN(submitted_at), CURRENT_TIMESTAMP FROM enclave_operation"
                      + " WHERE deployment = ? AND "
                      + RowReader.OPEN)) {
            statement.setString(1, deployment);
            try (ResultSet result = statement.executeQuery()) {
              result.next();
              long count = result.getLong(1);
              return new Depth(
                  count,
                  count == 0
                      ? Duration.ZERO
                      : Duration.between(instant(result, 2), instant(result, 3)));
            }
          }
        });
  }

  /** Removes what ended long ago. */
  void forget(String deployment, Duration after) {
    Instant before = now().minus(after);
    database.write(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "DELETE FROM enclave_operation WHERE deployment = ? AND NOT ("
                      + RowReader.OPEN
                      + ") AND expires_at < ?")) {
            statement.setString(1, deployment);
            statement.setObject(2, utc(before));
            return statement.executeUpdate();
          }
        });
  }

  Optional<byte[]> sealedKey(String deployment) {
    return database.read(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT CASE WHEN octet_length(sealed_key) <= "
                      + LARGEST_KEY
                      + " THEN sealed_key END FROM enclave_operation_key WHERE deployment = ?")) {
            statement.setString(1, deployment);
            try (ResultSet result = statement.executeQuery()) {
              if (!result.next()) {
                return Optional.empty();
              }
              byte[] sealed = result.getBytes(1);
              return Optional.of(sealed == null ? new byte[0] : sealed);
            }
          }
        });
  }

  /** Stores a key, and gives back the one that is stored: another replica's if it was quicker. */
  byte[] keepSealedKey(String deployment, byte[] sealed) {
    database.write(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "INSERT INTO enclave_operation_key (deployment, sealed_key) VALUES (?, ?)")) {
            statement.setString(1, deployment);
            statement.setBytes(2, sealed);
            return statement.executeUpdate();
          } catch (SQLException e) {
            if (DUPLICATE.equals(e.getSQLState())) {
              connection.rollback();
              return 0;
            }
            throw e;
          }
        });
    return sealedKey(deployment).orElseThrow();
  }

  static Instant instant(ResultSet result, int column) throws SQLException {
    return Row.micros(result.getObject(column, OffsetDateTime.class).toInstant());
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
