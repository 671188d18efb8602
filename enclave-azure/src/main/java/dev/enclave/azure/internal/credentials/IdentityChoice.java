package dev.enclave.azure.internal.credentials;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.policy.FixedDelay;
import com.azure.core.http.policy.HttpLogDetailLevel;
import com.azure.core.http.policy.HttpLogOptions;
import com.azure.core.http.policy.RetryPolicy;
import com.azure.core.util.Configuration;
import com.azure.core.util.ConfigurationBuilder;
import com.azure.core.util.ConfigurationSource;
import com.azure.identity.AzureCliCredentialBuilder;
import com.azure.identity.ClientAssertionCredentialBuilder;
import com.azure.identity.CredentialBuilderBase;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import dev.enclave.azure.internal.http.TokenHttp;
import dev.enclave.azure.internal.http.Wire;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.workload.AzureWorkload;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Which identity asks for tokens: the first that the environment names, and its failure is final.
 *
 * <p>Where settings say that the workload runs on another cloud, its identity there. Else workload
 * identity of AKS; the managed identity of App Service, Functions or Container Apps; that of a
 * virtual machine. In DEVELOPMENT and LOCAL, away from Azure, whoever is signed in with the Azure
 * CLI. Secrets of applications are refused in PRODUCTION and STAGING, so that nobody thinks they
 * are used, and not used elsewhere either.
 */
public final class IdentityChoice {

  /** The SDK's libraries take no settings of their own. */
  public static final Configuration NOTHING = nothing();

  private static final String FEDERATED_TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE";
  private static final String CLIENT_ID = "AZURE_CLIENT_ID";
  private static final String TENANT_ID = "AZURE_TENANT_ID";
  private static final String IDENTITY_ENDPOINT = "IDENTITY_ENDPOINT";
  private static final String IDENTITY_HEADER = "IDENTITY_HEADER";

  /** An identity binding's, whose tokens the cluster's own proxy exchanges. */
  private static final String TOKEN_PROXY = "AZURE_KUBERNETES_TOKEN_PROXY";

  /** By which the webhook of AKS gives a pod its workload identity. */
  private static final String POD_IDENTITY =
      "label the pod azure.workload.identity/use: \"true\", and annotate its service account with"
          + " azure.workload.identity/client-id";

  private static final List<String> LONG_LIVED =
      List.of(
          "AZURE_CLIENT_SECRET",
          "AZURE_CLIENT_CERTIFICATE_PATH",
          "AZURE_CLIENT_CERTIFICATE_PASSWORD",
          "AZURE_PASSWORD");

  /** Azure Arc's. */
  private static final String ARC_ENDPOINT = "IMDS_ENDPOINT";

  /** Service Fabric's, which sets it beside endpoint and header. */
  private static final String THUMBPRINT = "IDENTITY_SERVER_THUMBPRINT";

  /** Cloud Shell's alone; App Service and Container Apps have it beside their newer variables. */
  private static final String OLDER_ENDPOINT = "MSI_ENDPOINT";

  private static final String METADATA_SERVICE = "169.254.169.254";

  /** The asset tag of Azure's machines. */
  private static final String CHASSIS = "7783-7084-3265-9085-8269-3286-77";

  private final BackendContext context;
  private final EnvironmentSnapshot environment;
  private final AzureSettings settings;
  private final Optional<String> identity;
  private final Wire wire;
  private final Function<URI, URI> route;
  private final Supplier<HttpExchange> network;

  /**
   * For an environment.
   *
   * @param route where hosts are in this network: in a test, elsewhere
   * @param network makes the way to the platform of another cloud, if the workload runs there
   */
  public IdentityChoice(
      BackendContext context,
      AzureSettings settings,
      Wire wire,
      Function<URI, URI> route,
      Supplier<HttpExchange> network) {
    this.context = context;
    this.environment = context.snapshot();
    this.settings = settings;
    this.identity = settings.identityClientId();
    this.network = network;
    this.wire = wire;
    this.route = route;
  }

