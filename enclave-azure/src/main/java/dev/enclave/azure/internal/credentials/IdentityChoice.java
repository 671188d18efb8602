package dev.enclave.azure.internal.credentials;

import static dev.enclave.kit.Failures.unavailable;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.AzureCliCredentialBuilder;
import dev.enclave.azure.internal.detect.AzureDetectors;
import dev.enclave.azure.internal.settings.AzureCloud;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.azure.internal.texts.Texts;
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
import dev.enclave.spi.FailureCode;
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
  private static final String POD_IDENTITY = Texts.LABEL_POD.with();

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
        throw Texts.SECRET_SET.permanent(FailureCode.REFUSED, secret, context.environment());
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
    return Texts.RUN_ON_AZURE.with(
        variable("KUBERNETES_SERVICE_HOST").isPresent()
            ? Texts.NO_WORKLOAD_IDENTITY.with(FEDERATED_TOKEN_FILE, POD_IDENTITY)
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
        Texts.APPLICATION.with(client, from),
        authority + tenant,
        client,
        audience,
        Texts.CHECK_FEDERATED.with(
            shown, google ? Texts.ISSUER_GOOGLE.with() : Texts.ISSUER_AWS.with()),
        () -> proofs.token(shown).text(),
        () -> {
          proofs.close();
          way.close();
        });
  }

  private String setting(Optional<String> value, String name) throws BackendFailure {
    String from = Texts.SETTING.with(settings.section().fullName(AzureSettings.FEDERATED_FROM));
    return both(value, from, settings.section().fullName(name), ".");
  }

  private String required(String name) throws BackendFailure {
    String pod = Texts.ON_AKS.with(POD_IDENTITY);
    return both(variable(name), Texts.VARIABLE.with(FEDERATED_TOKEN_FILE), name, pod);
  }

  private static String both(Optional<String> value, String set, String missing, String more)
      throws BackendFailure {
    return value.orElseThrow(
        () -> Texts.BOTH.permanent(FailureCode.MISCONFIGURED, set, missing, more));
  }

  private CredentialSource<String> workload(String file, String authority, String audience)
      throws BackendFailure {
    if (variable(TOKEN_PROXY).isPresent()) {
      throw Texts.IDENTITY_BINDING.permanent(FailureCode.REFUSED, TOKEN_PROXY);
    }
    Optional<String> identity = settings.identityClientId();
    String client = identity.isPresent() ? identity.get() : required(CLIENT_ID);
    String tenant = required(TENANT_ID);
    if (!tenant.matches("[A-Za-z0-9.-]{1,64}")) {
      throw Texts.NO_TENANT.permanent(FailureCode.MISCONFIGURED, TENANT_ID);
    }
    String fix = Texts.CHECK_SERVICE_ACCOUNT.with(TENANT_ID);
    String without = Texts.TOKEN_FILE_EMPTY.with(FEDERATED_TOKEN_FILE);
    return application(
        Texts.WORKLOAD_IDENTITY.with(client),
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
    String named = Texts.COMMAND_LINE.with();
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
            throw Texts.NO_TOKEN_OF_CLI.transientFailure(FailureCode.UNAVAILABLE, named);
          }
        },
        () -> {});
  }

  private static BackendFailure advised(BackendFailure failure, HttpAnswer answer) {
    return answer instanceof Silent silent && silent.obstacle() == Obstacle.CERTIFICATE
        ? failure.advising(Texts.NAME_CERTIFICATE.with())
        : failure;
  }
}
