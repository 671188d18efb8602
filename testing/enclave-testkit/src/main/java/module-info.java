/** Contract tests for backends, and fakes for everything the engine takes as a parameter. */
module dev.enclave.testkit {
  requires transitive dev.enclave.api;
  requires dev.enclave.crypto;
  requires dev.enclave.kit;
  requires transitive java.logging;
  requires org.assertj.core;
  requires transitive org.junit.jupiter.api;
  requires org.junit.platform.launcher;
  requires static transitive org.jspecify;

  exports dev.enclave.testkit;
  exports dev.enclave.testkit.cloud;
  exports dev.enclave.testkit.conformance;
  exports dev.enclave.testkit.contract;
  exports dev.enclave.testkit.environments;
  exports dev.enclave.testkit.record;
  exports dev.enclave.testkit.sink;

  opens dev.enclave.testkit.conformance to
      org.junit.platform.commons;
}
