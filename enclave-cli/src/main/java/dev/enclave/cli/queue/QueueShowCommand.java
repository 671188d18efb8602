package dev.enclave.cli.queue;

import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.deferred.Ticket;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave queue show}. */
@Command(name = "show", sortOptions = false, description = "Show a ticket, and its result.")
public final class QueueShowCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "TICKET", description = "The id of the ticket.")
  private String id = "";

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  @Mixin private QueueAccess access = new QueueAccess();

  public QueueShowCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Ticket ticket = access.on(session, deferred -> QueueAccess.require(deferred.find(id), id));
    session.print(
        json
            ? JsonOutput.object(out -> TicketOutput.json(out, ticket))
            : TicketOutput.show(ticket));
    return 0;
  }
}
