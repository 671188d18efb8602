/** Deferred operations on a database. Found by {@link java.util.ServiceLoader}. */
module dev.enclave.jobs {
  requires transitive dev.enclave.api;
  requires transitive java.sql;
  requires dev.enclave.crypto;
  requires dev.enclave.kit;
  requires com.github.kagkarlsson.scheduler;
  requires com.h2database;
  requires static org.jspecify;

  exports dev.enclave.jobs;

  provides dev.enclave.spi.deferral.DeferralProvider with
      dev.enclave.jobs.JobsProvider;
}
