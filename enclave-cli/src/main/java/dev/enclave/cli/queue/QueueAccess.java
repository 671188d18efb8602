package dev.enclave.cli.queue;

import dev.enclave.ConfigSource;
import dev.enclave.EnclaveFactory;
import dev.enclave.cli.session.Session;
import dev.enclave.deferred.DeferredOperations;
import dev.enclave.deferred.Ticket;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
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
            .override(new ConfigSource("enclave queue", Map.of("enclave.jobs.mode", "submit")));
    if (database != null) {
      builder.deferral(JobsProvider.on(source(database)));
    }
    return session.withEnclave(
        builder, enclave -> work.apply(enclave.deferred().orElseThrow(QueueAccess::notSet)));
  }

  /** Other users of the machine see a command line. */
  private static PGSimpleDataSource source(String url) {
    if (PASSWORD.matcher(url).find()) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "--database has a password in it, which other users of this machine can read. Leave it"
              + " out and put it in the password file of PostgreSQL, ~/.pgpass.");
    }
    PGSimpleDataSource source = new PGSimpleDataSource();
    try {
      source.setUrl(url);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "--database "
              + Quoted.of(url)
              + " is not a URL of PostgreSQL. Write jdbc:postgresql://HOST/DATABASE?user=NAME.");
    }
    return source;
  }

  private static ConfigurationException notSet() {
    return new ConfigurationException(
        ErrorCode.CONFIGURATION_MISSING,
        "Nothing is deferred here: enclave.jobs.kek is not set. Set what the service has set, with"
            + " --config FILE or -D.");
  }

  static Ticket require(Optional<Ticket> ticket, String id) {
    return ticket.orElseThrow(
        () ->
            new UsageException(
                ErrorCode.INVALID_ARGUMENT,
                "There is no ticket "
                    + Quoted.of(id)
                    + " of this deployment. List those there are with: enclave queue list --all"));
  }
}
