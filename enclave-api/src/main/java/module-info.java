/**
 * What applications and backend authors compile against: values, {@link dev.enclave.Enclave} and
 * the service-provider interfaces. The engine and the mathematics are found by {@link
 * java.util.ServiceLoader}.
 */
module dev.enclave.api {
  requires static transitive org.jspecify;

  exports dev.enclave;
  exports dev.enclave.spi;

  uses dev.enclave.EnclaveEngine;
  uses dev.enclave.PublicKeyEngine;
}
