package dev.enclave.azure.internal;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.azure.internal.settings.AzureCloud;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.AzureKeyVaultServerBuilder;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.ConformanceSupport.BareKeys;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.net.URI;
import java.net.http.HttpRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Our own server, and the way to it by everything that is real: settings, identity, TLS. */
public final class KeyVaults {

  static final String CERTIFICATE = "/etc/wallet/emulator.pem";

  private KeyVaults() {}

  /** A server whose identity is its own. */
  public static AzureKeyVaultServerBuilder server() {
    return AzureKeyVaultServer.builder()
        .identity(UUID.randomUUID().toString(), UUID.randomUUID().toString());
  }

  static AzureKeyVaultServer serverBy(MutableClock clock) {
    return server().clock(clock::now).start();
  }

  /** What a process beside the server is configured with. */
  static Map<String, String> settings(AzureKeyVaultServer server) {
    Map<String, String> settings = new TreeMap<>();
    settings.put(AzureSettings.VAULT_URL, server.vaultUrl().toString());
    settings.put(AzureSettings.ALLOWED_ENDPOINTS, server.vaultUrl().toString());
    settings.put(AzureSettings.TRUSTED_CERTIFICATE, CERTIFICATE);
    settings.put(AzureSettings.IDENTITY_CLIENT_ID, server.clientId());
    settings.put(AzureSettings.REGIONS, "one");
    return settings;
  }

  /** No way to the platform of another cloud. */
  static HttpExchange nowhere() {
    return (request, within) ->
        new HttpAnswer.Silent(HttpAnswer.Kind.NOT_SENT, "nobody listens there");
  }

  /** The machine it runs on. */
  static FakeEnvironment machine(AzureKeyVaultServer server) {
    return FakeEnvironment.empty().withFile(CERTIFICATE, server.certificatePem());
  }

  public static BackendContext context(AzureKeyVaultServer server, TimeSource time) {
    return context(server, time, settings(server));
  }

  static BackendContext context(
      AzureKeyVaultServer server, TimeSource time, Map<String, String> settings) {
    return BackendContext.of(
            new BackendSettings(BackendId.AZURE_KEYVAULT, settings),
            EnvironmentType.DEVELOPMENT,
            machine(server),
            time,
            new SecureRandom())
        .acknowledging(true);
  }

  /** The network, in which the instance metadata service is the server's. */
  static Function<URI, URI> network(AzureKeyVaultServer server) {
    URI metadata = server.metadataEndpoint();
    return uri ->
        "169.254.169.254".equals(uri.getHost())
            ? URI.create(
                metadata.getScheme()
                    + "://"
                    + metadata.getAuthority()
                    + uri.getRawPath()
                    + "?"
                    + uri.getRawQuery())
            : uri;
  }

  /** Sends each request to where the network has its address. */
  static UnaryOperator<HttpExchange> by(Function<URI, URI> network) {
    return http ->
        (request, within) -> {
          URI there = network.apply(request.uri());
          return http.send(
              there.equals(request.uri())
                  ? request
                  : HttpRequest.newBuilder(request, (name, value) -> true).uri(there).build(),
              within);
        };
  }

  static AzureSession session(AzureKeyVaultServer server, TimeSource time) {
    return session(server, context(server, time));
  }

  static AzureSession session(AzureKeyVaultServer server, BackendContext context) {
    try {
      return AzureSessions.open(context, by(network(server)), KeyVaults::nowhere);
    } catch (BackendFailure e) {
      throw new AssertionError(e);
    }
  }

  public static CallContext call(TimeSource time) {
    return call(UUID.randomUUID().toString(), time);
  }

  public static CallContext call(String operationId, TimeSource time) {
    return CallContext.of(operationId, 1, Deadline.in(Duration.ofMinutes(1), time), time);
  }

  /** Makes a key past Enclave, as an administrator does. */
  static String foreignKey(AzureKeyVaultServer server, TimeSource time, KeyAlgorithm algorithm) {
    try (BareKeys keys = AzureKeyVaultBackend.bareKeys(session(server, time))) {
      return keys.make(algorithm, call(time));
    } catch (BackendFailure e) {
      throw new AssertionError(e);
    }
  }

  /** Rotates a key of Enclave's past it, as the portal's "Rotate now" does. */
  static String rotate(AzureKeyVaultServer server, TimeSource time, KeyName name) {
    try (AzureSession session = session(server, time)) {
      return session
          .http()
          .during(call(time), attempt -> session.keys().rotateKey(AzureNames.of(name)))
          .getId();
    }
  }

  /**
   * With a server that is a managed HSM, as if it were at an address of one: what follows from the
   * address, follows from nothing else.
   */
  public static AzureSession managedHsm(AzureKeyVaultServer server, BackendContext context)
      throws BackendFailure {
    return as(server, context, true);
  }

  /** As if the server were at an address of a managed HSM, or of a vault, whatever it is. */
  static AzureSession as(AzureKeyVaultServer server, BackendContext context, boolean managedHsm)
      throws BackendFailure {
    return as(server, context, managedHsm, uri -> uri);
  }

  /**
   * The same where the vault's name is routed to another place.
   *
   * @param route what the network does with the vault's name
   */
  static AzureSession as(
      AzureKeyVaultServer server,
      BackendContext context,
      boolean managedHsm,
      UnaryOperator<URI> route)
      throws BackendFailure {
    AzureSettings settings = AzureSettings.of(context.settings());
    AzureEndpoint endpoint =
        new AzureEndpoint(
            settings.vault(),
            Optional.of(new AzureCloud.Place(AzureCloud.PUBLIC, managedHsm)),
            true);
    return AzureSessions.open(
        context,
        settings,
        endpoint,
        by(uri -> network(server).apply(route.apply(uri))),
        KeyVaults::nowhere);
  }

  /** How a session is opened. */
  @FunctionalInterface
  interface Opening {
    AzureSession open(BackendContext context) throws BackendFailure;
  }

  /** The backend's own provider, in the server's network. */
  static BackendProvider provider(AzureKeyVaultServer server) {
    return provider(
        context -> AzureSessions.open(context, by(network(server)), KeyVaults::nowhere));
  }

  static BackendProvider provider(Opening opening) {
    return new BackendProvider() {
      @Override
      public BackendId id() {
        return BackendId.AZURE_KEYVAULT;
      }

      @Override
      public List<SettingSpec> settings() {
        return AzureSettings.SPECS;
      }

      @Override
      public Assurance assuranceCeiling() {
        return Assurance.HSM;
      }

      @Override
      public Detection detect(DetectionContext context) {
        return Detection.present("a test asked for it");
      }

      @Override
      public SigningBackend open(BackendContext context) throws BackendFailure {
        return AzureKeyVaultBackend.over(opening.open(context), context);
      }
    };
  }
}
