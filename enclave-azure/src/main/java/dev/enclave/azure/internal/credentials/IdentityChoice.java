package dev.enclave.azure.internal.credentials;

import static dev.enclave.kit.Failures.misconfigured;
import static dev.enclave.kit.Failures.refused;
import static dev.enclave.kit.Failures.unavailable;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.AzureCliCredentialBuilder;
import dev.enclave.azure.internal.detect.AzureDetectors;
import dev.enclave.azure.internal.settings.AzureCloud;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpAnswer.Silent;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.http.Obstacle;
import dev.enclave.kit.workload.Answers;
import dev.enclave.kit.workload.AwsWorkload;
import dev.enclave.kit.workload.AzureWorkload;
import dev.enclave.kit.workload.GoogleWorkload;
import dev.enclave.kit.workload.IdentityToken;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
 * @param platform makes the way to the platform of another cloud, if the workload runs there
 */
public record IdentityChoice(
    BackendContext context,
    AzureSettings settings,
    AzureEndpoint endpoint,
    HttpExchange network,
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

  private static final String ASSERTION =
      "grant_type=client_credentials&client_id=%s&scope=%s&client_assertion_type="
          + "urn%%3Aietf%%3Aparams%%3Aoauth%%3Aclient-assertion-type%%3Ajwt-bearer"
          + "&client_assertion=%s";

  private static final String SCOPE = "/.default";
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /** Of a token of Microsoft Entra. */
  private static final Duration LONGEST_LIFE = Duration.ofDays(1);

  /** A container group may have the header alone: its identity is the metadata service's. */
  private static final List<String> MANAGED = List.of("IDENTITY_ENDPOINT", "IDENTITY_HEADER");

  /** Chooses by settings and variables who asks for tokens for this audience. */
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
            || context
                .snapshot()
                .dmi("chassis_asset_tag")
                .filter(AzureDetectors.ASSET_TAG::equals)
                .isPresent();
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
        google ? new GoogleWorkload(context.snapshot()) : new AwsWorkload(context, way);
    return application(
        "application " + client + " by a token from " + from,
        authority + tenant,
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
    String from = "Setting " + settings.section().fullName(AzureSettings.FEDERATED_FROM);
    return both(value, from, settings.section().fullName(name), ".");
  }

  private String required(String name) throws BackendFailure {
    String pod = "; on AKS " + POD_IDENTITY + ".";
    return both(variable(name), "Variable " + FEDERATED_TOKEN_FILE, name, pod);
  }

  private static String both(Optional<String> value, String set, String missing, String more)
      throws BackendFailure {
    return value.orElseThrow(
        () ->
            misconfigured(
                set + " is set and " + missing + " is not.", "Set both, or neither" + more));
  }

  private CredentialSource<String> workload(String file, String authority, String audience)
      throws BackendFailure {
    if (variable(TOKEN_PROXY).isPresent()) {
      throw refused(
          ("Variable %s is set: the pod has an identity binding of AKS, whose token Microsoft Entra"
                  + " does not take, and Enclave does not use the cluster's proxy for it.")
              .formatted(TOKEN_PROXY),
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
    String without =
        "There is no token: the file that %s names is empty or cannot be read."
            .formatted(FEDERATED_TOKEN_FILE);
    return application(
        "workload identity " + client,
        authority + tenant,
        client,
        audience,
        fix,
        // Read anew for each token: it is replaced on disk.
        () -> Answers.file(context.snapshot(), file).orElseThrow(() -> unavailable(without, fix)),
        () -> {});
  }

  /**
   * "Microsoft identity platform and the OAuth 2.0 client credentials flow", Third case: access
   * token request with a federated credential. Without "continuous access evaluation": who
   * announces it is given tokens for a day, which a vault may take back by a claims challenge.
   */
  private CredentialSource<String> application(
      String named,
      String directory,
      String client,
      String audience,
      String fix,
      BackendFailure.Step<String> proof,
      Runnable end) {
    return CredentialSource.of(
        named,
        () -> {
          HttpAnswer answer =
              network.send(
                  Answers.form(
                      directory + "/oauth2/v2.0/token",
                      ASSERTION,
                      client,
                      audience + SCOPE,
                      proof.run()),
                  LONGEST);
          if (!(answer instanceof Answered answered && answered.status() == 200)) {
            throw advised(AzureWorkload.noToken(named, answer, fix), answer);
          }
          return Answers.token(answered.text(), context.time(), LONGEST_LIFE)
              .orElseThrow(() -> AzureWorkload.somethingElse(named, audience));
        },
        end);
  }

  /** By azure-identity, which starts it, a credential for each token: that keeps none. */
  private static CredentialSource<String> commandLine(String audience) {
    String named = "the Azure CLI";
    return CredentialSource.of(
        named,
        () -> {
          try {
            AccessToken token =
                new AzureCliCredentialBuilder()
                    .processTimeout(LONGEST)
                    .build()
                    .getTokenSync(new TokenRequestContext().addScopes(audience + SCOPE));
            return new Expiring<>(token.getToken(), Optional.of(token.getExpiresAt().toInstant()));
          } catch (RuntimeException e) {
            throw unavailable(
                "There is no token: azure-identity got none from " + named + ".",
                "Sign in with az login.");
          }
        },
        () -> {});
  }

  private static BackendFailure advised(BackendFailure failure, HttpAnswer answer) {
    return answer instanceof Silent silent && silent.obstacle() == Obstacle.CERTIFICATE
        ? failure.advising(
            "If that certificate is the server's own, name it in"
                + " enclave.azure-keyvault.trusted-certificate; else find out who answers there.")
        : failure;
  }
}
