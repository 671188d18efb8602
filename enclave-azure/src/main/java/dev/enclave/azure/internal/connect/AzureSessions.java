package dev.enclave.azure.internal.connect;

import dev.enclave.azure.internal.calls.AzureSession;
import dev.enclave.azure.internal.credentials.AzureTokens;
import dev.enclave.azure.internal.credentials.IdentityChoice;
import dev.enclave.azure.internal.credentials.TokenSource;
import dev.enclave.azure.internal.http.Audiences;
import dev.enclave.azure.internal.http.KeyVaultHttp;
import dev.enclave.azure.internal.http.Wire;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.kit.setup.HttpClients;
import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.net.URI;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens the way to a vault: settings, address, certificate, identity. Asks nobody yet. */
public final class AzureSessions {

  /** "Module java.net.http", System properties. */
  private static final String RETRY_ALL = "jdk.httpclient.enableAllMethodRetry";

  private AzureSessions() {}

  /** Opens it; nothing stays open if that fails. */
  public static AzureSession open(BackendContext context) throws BackendFailure {
    return open(context, uri -> uri);
  }

  /**
   * Opens it in another network.
   *
   * @param route where the vault and hosts that hand out tokens are
   */
  public static AzureSession open(BackendContext context, Function<URI, URI> route)
      throws BackendFailure {
    return open(
        context,
        route,
        () -> new BoundedHttp(BoundedHttp::platformTrust, BoundedHttp.LONGEST_DOCUMENT));
  }

  /**
   * Opens it in another network.
   *
   * @param route where the vault and hosts that hand out tokens are
   * @param network makes the way to the platform of another cloud
   */
  public static AzureSession open(
      BackendContext context, Function<URI, URI> route, Supplier<HttpExchange> network)
      throws BackendFailure {
    refuseHiddenRepetition(context.snapshot());
    HttpClients.requireHostNamesChecked(context.snapshot());
    AzureLogs.of(context.snapshot()).requireOff(context.environment());
    AzureSettings settings = AzureSettings.of(context.settings());
    AzureEndpoint endpoint = AzureEndpoint.of(settings, context);
    String authority = endpoint.authority(settings, context.snapshot());
    Wire wire = new Wire(AzureTrust.of(settings, context.snapshot()), settings.connections());
    boolean done = false;
    try {
      TokenSource source =
          new IdentityChoice(context, settings, wire, route, network).choose(authority);
      KeyVaultHttp http =
          new KeyVaultHttp(
              wire, endpoint.origin().authority(), new Audiences(endpoint.audiences()), route);
      AzureTokens tokens = new AzureTokens(source, http, context.time(), wire.threads());
      AzureSession session = new AzureSession(endpoint, wire, http, tokens);
      done = true;
      return session;
    } finally {
      if (!done) {
        wire.close();
      }
    }
  }

  /**
   * With that property java.net.http sends changes again by itself when a connection breaks, though
   * the first may have been carried out: two versions where one was asked for.
   */
  private static void refuseHiddenRepetition(EnvironmentSnapshot snapshot) throws BackendFailure {
    @Nullable String value = snapshot.properties().get(RETRY_ALL);
    if (value != null && (value.isEmpty() || Boolean.parseBoolean(value))) {
      throw BackendFailure.permanent(
          FailureCode.REFUSED,
          "System property "
              + RETRY_ALL
              + " is set: java.net.http would send changes again behind Enclave's back.",
          "Start Java" + " without it.");
    }
  }
}
