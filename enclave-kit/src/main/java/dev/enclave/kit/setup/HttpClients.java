package dev.enclave.kit.setup;

import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import org.jspecify.annotations.Nullable;

/** What this process's java.net.http must not have been told, whoever told it. */
public final class HttpClients {

  private static final String ANY_HOST = "jdk.internal.httpclient.disableHostnameVerification";

  /** "Module java.net.http", System properties. */
  private static final String RETRY_ALL = "jdk.httpclient.enableAllMethodRetry";

  private HttpClients() {}

  /**
   * Refuses a process in which a certificate counts for any host: whoever has one at all could
   * answer in a cloud's place, and be given tokens.
   *
   * @throws BackendFailure {@link FailureCode#REFUSED}, which names the property
   */
  public static void requireHostNamesChecked(EnvironmentSnapshot snapshot) throws BackendFailure {
    requireOff(snapshot, ANY_HOST, Texts.HOST_NAMES_UNCHECKED.with());
  }

  /**
   * Refuses a process in which java.net.http sends changes again by itself when a connection
   * breaks, though the first may have been carried out: two versions where one was asked for.
   *
   * @throws BackendFailure {@link FailureCode#REFUSED}, which names the property
   */
  public static void requireNothingRepeated(EnvironmentSnapshot snapshot) throws BackendFailure {
    requireOff(snapshot, RETRY_ALL, Texts.CHANGES_REPEATED.with());
  }

  private static void requireOff(EnvironmentSnapshot snapshot, String property, String because)
      throws BackendFailure {
    @Nullable String value = snapshot.properties().get(property);
    if (value != null && (value.isEmpty() || Boolean.parseBoolean(value))) {
      throw Texts.PROPERTY_SET.permanent(FailureCode.REFUSED, property, because);
    }
  }
}
