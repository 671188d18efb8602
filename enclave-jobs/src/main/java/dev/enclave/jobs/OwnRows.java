package dev.enclave.jobs;

import dev.enclave.deferred.Ticket;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.internal.Quoted;
import dev.enclave.jobs.Rows.Seen;
import dev.enclave.spi.deferral.DeferralContext;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The rows that this deployment stored, among those that anybody may have written. Others are
 * refused, recorded, and set aside many at once. Thread-safe.
 */
final class OwnRows {

  /** So many rows are recorded each for itself when many are set aside at once. */
  private static final int EACH = 10;

  /** So many pages of rows that are not ours are gone through; then others have their turn. */
  private static final int PAGES = 200;

  private final Rows rows;
  private final RowReader reader;
  private final QueueKey key;
  private final JobsSettings settings;
  private final DatabaseClock clock;
  private final Ends ends = new Ends();
  private final Refusals refusals;

  OwnRows(
      Rows rows,
      QueueKey key,
      JobsSettings settings,
      DeferralContext context,
      DatabaseClock clock) {
    this.rows = rows;
    this.reader = rows.reader();
    this.key = key;
    this.settings = settings;
    this.clock = clock;
    this.refusals = new Refusals(context);
  }

  Optional<Row> find(String id) {
    return reader.find(id).map(this::ours);
  }

  Optional<Row> findByKey(String idempotencyKey) {
    return reader.findByKey(settings.deployment(), idempotencyKey).map(this::ours);
  }

  /** A row of this deployment, as it wrote it; any other is refused, and that recorded once. */
  private Row ours(Seen seen) {
    clock.set(seen.at());
    Optional<String> other =
        seen.row().map(Row::deployment).filter(name -> !name.equals(settings.deployment()));
    if (other.isPresent()) {
      throw Texts.OTHER_DEPLOYMENT.as(
          ErrorCode.INVALID_ARGUMENT,
          Quoted.of(seen.id()),
          Quoted.of(other.get()),
          settings.deployment());
    }
    Verdict verdict = verdict(seen);
    if (verdict.wrong().isPresent()) {
      refusals.record(seen.id(), verdict.why());
      throw new IntegrityException(ErrorCode.DEFERRED_OPERATION_CORRUPT, verdict.why());
    }
    return verdict.row();
  }

  /**
   * What a row is.
   *
   * @param seen as it was read last
   * @param wrong why it is not used, if it is not
   */
  private record Verdict(Seen seen, Optional<String> wrong) {
    String id() {
      return seen.id();
    }

    Row row() {
      return seen.row().orElseThrow();
    }

    String why() {
      return wrong.orElseThrow();
    }
  }

  private Verdict verdict(Seen seen) {
    if (!stored(seen)) {
      return new Verdict(seen, Optional.of(Texts.ROW_NOT_STORED_HERE.with(Quoted.of(seen.id()))));
    }
    if (!ends.precedes(seen.row().orElseThrow())) {
      ends.remember(seen.row().orElseThrow());
      return new Verdict(seen, Optional.empty());
    }
    // It may have ended since it was read. What is there now tells.
    Seen now = reader.find(seen.id()).filter(this::stored).orElse(seen);
    return ends.precedes(now.row().orElseThrow())
        ? new Verdict(now, Optional.of(Texts.ROW_PUT_BACK.with(Quoted.of(seen.id()))))
        : new Verdict(now, Optional.empty());
  }

  private boolean stored(Seen seen) {
    return seen.row()
        .filter(row -> row.deployment().equals(settings.deployment()))
        .filter(row -> key.made(row, seen.mac()))
        .isPresent();
  }

