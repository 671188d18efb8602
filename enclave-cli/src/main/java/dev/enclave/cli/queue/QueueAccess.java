package dev.enclave.cli.queue;

import dev.enclave.ConfigSource;
import dev.enclave.EnclaveFactory;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.deferred.DeferredOperations;
import dev.enclave.deferred.Ticket;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import dev.enclave.jobs.JobsProvider;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import picocli.CommandLine.Option;

/** Opens the deferred operations of a deployment, and carries none of them out. */
final class QueueAccess {

  private static final Pattern PASSWORD =
      Pattern.compile("[?&;](ssl)?password=|//[^/@]*:[^/@]*@", Pattern.CASE_INSENSITIVE);

  @Option(
      names = "--database",
      paramLabel = "URL",
      description = {
        "Where the operations are kept: jdbc:postgresql://HOST/DATABASE?user=NAME. Without it,",
        "H2 in enclave.jobs.directory, which the service must not have open."
      })
  private @Nullable String database;

  /** Works on the operations on behalf of who typed the command. */
  <T> T on(Session session, Function<DeferredOperations, T> work) {
    EnclaveFactory.Builder builder =
        session
            .builder()
            .override(
                new ConfigSource(
                    Texts.QUEUE_COMMAND.with(), Map.of("enclave.jobs.mode", "submit")));
    if (database != null) {
      builder.deferral(JobsProvider.on(source(database)));
    }
    return session.withEnclave(
        builder, enclave -> work.apply(enclave.deferred().orElseThrow(QueueAccess::notSet)));
  }

  /** Other users of the machine see a command line. */
  private static PGSimpleDataSource source(String url) {
    if (PASSWORD.matcher(url).find()) {
      throw Texts.DATABASE_PASSWORD.as(ErrorCode.INVALID_ARGUMENT);
    }
    PGSimpleDataSource source = new PGSimpleDataSource();
    try {
      source.setUrl(url);
    } catch (IllegalArgumentException e) {
      throw Texts.DATABASE_NOT_POSTGRESQL.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(url));
    }
    return source;
  }

  private static EnclaveException notSet() {
    return Texts.NOTHING_IS_DEFERRED.as(ErrorCode.CONFIGURATION_MISSING);
  }

  static Ticket require(Optional<Ticket> ticket, String id) {
    return ticket.orElseThrow(() -> Texts.NO_TICKET.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(id)));
  }
}
