/** Wire-level servers of cloud key services on loopback, for tests. */
module dev.enclave.emulators {
  requires com.fasterxml.jackson.core;
  requires org.bouncycastle.provider;
  requires org.eclipse.jetty.server;
  requires static org.jspecify;

  exports dev.enclave.emulators;
  exports dev.enclave.emulators.fault;
  exports dev.enclave.emulators.wire;
}