  /**
   * Chooses by settings and variables.
   *
   * @param authority where Microsoft Entra must be for workload identities, with a slash at the end
   * @throws BackendFailure when what is there must not be used, or is not whole
   */
  public TokenSource choose(String authority) throws BackendFailure {
    if (AzureSettings.strict(context.environment())) {
      requireNoSecrets();
    }
    Optional<TokenSource> federated = federated(authority);
    if (federated.isPresent()) {
      return federated.get();
    }
    if (environment.variable(FEDERATED_TOKEN_FILE).isPresent()) {
      return workload(authority);
    }
    requireAbsent(ARC_ENDPOINT);
    // A container group may have the header alone: its identity is the metadata service's.
    boolean header = environment.variable(IDENTITY_HEADER).isPresent();
    if (environment.variable(IDENTITY_ENDPOINT).isPresent()) {
      if (header) {
        requireAbsent(THUMBPRINT);
      }
      return appService();
    }
    requireAbsent(OLDER_ENDPOINT);
    boolean onAzure =
        identity.isPresent()
            || header
            || environment.dmi("chassis_asset_tag").filter(CHASSIS::equals).isPresent();
    return AzureSettings.strict(context.environment()) || onAzure
        ? instanceMetadata()
        : commandLine();
  }

  private Optional<TokenSource> federated(String authority) throws BackendFailure {
    if (settings.federatedFrom().isEmpty()) {
      return Optional.empty();
    }
    HttpExchange exchange = network.get();
    Optional<FederatedIdentity> chosen =
        FederatedIdentity.of(settings, context, exchange, authority);
    return chosen.map(
        identity ->
            new TokenSource(
                identity.named(),
                () ->
                    byAssertion(
                        authority, identity.tenant(), identity.client(), identity::assertion),
                identity.fix(),
                () -> {
                  identity.source().close();
                  exchange.close();
                }));
  }

  private void requireNoSecrets() throws BackendFailure {
    for (String variable : LONG_LIVED) {
      if (environment.variable(variable).isPresent()) {
        throw refused(
            "Variable "
                + variable
                + " is set, and "
                + context.environment()
                + " takes no long-lived secrets.",
            "Unset it, and give the workload a managed" + " identity.");
      }
    }
  }

  private void requireAbsent(String variable) throws BackendFailure {
    if (environment.variable(variable).isPresent()) {
      throw refused(
          "Variable "
              + variable
              + " is set, as on Azure Arc, Service Fabric or in Cloud Shell, whose identities"
              + " Enclave does not use.",
          "Run it on App Service, Container Apps, AKS or a virtual"
              + " machine, or unset the variable.");
    }
  }

  private TokenSource workload(String authority) throws BackendFailure {
    if (environment.variable(TOKEN_PROXY).isPresent()) {
      throw refused(
          "Variable "
              + TOKEN_PROXY
              + " is set: the pod has an identity binding of AKS, whose token Microsoft Entra does"
              + " not take, and Enclave does not use the cluster's proxy for it.",
          "Remove the pod's"
              + " annotation azure.workload.identity/use-identity-binding, and give the identity a"
              + " federated credential for the service account.");
    }
    String file = required(FEDERATED_TOKEN_FILE, FEDERATED_TOKEN_FILE);
    String client =
        identity.isPresent() ? identity.get() : required(CLIENT_ID, FEDERATED_TOKEN_FILE);
    String tenant = required(TENANT_ID, FEDERATED_TOKEN_FILE);
    if (!tenant.matches("[A-Za-z0-9.-]{1,64}")) {
      throw misconfigured("Variable " + TENANT_ID + " is no tenant's id.", "Correct it.");
    }
    return new TokenSource(
        "workload identity " + client,
        () -> byAssertion(authority, tenant, client, () -> federatedToken(file)),
        "Check the pod's service account, its federated credential, and " + TENANT_ID + ".");
  }

