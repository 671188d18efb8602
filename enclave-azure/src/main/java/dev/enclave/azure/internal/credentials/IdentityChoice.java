package dev.enclave.azure.internal.credentials;

import static dev.enclave.kit.Failures.misconfigured;
import static dev.enclave.kit.Failures.refused;
import static dev.enclave.kit.Failures.unavailable;

import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.util.Configuration;
import com.azure.identity.AzureCliCredentialBuilder;
import com.azure.identity.ClientAssertionCredentialBuilder;
import dev.enclave.azure.internal.detect.AzureDetectors.Vm;
import dev.enclave.azure.internal.settings.AzureCloud;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.workload.AwsWorkload;
import dev.enclave.kit.workload.AzureWorkload;
import dev.enclave.kit.workload.GoogleWorkload;
import dev.enclave.kit.workload.IdentityToken;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/**
 * Which identity asks for tokens: the first that the environment names, and its failure is final.
 *
 * <p>Where settings say that the workload runs on another cloud, its identity there. Else workload
 * identity of AKS; the managed identity of App Service, Functions or Container Apps; that of a
 * virtual machine. In DEVELOPMENT and LOCAL, away from Azure, whoever is signed in with the Azure
 * CLI. Secrets of applications are refused in PRODUCTION and STAGING, so that nobody thinks they
 * are used, and not used elsewhere either.
 *
 * @param network the way to whoever hands out tokens
 * @param threads what azure-identity's own tasks run on
 * @param platform makes the way to the platform of another cloud, if the workload runs there
 */
