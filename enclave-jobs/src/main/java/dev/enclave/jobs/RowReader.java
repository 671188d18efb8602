package dev.enclave.jobs;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.deferred.Ticket;
import dev.enclave.error.ErrorCode;
import dev.enclave.jobs.Rows.Seen;
import dev.enclave.spi.deferral.StoredOperation;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The queries for rows. Others may have written any of them, in any number and size: a content or a
 * MAC that is longer than any of ours is not read, and many rows are read in parts. Thread-safe.
 */
final class RowReader {

  /** In bytes. */
  static final int LARGEST_CONTENT = 4 << 20;

  private static final int MAC = 32;

  /** How many rows a query names, so that a page is a few statements. */
  static final int PAGE = 500;

  /** Their ids are a hundred kilobytes or two. */
  private static final int MOST_CANCELLED = 5_000;

  /** How many bytes of contents are read at once, unless one alone is longer. */
  private static final long PART = 8L << 20;

  static final String OPEN = "state IN ('WAITING', 'RUNNING')";

  private static final String SELECT =
      "SELECT id, deployment, ordering_group, seq, kind, caller, key_name, key_handle, CASE WHEN"
          + " octet_length(content) <= "
          + LARGEST_CONTENT
          + " THEN content END AS content, confidential, idempotency_key, state, fence, attempts,"
          + " submitted_at, expires_at, next_attempt, lease_until, error, result, CASE WHEN"
          + " octet_length(mac) <= "
          + MAC
          + " THEN mac END AS mac, CURRENT_TIMESTAMP AS seen_at FROM enclave_operation WHERE ";

  private static final String ID =
      " id, octet_length(content), ordering_group, seq FROM enclave_operation WHERE ";

  private final Database database;

  RowReader(Database database) {
    this.database = database;
  }

  /**
   * A row that a query named.
   *
   * @param size of its content in bytes, whether or not it is read
   * @param group which it says that it is in
   */
  record Found(String id, long size, String group) {}

  Optional<Seen> find(String id) {
    return select("id = ?", List.of(id)).stream().findFirst();
  }

  Optional<Seen> findByKey(String deployment, String idempotencyKey) {
    return select("deployment = ? AND idempotency_key = ?", List.of(deployment, idempotencyKey))
        .stream()
        .findFirst();
  }

  /** The first of a group that has not ended. */
  Optional<Seen> head(String deployment, String group) {
    return select(
            "ordering_group = ? AND deployment = ? AND " + OPEN + " ORDER BY seq LIMIT 1",
            List.of(group, deployment))
        .stream()
        .findFirst();
  }

  /** The first ones of a group that have not ended. */
  List<Found> open(String deployment, String group) {
    return found(
        "SELECT"
            + ID
            + "ordering_group = ? AND deployment = ? AND "
            + OPEN
            + " ORDER BY seq LIMIT "
            + PAGE,
        group,
        deployment);
  }

  /** Those in any of these states, those submitted first before others. */
  List<Found> list(String deployment, Set<Ticket.Status> states, int limit) {
    String names =
        states.stream().map(state -> "'" + state.name() + "'").collect(Collectors.joining(", "));
    return found(
        "SELECT" + ID + "deployment = ? AND state IN (" + names + ") ORDER BY seq LIMIT " + limit,
        deployment);
  }

  /** Some that should have ended by now, those first that should have before others. */
  List<Found> overdue(String deployment) {
    return found(
        "SELECT"
            + ID
            + "deployment = ? AND "
            + OPEN
            + " AND expires_at <= CURRENT_TIMESTAMP ORDER BY expires_at LIMIT "
            + PAGE,
        deployment);
  }

  /** Those that were cancelled and have not expired: the last ones, if there are very many. */
  List<Found> cancelled(String deployment) {
    return found(
        "SELECT"
            + ID
            + "deployment = ? AND state = 'CANCELLED' AND expires_at > CURRENT_TIMESTAMP ORDER BY"
            + " expires_at DESC LIMIT "
            + MOST_CANCELLED,
        deployment);
  }

