package dev.enclave.azure.internal;

import dev.enclave.azure.internal.http.VaultHttp;
import dev.enclave.azure.internal.http.Wire;
import dev.enclave.azure.internal.identity.IdentityChoice;
import dev.enclave.azure.internal.identity.TokenSource;
import dev.enclave.azure.internal.identity.VaultTokens;
import dev.enclave.spi.BackendContext;
import dev.enclave.spi.BackendFailure;
import java.net.URI;
import java.util.function.Function;

/** Opens the way to a vault: settings, address, certificate, identity. Asks nobody yet. */
final class AzureSessions {

  private AzureSessions() {}

  /** Opens it; nothing stays open if that fails. */
  static AzureSession open(BackendContext context) throws BackendFailure {
    return open(context, uri -> uri);
  }

  /**
   * Opens it in another network.
   *
   * @param route where hosts that hand out tokens are
   */
  static AzureSession open(BackendContext context, Function<URI, URI> route) throws BackendFailure {
    AzureSettings settings = AzureSettings.of(context.settings());
    AzureEndpoint endpoint = AzureEndpoint.of(settings, context);
    String authority = endpoint.authority(settings, context.snapshot());
    Wire wire = new Wire(AzureTrust.of(settings, context.snapshot()));
    boolean done = false;
    try {
      TokenSource source =
          new IdentityChoice(context, settings.identityClientId(), wire, route).choose(authority);
      VaultHttp http = new VaultHttp(wire, endpoint.origin().authority());
      VaultTokens tokens =
          new VaultTokens(source, endpoint.audiences(), http, context.time(), wire.threads());
      AzureSession session = new AzureSession(endpoint, wire, http, tokens);
      done = true;
      return session;
    } finally {
      if (!done) {
        wire.close();
      }
    }
  }
}
