package dev.enclave.cli.queue;

import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.cli.text.Texts;
import dev.enclave.deferred.Ticket;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code enclave queue list}. */
@Command(
    name = "list",
    sortOptions = false,
    description = "List the tickets that have not ended, those submitted first before others.")
public final class QueueListCommand implements Callable<Integer> {

  private final Session session;

  @Option(names = "--all", description = "Those that have ended too.")
  private boolean all;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "At most so many, up to 1000; ${DEFAULT-VALUE} unless said.")
  private int limit;

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  @Mixin private QueueAccess access = new QueueAccess();

  public QueueListCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Set<Ticket.Status> states =
        Arrays.stream(Ticket.Status.values())
            .filter(status -> all || !status.ended())
            .collect(Collectors.toSet());
    List<Ticket> tickets = access.on(session, deferred -> deferred.list(states, limit));
    if (json) {
      session.print(
          JsonOutput.object(out -> JsonOutput.array(out, "tickets", tickets, TicketOutput::json)));
    } else {
      session.print(
          tickets.isEmpty()
              ? List.of(Texts.NO_OPERATION_WAITS.with())
              : TicketOutput.list(tickets));
    }
    if (tickets.size() == limit) {
      session.tell(Texts.MORE_TICKETS.with(limit));
    }
    return 0;
  }
}
