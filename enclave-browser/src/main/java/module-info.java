/** Registers wallets of browsers and verifies what they sign. */
module dev.enclave.browser {
  requires transitive dev.enclave.api;
  requires transitive java.sql;
  requires com.fasterxml.jackson.core;
  requires static org.jspecify;

  exports dev.enclave.browser;
}