  /** The first row of a group that is as it was stored; what comes before it is set aside. */
  Optional<Row> head(String group) {
    Optional<Seen> first = reader.head(settings.deployment(), group);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    clock.set(first.get().at());
    // A row that was put into another's group is refused by its MAC, since the group is in it.
    Verdict verdict = verdict(first.get());
    if (verdict.wrong().isEmpty() && !verdict.row().state().ended()) {
      return Optional.of(verdict.row());
    }
    for (int page = 0; page < PAGES; page++) {
      List<RowReader.Found> found = reader.open(settings.deployment(), group);
      Optional<Row> row = usable(found, 1).stream().findFirst();
      if (row.isPresent() || found.isEmpty()) {
        return row;
      }
    }
    return Optional.empty();
  }

  /**
   * Those of the found rows that are ours and have not ended, at most so many; what is not ours
   * among those before is set aside, together.
   */
  private List<Row> usable(List<RowReader.Found> found, int most) {
    List<Row> rows = new ArrayList<>();
    List<Verdict> wrong = new ArrayList<>();
    for (List<RowReader.Found> rest = found; !rest.isEmpty() && rows.size() < most; ) {
      List<RowReader.Found> part = RowReader.part(rest);
      for (Seen seen : reader.rows(part)) {
        Verdict verdict = verdict(seen);
        if (verdict.wrong().isPresent()) {
          wrong.add(verdict);
        } else if (!verdict.row().state().ended()) {
          rows.add(verdict.row());
          if (rows.size() == most) {
            break;
          }
        }
      }
      rest = rest.subList(part.size(), rest.size());
    }
    setAside(wrong);
    return rows;
  }

  private void setAside(List<Verdict> wrong) {
    if (wrong.isEmpty()) {
      return;
    }
    wrong.stream().limit(EACH).forEach(each -> refusals.record(each.id(), each.why()));
    if (wrong.size() > EACH) {
      Verdict next = wrong.get(EACH);
      refusals.record(next.id(), Texts.AND_MORE_ROWS.with(next.why(), wrong.size() - EACH - 1));
    }
    rows.setAside(wrong.stream().map(Verdict::id).toList());
  }

  /** Those in any of these states; a row that is not as it was stored is left out. */
  List<Ticket> list(Set<Ticket.Status> states, int limit) {
    List<Ticket> tickets = new ArrayList<>();
    List<RowReader.Found> rest = reader.list(settings.deployment(), states, limit);
    while (!rest.isEmpty()) {
      List<RowReader.Found> part = RowReader.part(rest);
      reader.rows(part).stream()
          .map(this::verdict)
          .filter(verdict -> verdict.wrong().isEmpty())
          .map(verdict -> verdict.row().ticket())
          .filter(ticket -> states.contains(ticket.status()))
          .forEach(tickets::add);
      rest = rest.subList(part.size(), rest.size());
    }
    return tickets;
  }

  /** Sees what other processes have cancelled, so that it is not carried out if it is put back. */
  void learn() {
    List<RowReader.Found> rest =
        reader.cancelled(settings.deployment()).stream()
            .filter(found -> !ends.known(found.id()))
            .toList();
    usable(rest, Integer.MAX_VALUE);
  }

  /** Some rows whose time is over. */
  List<Row> overdue() {
    for (int page = 0; page < PAGES; page++) {
      List<RowReader.Found> found = reader.overdue(settings.deployment());
      List<Row> rows = usable(found, Integer.MAX_VALUE);
      if (!rows.isEmpty() || found.isEmpty()) {
        return rows;
      }
    }
    return List.of();
  }

  /** The groups in which a row of ours is to be tried by now. */
  List<String> dueGroups() {
    Set<String> groups = new LinkedHashSet<>();
    String after = "";
    for (int page = 0; page < PAGES; page++) {
      List<RowReader.Found> found = reader.due(settings.deployment(), after);
      if (found.isEmpty()) {
        break;
      }
      List<String> ours = usable(found, Integer.MAX_VALUE).stream().map(Row::group).toList();
      groups.addAll(ours);
      if (ours.size() == found.size()) {
        after = found.get(found.size() - 1).group();
      }
      // Else once more: behind those that were set aside, their groups may have rows of ours.
    }
    return List.copyOf(groups);
  }

  /** Takes note of an end that this process has written. */
  void ended(Row row) {
    ends.remember(row);
  }
}