public record IdentityChoice(
    BackendContext context,
    AzureSettings settings,
    AzureEndpoint endpoint,
    HttpExchange network,
    ExecutorService threads,
    Supplier<HttpExchange> platform) {

  private static final String FEDERATED_TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE";
  private static final String CLIENT_ID = "AZURE_CLIENT_ID";
  private static final String TENANT_ID = "AZURE_TENANT_ID";

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

  /** A container group may have the header alone: its identity is the metadata service's. */
  private static final List<String> MANAGED = List.of("IDENTITY_ENDPOINT", "IDENTITY_HEADER");

  /**
   * Chooses by settings and variables.
   *
   * @param audience what tokens are to be for
   * @throws BackendFailure when what is there must not be used, or is not whole
   */
  public CredentialSource<String> choose(String audience) throws BackendFailure {
    boolean strict = context.environment().isStrict();
    for (String secret : LONG_LIVED) {
      if (strict && variable(secret).isPresent()) {
        throw refused(
            "Variable %s is set, and %s takes no long-lived secrets."
                .formatted(secret, context.environment()),
            "Unset it, and give the workload a managed identity.");
      }
    }
    String authority = endpoint.authority(settings, context.snapshot());
    if (settings.federatedFrom().isPresent()) {
      return federated(settings.federatedFrom().get(), authority, audience);
    }
    Optional<String> file = variable(FEDERATED_TOKEN_FILE);
    if (file.isPresent()) {
      return workload(file.get(), authority, audience);
    }
    Optional<String> identity = settings.identityClientId();
    CredentialSource<String> managed =
        new AzureWorkload(context.snapshot(), network).tokens(audience, identity, managedFix());
    boolean onAzure =
        identity.isPresent()
            || MANAGED.stream().anyMatch(name -> variable(name).isPresent())
            || context.snapshot().dmi("chassis_asset_tag").filter(Vm.ASSET_TAG::equals).isPresent();
    return strict || onAzure ? managed : commandLine(audience);
  }

  private Optional<String> variable(String name) {
    return context.snapshot().variable(name);
  }

  private String managedFix() {
    return "Run on Azure, with an identity assigned; a user-assigned one is named by"
        + " enclave.azure-keyvault.identity-client-id."
        + (variable("KUBERNETES_SERVICE_HOST").isPresent()
            ? " This is a pod without workload identity, which "
                + FEDERATED_TOKEN_FILE
                + " would show: "
                + POD_IDENTITY
                + "."
            : "");
  }

  /**
   * An application of the directory that a workload on another cloud acts as ("Workload identity
   * federation", Supported scenarios).
   */
  private CredentialSource<String> federated(String from, String authority, String audience)
      throws BackendFailure {
    String client = setting(settings.identityClientId(), AzureSettings.IDENTITY_CLIENT_ID);
    String tenant = setting(settings.tenantId(), AzureSettings.TENANT_ID);
    String shown = AzureCloud.byAuthority(authority).orElse(AzureCloud.PUBLIC).exchangeAudience();
    boolean google = from.equals("google");
    HttpExchange way = platform.get();
    IdentityToken.Source proofs =
        google
            ? new GoogleWorkload(context.snapshot())
            : new AwsWorkload(
                context.snapshot(), way, context.time(), context.environment().isStrict());
    return application(
        "application " + client + " by a token from " + from,
        authority,
        tenant,
        client,
        audience,
        "Check the application's federated credential: audience %s, issuer %s."
            .formatted(
                shown,
                google
                    ? "https://accounts.google.com, and as its subject the service account's"
                        + " unique id"
                    : "the one that aws iam get-outbound-web-identity-federation-info prints, and"
                        + " as its subject the role's ARN"),
        () -> proofs.token(shown).text(),
        () -> {
          proofs.close();
          way.close();
        });
  }

  private String setting(Optional<String> value, String name) throws BackendFailure {
    return value.orElseThrow(
        () ->
            misconfigured(
                "Setting %s is set and %s is not."
                    .formatted(
                        settings.fullName(AzureSettings.FEDERATED_FROM), settings.fullName(name)),
                "Set both, or neither."));
  }

  private CredentialSource<String> workload(String file, String authority, String audience)
      throws BackendFailure {
    if (variable(TOKEN_PROXY).isPresent()) {
      throw refused(
          "Variable "
              + TOKEN_PROXY
              + " is set: the pod has an identity binding of AKS, whose token Microsoft Entra does"
              + " not take, and Enclave does not use the cluster's proxy for it.",
          "Remove the pod's annotation azure.workload.identity/use-identity-binding, and give the"
              + " identity a federated credential for the service account.");
    }
    Optional<String> identity = settings.identityClientId();
    String client = identity.isPresent() ? identity.get() : required(CLIENT_ID);
    String tenant = required(TENANT_ID);
    if (!tenant.matches("[A-Za-z0-9.-]{1,64}")) {
      throw misconfigured("Variable " + TENANT_ID + " is no tenant's id.", "Correct it.");
    }
    String fix =
        "Check the pod's service account, its federated credential, and " + TENANT_ID + ".";
    return application(
        "workload identity " + client,
        authority,
        tenant,
        client,
        audience,
        fix,
        // Read anew for each token: it is replaced on disk.
        () ->
            context
                .snapshot()
                .read(file)
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .orElseThrow(
                    () ->
                        unavailable(
                            "There is no token: the file that "
                                + FEDERATED_TOKEN_FILE
                                + " names is empty or cannot be read.",
                            fix)),
        () -> {});
  }

  private String required(String name) throws BackendFailure {
    return variable(name)
        .orElseThrow(
            () ->
                misconfigured(
                    "Variable " + FEDERATED_TOKEN_FILE + " is set and " + name + " is not.",
                    "Set both, or neither; on AKS " + POD_IDENTITY + "."));
  }

  /** What shows whose workload it is. */
  @FunctionalInterface
  private interface Proof {
    String text() throws BackendFailure;
  }

  private CredentialSource<String> application(
      String named,
      String authority,
      String tenant,
      String client,
      String audience,
      String fix,
      Proof proof,
      Runnable end) {
    return new LibraryTokens(
        named,
        audience,
        fix,
        network,
        target -> target.toString().startsWith(authority + tenant + "/"),
        http -> {
          String shown = proof.text();
          return new ClientAssertionCredentialBuilder()
              .tenantId(tenant)
              .clientId(client)
              .clientAssertion(() -> shown)
              .executorService(threads)
              .disableInstanceDiscovery()
              .configuration(Configuration.NONE)
              .pipeline(new HttpPipelineBuilder().httpClient(http).build())
              // After the configuration, which sets it too.
              .authorityHost(authority)
              .build();
        },
        end);
  }

  private CredentialSource<String> commandLine(String audience) {
    return new LibraryTokens(
        "the Azure CLI",
        audience,
        "Sign in with az login.",
        network,
        target -> false,
        http -> new AzureCliCredentialBuilder().processTimeout(Duration.ofSeconds(10)).build(),
        () -> {});
  }
}
