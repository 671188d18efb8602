package dev.enclave.kit.setup;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import org.jspecify.annotations.Nullable;

/** What this process's java.net.http must not have been told, whoever told it. */
public final class HttpClients {

  private static final String ANY_HOST = "jdk.internal.httpclient.disableHostnameVerification";

  private HttpClients() {}

  /**
   * Refuses a process in which a certificate counts for any host: whoever has one at all could
   * answer in a cloud's place, and be given tokens.
   *
   * @throws BackendFailure {@link FailureCode#REFUSED}, which names the property
   */
  public static void requireHostNamesChecked(EnvironmentSnapshot snapshot) throws BackendFailure {
    @Nullable String value = snapshot.properties().get(ANY_HOST);
    if (value != null && (value.isEmpty() || Boolean.parseBoolean(value))) {
      throw BackendFailure.permanent(
          FailureCode.REFUSED,
          "System property "
              + ANY_HOST
              + " is set: java.net.http would take the certificate of any host for that of the one"
              + " it asks.",
          "Start Java without it.");
    }
  }
}
