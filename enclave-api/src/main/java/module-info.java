/**
 * What applications and backend authors compile against: values, {@link dev.enclave.Enclave} and
 * the service-provider interfaces. The engine and the mathematics are found by {@link
 * java.util.ServiceLoader}.
 */
@SuppressWarnings("module") // dev.enclave.core and dev.enclave.software are built after this one
module dev.enclave.api {
  requires static transitive org.jspecify;

  exports dev.enclave;
  exports dev.enclave.admin;
  exports dev.enclave.audit;
  exports dev.enclave.deferred;
  exports dev.enclave.diagnosis;
  exports dev.enclave.error;
  exports dev.enclave.migration;
  exports dev.enclave.spi;
  exports dev.enclave.spi.audit;
  exports dev.enclave.spi.backend;
  exports dev.enclave.spi.deferral;
  exports dev.enclave.spi.detection;
  exports dev.enclave.spi.observation;
  exports dev.enclave.spi.record;
  exports dev.enclave.internal.opening to
      dev.enclave.cli,
      dev.enclave.core;
  exports dev.enclave.internal to
      dev.enclave.auditlog,
      dev.enclave.aws,
      dev.enclave.azure,
      dev.enclave.browser,
      dev.enclave.cli,
      dev.enclave.core,
      dev.enclave.crypto,
      dev.enclave.gcp,
      dev.enclave.jca,
      dev.enclave.jobs,
      dev.enclave.kit,
      dev.enclave.kubernetes,
      dev.enclave.os,
      dev.enclave.pkcs11,
      dev.enclave.software,
      dev.enclave.vault;

  uses dev.enclave.internal.opening.EnclaveEngine;
  uses dev.enclave.internal.PublicKeyEngine;
}