  private TokenCredential byAssertion(
      String authority, String tenant, String client, Supplier<String> assertion) {
    String path = "/" + tenant + "/";
    URI host = URI.create(authority);
    return bounded(
            new ClientAssertionCredentialBuilder()
                .tenantId(tenant)
                .clientId(client)
                .clientAssertion(assertion)
                .executorService(wire.threads())
                .disableInstanceDiscovery(),
            uri ->
                "https".equals(uri.getScheme())
                    && host.getAuthority().equals(uri.getAuthority())
                    && uri.getPath().startsWith(path))
        // After the configuration, which sets it too.
        .authorityHost(authority)
        .build();
  }

  /** Read anew for each token: it is replaced on disk. */
  private String federatedToken(String file) {
    return environment
        .read(file)
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .orElseThrow(() -> new IllegalStateException("the federated token is not there"));
  }

  private TokenSource appService() throws BackendFailure {
    required(IDENTITY_HEADER, IDENTITY_ENDPOINT);
    URI address = AzureWorkload.AppService.of(environment).orElseThrow().address();
    return managed(
        "the managed identity endpoint of " + IDENTITY_ENDPOINT,
        uri ->
            address.getScheme().equals(uri.getScheme())
                && address.getAuthority().equals(uri.getAuthority())
                && address.getPath().equals(uri.getPath()),
        "Assign an identity to the app.");
  }

  private TokenSource instanceMetadata() {
    return managed(
        "the instance metadata service",
        uri ->
            "http".equals(uri.getScheme())
                && METADATA_SERVICE.equals(uri.getAuthority())
                && uri.getPath().equals("/metadata/identity/oauth2/token"),
        "Run on Azure, with an identity assigned; a user-assigned one is named by"
            + " enclave.azure-keyvault.identity-client-id."
            + (environment.variable("KUBERNETES_SERVICE_HOST").isPresent()
                ? " This is a pod without workload identity, which "
                    + FEDERATED_TOKEN_FILE
                    + " would show: "
                    + POD_IDENTITY
                    + "."
                : ""));
  }

  /** By MSAL, which keeps a managed identity's tokens for the whole process until they end. */
  private TokenSource managed(String named, Predicate<URI> allowed, String fix) {
    return new TokenSource(
        named,
        () -> {
          ManagedIdentityCredentialBuilder builder =
              new ManagedIdentityCredentialBuilder().executorService(wire.threads());
          identity.ifPresent(builder::clientId);
          return bounded(builder, allowed).build();
        },
        fix);
  }

  private TokenSource commandLine() {
    return new TokenSource(
        "the Azure CLI",
        () -> new AzureCliCredentialBuilder().processTimeout(Duration.ofSeconds(10)).build(),
        "Sign in with az login.");
  }

  private <B extends CredentialBuilderBase<B>> B bounded(B builder, Predicate<URI> allowed) {
    return builder
        .configuration(NOTHING)
        .retryPolicy(new RetryPolicy(new FixedDelay(0, Duration.ofMillis(1))))
        .httpLogOptions(new HttpLogOptions().setLogLevel(HttpLogDetailLevel.NONE))
        .httpClient(new TokenHttp(wire, allowed, route));
  }

  private String required(String variable, String because) throws BackendFailure {
    return environment
        .variable(variable)
        .orElseThrow(
            () ->
                misconfigured(
                    "Variable " + because + " is set and " + variable + " is not.",
                    "Set both, or neither"
                        + (because.equals(FEDERATED_TOKEN_FILE) ? "; on AKS " + POD_IDENTITY : "")
                        + "."));
  }

  private static BackendFailure refused(String observed, String advice) {
    return BackendFailure.permanent(FailureCode.REFUSED, observed, advice);
  }

  private static BackendFailure misconfigured(String observed, String advice) {
    return BackendFailure.permanent(FailureCode.MISCONFIGURED, observed, advice);
  }

  private static Configuration nothing() {
    ConfigurationSource none = path -> Map.of();
    return new ConfigurationBuilder(none, none, none).build();
  }
}
