package dev.enclave.aws.internal.credentials;

import dev.enclave.spi.BackendFailure;

/** One place that hands out credentials. Thread-safe. */
public interface CredentialSource {

  /** What it is, as messages name it. */
  String named();

  /**
   * Asks for credentials, once.
   *
   * @throws BackendFailure in our own words, without what was answered
   */
  Issued fetch() throws BackendFailure;
}