  /** The first row that is to be tried by now of each of some groups, of those after one. */
  List<Found> due(String deployment, String after) {
    return found(
        "SELECT DISTINCT ON (ordering_group)"
            + ID
            + "deployment = ? AND ordering_group > ? AND "
            + OPEN
            + " AND next_attempt <= CURRENT_TIMESTAMP AND lease_until <= CURRENT_TIMESTAMP ORDER BY"
            + " ordering_group, seq LIMIT "
            + PAGE,
        deployment,
        after);
  }

  private List<Found> found(String sql, String... values) {
    return database.read(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
              statement.setString(i + 1, values[i]);
            }
            List<Found> found = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
              while (result.next()) {
                found.add(new Found(result.getString(1), result.getLong(2), result.getString(3)));
              }
            }
            return found;
          }
        });
  }

  /** The first of the found rows, so many as can be read at once; at least one. */
  static List<Found> part(List<Found> found) {
    long bytes = 0;
    int count = 0;
    while (count < Math.min(found.size(), PAGE)
        && (count == 0 || bytes + read(found.get(count)) <= PART)) {
      bytes += read(found.get(count));
      count++;
    }
    return found.subList(0, count);
  }

  private static long read(Found row) {
    return row.size() <= LARGEST_CONTENT ? row.size() : 0;
  }

  /** The rows of a part, in its order; one that is gone is left out. */
  List<Seen> rows(List<Found> part) {
    if (part.isEmpty()) {
      return List.of();
    }
    Map<String, Integer> order = new HashMap<>();
    part.forEach(each -> order.put(each.id(), order.size()));
    List<Seen> rows =
        select(
            "id IN (" + String.join(", ", Collections.nCopies(part.size(), "?")) + ")",
            part.stream().map(Found::id).toList());
    return rows.stream().sorted(Comparator.comparing(row -> order.get(row.id()))).toList();
  }

  private List<Seen> select(String sql, List<String> values) {
    return database.read(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(SELECT + sql)) {
            for (int i = 0; i < values.size(); i++) {
              statement.setString(i + 1, values.get(i));
            }
            List<Seen> seen = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
              while (result.next()) {
                seen.add(seen(result));
              }
            }
            return seen;
          }
        });
  }

  private static Seen seen(ResultSet result) throws SQLException {
    byte[] mac = result.getBytes("mac");
    return new Seen(
        result.getString("id"),
        Optional.ofNullable(row(result)),
        Bytes.of(mac == null ? new byte[0] : mac),
        Rows.instant(result, 22));
  }

  /**
   * Null for what no row of ours says: a name that is none, a state that there is not, a content
   * that is too long.
   */
  private static @Nullable Row row(ResultSet result) throws SQLException {
    try {
      byte[] content = result.getBytes("content");
      if (content == null) {
        return null;
      }
      boolean confidential = result.getBoolean("confidential");
      StoredOperation operation =
          new StoredOperation(
              result.getString("id"),
              Ticket.Kind.valueOf(result.getString("kind")),
              result.getString("caller"),
              KeyName.of(result.getString("key_name")),
              result.getString("key_handle"),
              confidential ? "" : new String(content, StandardCharsets.UTF_8),
              confidential,
              Optional.ofNullable(result.getString("idempotency_key")));
      return new Row(
          operation,
          result.getString("deployment"),
          result.getString("ordering_group"),
          result.getLong("seq"),
          Bytes.of(content),
          Ticket.Status.valueOf(result.getString("state")),
          result.getLong("fence"),
          result.getInt("attempts"),
          Rows.instant(result, 15),
          Rows.instant(result, 16),
          Rows.instant(result, 17),
          Rows.instant(result, 18),
          Optional.ofNullable(result.getString("error")).map(ErrorCode::valueOf),
          Optional.ofNullable(result.getString("result")));
    } catch (RuntimeException e) {
      return null;
    }
  }
}
