package dev.enclave.cli.queue;

import dev.enclave.cli.session.Session;
import dev.enclave.deferred.Ticket;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code enclave queue cancel}. */
@Command(
    name = "cancel",
    sortOptions = false,
    description = {
      "Give a ticket up that waits.",
      "The exit code is 1 if it is being tried at this moment or has ended already."
    })
public final class QueueCancelCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "TICKET", description = "The id of the ticket.")
  private String id = "";

  @Mixin private QueueAccess access = new QueueAccess();

  public QueueCancelCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Ticket ticket = access.on(session, deferred -> QueueAccess.require(deferred.cancel(id), id));
    session.print(TicketOutput.line(ticket));
    return ticket.status() == Ticket.Status.CANCELLED ? 0 : 1;
  }
}
