package dev.enclave.jobs;

import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The tables, and how they came about: script {@code n} makes version {@code n} of version {@code n
 * - 1} and says so in table {@code enclave_schema}.
 *
 * @param scripts from the first version to the one that this Enclave works on
 */
record Schema(List<String> scripts) {

  /** SQL states of a table that is not there: PostgreSQL's, and two of H2's. */
  private static final Set<String> NO_TABLE = Set.of("42P01", "42S02", "42S04");

  /** As it is shipped. */
  static Schema shipped() {
    return new Schema(List.of(resource("schema-1.sql")));
  }

  private static String resource(String name) {
    try (InputStream in = Schema.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(name + " cannot be read in this jar");
    }
  }

  /** Takes the steps that are missing, or says which scripts do. */
  void prepare(Database database) {
    int version = version(database);
    if (version < scripts.size()) {
      upgrade(database, version);
    } else if (version > scripts.size()) {
      throw new ConnectivityException(
          ErrorCode.DEFERRAL_UNAVAILABLE,
          Texts.SCHEMA_IS_NEWER.with(version, scripts.size()),
          false,
          null);
    }
  }

  private void upgrade(Database database, int version) {
    String missing = String.join("\n", scripts.subList(version, scripts.size()));
    try {
      database.write(
          connection -> {
            try (Statement statement = connection.createStatement()) {
              for (String one : statements(missing)) {
                statement.execute(one);
              }
            }
            return true;
          });
    } catch (ConnectivityException e) {
      // Another replica may have been quicker, or the schema is somebody else's to make.
      if (version(database) < scripts.size()) {
        throw Texts.TABLES_NOT_MADE.as(
            ErrorCode.DEFERRAL_UNAVAILABLE, e.getMessage(), "\n" + missing);
      }
    }
  }

  private static List<String> statements(String script) {
    return Arrays.stream(script.split(";")).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  /** Which one is in the database; 0 for none. */
  private static int version(Database database) {
    return database.read(
        connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet result =
                  statement.executeQuery("SELECT MAX(version) FROM enclave_schema")) {
            result.next();
            return result.getInt(1);
          } catch (SQLException e) {
            if (NO_TABLE.contains(e.getSQLState())) {
              return 0;
            }
            throw e;
          }
        });
  }
}
