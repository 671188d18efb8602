/** Registers wallets of browsers and verifies what they sign. */
@SuppressWarnings("module") // dev.enclave.cli is built after this one
module dev.enclave.browser {
  requires transitive dev.enclave.api;
  requires transitive java.sql;
  requires com.fasterxml.jackson.core;
  requires jdk.httpserver;
  requires static org.jspecify;

  exports dev.enclave.browser;
  exports dev.enclave.browser.demo to
      dev.enclave.cli;
}
