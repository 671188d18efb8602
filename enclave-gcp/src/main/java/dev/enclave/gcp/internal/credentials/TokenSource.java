package dev.enclave.gcp.internal.credentials;

import dev.enclave.spi.BackendFailure;

/** Hands out access tokens. */
interface TokenSource {

  /** A new one. */
  AccessToken fetch() throws BackendFailure;

  /** Where they come from, as messages name it. */
  String named();
}
