package dev.enclave.azure.internal;

import dev.enclave.azure.internal.credentials.AzureTokens;
import dev.enclave.azure.internal.credentials.IdentityChoice;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.setup.HttpClients;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;

/** Opens the way to a vault: settings, address, certificate, identity. Asks nobody yet. */
public final class AzureSessions {

  /** No answer of Key Vault or of Microsoft Entra comes near it. */
  private static final int LONGEST_BODY = 1 << 20;

  private AzureSessions() {}

  /** Opens it; nothing stays open if that fails. */
  public static AzureSession open(BackendContext context) throws BackendFailure {
    return open(
        context,
        UnaryOperator.identity(),
        () -> new BoundedHttp(BoundedHttp::platformTrust, BoundedHttp.LONGEST_DOCUMENT));
  }

  /**
   * Opens it in a network in which vault and hosts that hand out tokens are elsewhere.
   *
   * @param platform makes the way to the platform of another cloud
   */
  public static AzureSession open(
      BackendContext context, UnaryOperator<HttpExchange> way, Supplier<HttpExchange> platform)
      throws BackendFailure {
    HttpClients.requireNothingRepeated(context.snapshot());
    HttpClients.requireHostNamesChecked(context.snapshot());
    logs(context.snapshot()).requireOff(context.environment());
    AzureSettings settings = AzureSettings.of(context.settings());
    return open(context, settings, AzureEndpoint.of(settings, context), way, platform);
  }

  /** Opens it where process and endpoint have been judged. */
  public static AzureSession open(
      BackendContext context,
      AzureSettings settings,
      AzureEndpoint endpoint,
      UnaryOperator<HttpExchange> way,
      Supplier<HttpExchange> platform)
      throws BackendFailure {
    SSLContext tls =
        settings
            .section()
            .trusted(AzureSettings.TRUSTED_CERTIFICATE, context.snapshot())
            .map(BoundedHttp::trust)
            .orElseGet(BoundedHttp::platformTrust);
    BoundedHttp http = new BoundedHttp(() -> tls, LONGEST_BODY);
    HttpExchange network = way.apply(http);
    IdentityChoice choice = new IdentityChoice(context, settings, endpoint, network, platform);
    List<CredentialSource<String>> sources = new ArrayList<>();
    for (String audience : endpoint.audiences()) {
      sources.add(choice.choose(audience));
    }
    // Nothing of it runs before the first request.
    AzureTokens tokens =
        new AzureTokens(
            endpoint.audiences(), sources, context.time(), RefreshingValue.threadForEach());
    return AzureSession.of(endpoint, network, settings.connections(), tokens, http::close);
  }

  /**
   * What is written of requests to the vault: by Java's HTTP client alone. The Azure SDK logs none,
   * whatever AZURE_HTTP_LOG_DETAIL_LEVEL says, since its clients have no policy that does.
   */
  public static WireLogs logs(EnvironmentSnapshot snapshot) {
    return new WireLogs(Texts.SERVICE.with()).jdk(snapshot);
  }
}
