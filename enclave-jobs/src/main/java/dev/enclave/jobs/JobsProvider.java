package dev.enclave.jobs;

import dev.enclave.error.ErrorCode;
import dev.enclave.spi.deferral.DeferralContext;
import dev.enclave.spi.deferral.DeferralProvider;
import dev.enclave.spi.deferral.DeferralQueue;
import java.nio.file.Path;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Keeps deferred operations in a database: H2 in {@code enclave.jobs.directory}, for one process,
 * or the application's own PostgreSQL, for any number: {@code
 * EnclaveFactory.builder().deferral(JobsProvider.on(dataSource))}.
 */
public final class JobsProvider implements DeferralProvider {

  private final Optional<DataSource> given;

  /** One that opens H2; for {@link java.util.ServiceLoader}. */
  public JobsProvider() {
    this(Optional.empty());
  }

  private JobsProvider(Optional<DataSource> given) {
    this.given = given;
  }

  /**
   * One that works in a PostgreSQL database. It takes connections of its own and ends its
   * transactions itself, so the source must not hand out connections of the application's
   * transactions.
   *
   * @param source which the application closes, after the Enclave
   */
  public static JobsProvider on(DataSource source) {
    return new JobsProvider(Optional.of(source));
  }

  @Override
  public DeferralQueue open(DeferralContext context) {
    JobsSettings settings = JobsSettings.of(context);
    Database database =
        given
            .<Database>map(PostgresDatabase::new)
            .orElseGet(() -> new H2Database(directory(context), context.time()));
    return new JobsQueue(context, settings, database);
  }

  private static Path directory(DeferralContext context) {
    return context
        .setting("directory")
        .map(Path::of)
        .orElseThrow(() -> Texts.NO_DATABASE.as(ErrorCode.CONFIGURATION_MISSING));
  }
}
