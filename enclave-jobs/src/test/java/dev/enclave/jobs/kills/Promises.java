package dev.enclave.jobs.kills;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;

/** What the processes have said and the rows have shown so far, and what contradicts it. */
final class Promises {

  private static final Set<String> OPEN = Set.of("WAITING", "RUNNING");

  /** Nothing takes as long, on a machine of any speed. */
  private static final Duration PATIENCE = Duration.ofMinutes(9);

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final Map<Integer, String> tickets = new HashMap<>();
  private final Map<String, String> told = new HashMap<>();
  private final Map<String, String> released = new HashMap<>();
  private final List<String> broken = new ArrayList<>();

  synchronized void ticket(int number, String id) {
    String before = tickets.putIfAbsent(number, id);
    if (before != null && !before.equals(id)) {
      broken.add("signature " + number + " has tickets " + before + " and " + id);
    }
    notifyAll();
  }

  /** A process has ended a ticket, and said so to its listener. */
  synchronized void ended(String id, String result) {
    if (told.putIfAbsent(id, result) != null) {
      broken.add("the end of " + id + " was told twice");
    }
    release(id, result);
    notifyAll();
  }

  private void release(String id, String result) {
    String before = released.putIfAbsent(id, result);
    if (before != null && !before.equals(result)) {
      broken.add(id + " was released as " + before + " and as " + result);
    }
  }

  synchronized void broken(String what) {
    broken.add(what);
    notifyAll();
  }

  synchronized Map<Integer, String> tickets() {
    return new HashMap<>(tickets);
  }

  synchronized int told() {
    return told.size();
  }

  void awaitTickets(int count) throws InterruptedException {
    await(tickets::size, count);
  }

  /**
   * Waits for what was told, and looks into the rows meanwhile, which decide: of a process that was
   * killed while its database committed, an end was told to nobody.
   */
  void awaitReleased(int count, Callable<?> look) throws Exception {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!await(released::size, count, System.nanoTime() + BETWEEN_LOOKS.toNanos())) {
      assertThat(System.nanoTime() - until).as(count + " ends that were promised").isNegative();
      look.call();
    }
  }

  private void await(IntSupplier size, int count) throws InterruptedException {
    assertThat(await(size, count, System.nanoTime() + PATIENCE.toNanos()))
        .as(size.getAsInt() + " of " + count)
        .isTrue();
  }

  /** Whether there are as many before that time. */
  private synchronized boolean await(IntSupplier size, int count, long until)
      throws InterruptedException {
    while (size.getAsInt() < count) {
      requireKept();
      long left = Duration.ofNanos(until - System.nanoTime()).toMillis();
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    requireKept();
    return true;
  }

  synchronized void requireKept() {
    assertThat(broken).isEmpty();
  }

  /**
   * Compares with the rows: every ticket is there, what was told is there, what was released is as
   * it was, and of no key an operation has ended before another that was submitted earlier.
   *
   * @return the attempts of all rows together
   */
  int compare(Connection connection) throws SQLException {
    Set<String> promised = new HashSet<>(tickets().values());
    Map<String, String> said;
    synchronized (this) {
      said = new HashMap<>(told);
    }
    Map<String, Long> firstOpen = new HashMap<>();
    Map<String, Long> lastEnded = new HashMap<>();
    int attempts = 0;
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT id, ordering_group, seq, state, COALESCE(result, error), attempts FROM"
                    + " enclave_operation")) {
      while (rows.next()) {
        String id = rows.getString(1);
        promised.remove(id);
        String shown = said.remove(id);
        attempts += rows.getInt(6);
        if (OPEN.contains(rows.getString(4))) {
          firstOpen.merge(rows.getString(2), rows.getLong(3), Math::min);
          if (shown != null) {
            broken("the end of " + id + " was told and its row is " + rows.getString(4));
          }
        } else {
          lastEnded.merge(rows.getString(2), rows.getLong(3), Math::max);
          row(id, rows.getString(4) + " " + rows.getString(5));
        }
      }
    }
    firstOpen.forEach(
        (group, seq) -> {
          if (lastEnded.getOrDefault(group, 0L) > seq) {
            broken("of group " + group + " a later operation ended first");
          }
        });
    promised.forEach(id -> broken("ticket " + id + " is lost"));
    said.keySet().forEach(id -> broken("ended ticket " + id + " is lost"));
    requireKept();
    return attempts;
  }

  private synchronized void row(String id, String result) {
    release(id, result);
    notifyAll();
  }
}
