/**
 * What applications and backend authors compile against: values, {@link dev.enclave.Enclave} and
 * the service-provider interfaces. The engine and the mathematics are found by {@link
 * java.util.ServiceLoader}.
 */
@SuppressWarnings("module") // dev.enclave.core and dev.enclave.software are built after this one
module dev.enclave.api {
  requires static transitive org.jspecify;

  exports dev.enclave;
  exports dev.enclave.spi;

  // Claims on files, for the modules of Enclave that keep some.
  exports dev.enclave.claim to
      dev.enclave.core,
      dev.enclave.software;

  uses dev.enclave.EnclaveEngine;
  uses dev.enclave.PublicKeyEngine;
}
