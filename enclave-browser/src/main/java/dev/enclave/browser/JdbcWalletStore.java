package dev.enclave.browser;

import static java.util.stream.Collectors.joining;

import dev.enclave.Bytes;
import dev.enclave.Fingerprint;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.browser.internal.Texts;
import dev.enclave.error.ErrorCode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A store in a database, for several processes: tested on H2 and PostgreSQL. The tables are those
 * of {@link #SCHEMA}; who may write them signs for every owner.
 */
public final class JdbcWalletStore implements WalletStore {

  /** Rows that are locked, one for many owners, while challenges of an owner are counted. */
  private static final int TURNS = 64;

  /** The statements that make the tables, for the application's own migrations. */
  public static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE enclave_browser_challenge ("
              + "nonce VARCHAR(64) PRIMARY KEY, owner VARCHAR(255) NOT NULL,"
              + " action VARCHAR(16) NOT NULL, purpose VARCHAR(64) NOT NULL,"
              + " expires_at BIGINT NOT NULL, request VARCHAR("
              + BrowserWallets.LONGEST_REQUEST
              + "))",
          "CREATE INDEX enclave_browser_challenge_owner"
              + " ON enclave_browser_challenge (owner, expires_at)",
          "CREATE INDEX enclave_browser_challenge_expiry"
              + " ON enclave_browser_challenge (expires_at)",
          "CREATE TABLE enclave_browser_key ("
              + "id VARCHAR(64) PRIMARY KEY, wallet VARCHAR(64) NOT NULL,"
              + " owner VARCHAR(255) NOT NULL, algorithm VARCHAR(32) NOT NULL,"
              + " spki VARCHAR(512) NOT NULL, state VARCHAR(16) NOT NULL,"
              + " registered_at BIGINT NOT NULL, expires_at BIGINT NOT NULL)",
          "CREATE INDEX enclave_browser_key_owner ON enclave_browser_key (owner, registered_at)",
          "CREATE TABLE enclave_browser_turn (id INTEGER PRIMARY KEY)",
          "INSERT INTO enclave_browser_turn (id) VALUES "
              + IntStream.range(0, TURNS).mapToObj(id -> "(" + id + ")").collect(joining(", ")));

  /** How often a transaction is begun that the database ends for the sake of another one. */
  private static final int MOST_ATTEMPTS = 5;

  /** A serialization failure, and PostgreSQL's deadlock: nothing of the transaction was done. */
  private static final Set<String> ROLLED_BACK = Set.of("40001", "40P01");

  /** ISO 9075, class 02. */
  private static final String NO_DATA = "02000";

  private static final String KEYS =
      "SELECT id, wallet, owner, algorithm, spki, state, registered_at, expires_at"
          + " FROM enclave_browser_key";

  private final DataSource database;

  /**
   * @param database with the tables of {@link #SCHEMA}; one connection is taken for each call and
   *     given back
   */
  public JdbcWalletStore(DataSource database) {
    this.database = database;
  }

  private interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  @Override
  public void add(Challenge challenge, Instant now) {
    transaction(
        connection -> {
          takeTurn(connection, challenge.owner());
          expire(connection, now);
          for (String nonce : surplus(connection, challenge.owner())) {
            update(connection, "DELETE FROM enclave_browser_challenge WHERE nonce = ?", nonce);
          }
          return update(
              connection,
              "INSERT INTO enclave_browser_challenge (nonce, owner, action, purpose, expires_at)"
                  + " VALUES (?, ?, ?, ?, ?)",
              challenge.nonce(),
              challenge.owner(),
              challenge.action().name(),
              challenge.purpose(),
              challenge.expiresAt().getEpochSecond());
        });
  }

  @Override
  public void expire(Instant now) {
    transaction(connection -> expire(connection, now));
  }

  /** Waits for who takes one of them at this moment. */
  private static int expire(Connection connection, Instant now) throws SQLException {
    return update(
        connection,
        "DELETE FROM enclave_browser_challenge WHERE expires_at <= ?",
        now.getEpochSecond());
  }

  /**
   * What leaves room for one more. Read before it is deleted: where H2 2.3 does both in one
   * statement while others commit, it deletes up to two rows that are none of these.
   */
  private static List<String> surplus(Connection connection, String owner) throws SQLException {
    List<String> nonces = new ArrayList<>();
    try (PreparedStatement query =
            prepare(
                connection,
                "SELECT nonce FROM enclave_browser_challenge WHERE owner = ?"
                    + " ORDER BY expires_at DESC OFFSET "
                    + (CHALLENGES_OF_AN_OWNER - 1)
                    + " ROWS",
                owner);
        ResultSet row = query.executeQuery()) {
      while (row.next()) {
        nonces.add(row.getString(1));
      }
    }
    return nonces;
  }

  /**
   * Until the transaction ends: what is counted of an owner includes what others add. The hash of a
   * text is the same in every JVM.
   */
  private static void takeTurn(Connection connection, String owner) throws SQLException {
    try (PreparedStatement query =
            prepare(
                connection,
                "SELECT id FROM enclave_browser_turn WHERE id = ? FOR UPDATE",
                Math.floorMod(owner.hashCode(), TURNS));
        ResultSet row = query.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("enclave_browser_turn lacks rows of SCHEMA", NO_DATA);
      }
    }
  }

  @Override
  public Optional<Challenge> challenge(String nonce) {
    return challenge(nonce, null);
  }

  @Override
  public Optional<Challenge> rotated(String nonce, String request) {
    return challenge(nonce, request);
  }

  private Optional<Challenge> challenge(String nonce, @Nullable String request) {
    return transaction(
        connection -> {
          try (PreparedStatement query =
                  prepare(
                      connection,
                      "SELECT nonce, owner, action, purpose, expires_at, request"
                          + " FROM enclave_browser_challenge WHERE nonce = ?",
                      nonce);
              ResultSet row = query.executeQuery()) {
            return row.next() && Objects.equals(row.getString(6), request)
                ? Optional.of(
                    new Challenge(
                        row.getString(1),
                        row.getString(2),
                        WalletAction.valueOf(row.getString(3)),
                        row.getString(4),
                        Instant.ofEpochSecond(row.getLong(5))))
                : Optional.empty();
          }
        });
  }

  @Override
  public Optional<WalletKey> key(Fingerprint id) {
    return transaction(
        connection -> keys(connection, KEYS + " WHERE id = ?", id.toString()).stream().findFirst());
  }

  @Override
  public List<WalletKey> keys(String owner) {
    return transaction(
        connection ->
            keys(connection, KEYS + " WHERE owner = ? ORDER BY registered_at, id", owner));
  }

  @Override
  public Outcome commit(String nonce, WalletChange change) {
    return transaction(
        connection -> {
          if (take(connection, nonce, change) == 0) {
            return Outcome.NO_CHALLENGE;
          }
          if (!make(connection, change)) {
            connection.rollback();
            return Outcome.CONFLICT;
          }
          return Outcome.DONE;
        });
  }

  private static int take(Connection connection, String nonce, WalletChange change)
      throws SQLException {
    String sql = " WHERE nonce = ? AND request IS NULL";
    return change instanceof WalletChange.Replace replace
        ? update(
            connection,
            "UPDATE enclave_browser_challenge SET request = ?" + sql,
            replace.request(),
            nonce)
        : update(connection, "DELETE FROM enclave_browser_challenge" + sql, nonce);
  }

  private static boolean make(Connection connection, WalletChange change) throws SQLException {
    if (change instanceof WalletChange.Add add) {
      return insert(connection, add.key());
    } else if (change instanceof WalletChange.Replace replace) {
      return end(connection, replace.id(), WalletKey.State.ROTATED)
          && insert(connection, replace.successor());
    } else if (change instanceof WalletChange.Revoke revoke) {
      return end(connection, revoke.id(), WalletKey.State.REVOKED);
    }
    // Written, though it stays what it is: a revocation at the same moment waits, or is seen.
    return end(connection, ((WalletChange.Use) change).id(), WalletKey.State.ACTIVE);
  }

  @Override
  public boolean revoke(Fingerprint id) {
    return transaction(connection -> end(connection, id, WalletKey.State.REVOKED));
  }

  private static boolean end(Connection connection, Fingerprint id, WalletKey.State state)
      throws SQLException {
    return update(
            connection,
            "UPDATE enclave_browser_key SET state = ? WHERE id = ? AND state = 'ACTIVE'",
            state.name(),
            id.toString())
        == 1;
  }

  /** Whether it was not there; if it was, the transaction can only be rolled back. */
  private static boolean insert(Connection connection, WalletKey key) throws SQLException {
    try {
      update(
          connection,
          "INSERT INTO enclave_browser_key"
              + " (id, wallet, owner, algorithm, spki, state, registered_at, expires_at)"
              + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          key.id().toString(),
          key.wallet().toString(),
          key.owner(),
          key.key().algorithm().name(),
          key.key().spki().toHex(),
          key.state().name(),
          key.registeredAt().toEpochMilli(),
          key.expiresAt().toEpochMilli());
      return true;
    } catch (SQLException e) {
      if (isDuplicate(e)) {
        return false;
      }
      throw e;
    }
  }

  /** An integrity constraint violation (ISO 9075, class 23). */
  private static boolean isDuplicate(SQLException e) {
    String state = e.getSQLState();
    return state != null && state.startsWith("23");
  }

  private static List<WalletKey> keys(Connection connection, String sql, String parameter)
      throws SQLException {
    List<WalletKey> found = new ArrayList<>();
    try (PreparedStatement statement = prepare(connection, sql, parameter);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        found.add(
            new WalletKey(
                new Fingerprint(Bytes.ofHex(row.getString(1))),
                new Fingerprint(Bytes.ofHex(row.getString(2))),
                row.getString(3),
                PublicKeyInfo.fromSpki(
                    Bytes.ofHex(row.getString(5)).toByteArray(),
                    SigningAlgorithm.parse(row.getString(4))),
                WalletKey.State.valueOf(row.getString(6)),
                Instant.ofEpochMilli(row.getLong(7)),
                Instant.ofEpochMilli(row.getLong(8))));
      }
    }
    return found;
  }

  private static int update(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, parameters)) {
      return statement.executeUpdate();
    }
  }

  private static PreparedStatement prepare(Connection connection, String sql, Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  private <T> T transaction(Work<T> work) {
    for (int attempt = 1; ; attempt++) {
      try (Connection connection = database.getConnection()) {
        return transaction(connection, work);
      } catch (SQLException e) {
        if (attempt == MOST_ATTEMPTS || !ROLLED_BACK.contains(state(e))) {
          throw Texts.DATABASE_FAILED.as(ErrorCode.BACKEND_UNAVAILABLE, state(e));
        }
      }
    }
  }

  /**
   * READ COMMITTED, whatever the application's connections have: each statement says what it
   * expects to find, so that of two callers one is refused. A stricter level would end one of them
   * with an error.
   */
  private static <T> T transaction(Connection connection, Work<T> work) throws SQLException {
    boolean automatic = connection.getAutoCommit();
    int isolation = connection.getTransactionIsolation();
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    connection.setAutoCommit(false);
    boolean done = false;
    try {
      T result = work.on(connection);
      connection.commit();
      done = true;
      return result;
    } finally {
      giveBack(connection, done, automatic, isolation);
    }
  }

  /** What fails here changes nothing of what was committed, or of why it was not. */
  private static void giveBack(
      Connection connection, boolean done, boolean automatic, int isolation) {
    try {
      if (!done) {
        connection.rollback();
      }
      connection.setAutoCommit(automatic);
      connection.setTransactionIsolation(isolation);
    } catch (SQLException e) {
      // The connection is broken, and its pool finds that out.
    }
  }

  private static String state(SQLException e) {
    String state = e.getSQLState();
    return state != null && state.matches("[0-9A-Z]{5}") ? state : "unknown";
  }
}
