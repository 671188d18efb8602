package dev.enclave.cli.queue;

import dev.enclave.cli.session.Session;
import dev.enclave.deferred.Ticket;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code enclave queue retry}. */
@Command(
    name = "retry",
    sortOptions = false,
    description = {
      "Have the service try a ticket next that waits or has failed; what is tried is what was"
          + " submitted.",
      "The exit code is 1 if it has ended otherwise."
    })
public final class QueueRetryCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "TICKET", description = "The id of the ticket.")
  private String id = "";

  @Mixin private QueueAccess access = new QueueAccess();

  public QueueRetryCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Ticket ticket = access.on(session, deferred -> QueueAccess.require(deferred.retry(id), id));
    session.print(TicketOutput.line(ticket));
    return ticket.status().ended() ? 1 : 0;
  }
}
