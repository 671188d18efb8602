package dev.enclave.cli.queue;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.cli.text.Text;
import dev.enclave.cli.text.Texts;
import dev.enclave.deferred.Ticket;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Tickets on a terminal and in JSON. */
final class TicketOutput {

  private TicketOutput() {}

  static List<String> list(List<Ticket> tickets) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("TICKET", "WHAT", "KEY", "STATUS", "ATTEMPTS", "SUBMITTED", "NEXT", "ERROR"));
    for (Ticket ticket : tickets) {
      rows.add(
          List.of(
              ticket.id(),
              ticket.kind().name(),
              ticket.key().toString(),
              ticket.status().name(),
              Integer.toString(ticket.attempts()),
              at(ticket.submitted()),
              ticket.nextAttempt().map(TicketOutput::at).orElse("-"),
              ticket.error().map(Enum::name).orElse("-")));
    }
    return Text.table(rows);
  }

  static List<String> show(Ticket ticket) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ticket:", ticket.id()));
    rows.add(List.of("what:", ticket.kind().name()));
    rows.add(List.of("key:", ticket.key().toString()));
    rows.add(List.of("caller:", ticket.caller()));
    rows.add(List.of("status:", ticket.status().name()));
    rows.add(List.of("attempts:", Integer.toString(ticket.attempts())));
    rows.add(List.of("submitted:", at(ticket.submitted())));
    rows.add(List.of("expires:", at(ticket.expires())));
    ticket.nextAttempt().ifPresent(next -> rows.add(List.of("next attempt:", at(next))));
    ticket.error().ifPresent(error -> rows.add(List.of("last error:", error.name())));
    ticket.result().ifPresent(result -> rows.add(List.of("result:", result)));
    return Text.table(rows);
  }

  static String line(Ticket ticket) {
    return Texts.TICKET_IS.with(
        ticket.id(),
        ticket.status(),
        ticket.nextAttempt().map(next -> Texts.NEXT_ATTEMPT.with(at(next))).orElse(""));
  }

  static void json(JsonGenerator json, Ticket ticket) throws IOException {
    json.writeStringField("ticket", ticket.id());
    json.writeStringField("kind", ticket.kind().name());
    json.writeStringField("key", ticket.key().toString());
    json.writeStringField("caller", ticket.caller());
    json.writeStringField("status", ticket.status().name());
    json.writeNumberField("attempts", ticket.attempts());
    json.writeStringField("submitted", ticket.submitted().toString());
    json.writeStringField("expires", ticket.expires().toString());
    JsonOutput.field(json, "nextAttempt", ticket.nextAttempt());
    JsonOutput.field(json, "error", ticket.error());
    JsonOutput.field(json, "result", ticket.result());
  }

  private static String at(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
