package dev.enclave.aws.internal.credentials;

import static dev.enclave.kit.Failures.unavailable;

import dev.enclave.aws.internal.texts.Texts;
import dev.enclave.internal.Quoted;
import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.setup.CheckedSettings;
import dev.enclave.kit.workload.Answers;
import dev.enclave.kit.workload.AwsSecurityCredentials;
import dev.enclave.kit.workload.AwsWorkload;
import dev.enclave.kit.workload.AzureWorkload;
import dev.enclave.kit.workload.ContainerSource;
import dev.enclave.kit.workload.GoogleWorkload;
import dev.enclave.kit.workload.IdentityToken;
import dev.enclave.kit.workload.InstanceMetadata;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which source of credentials is used: the first that is configured, and its failure is final.
 *
 * <p>Everywhere first the identity that the workload has at another cloud, where settings name one.
 * PRODUCTION and STAGING: web identity, container, session credentials in variables, instance
 * profile; long-lived keys are refused wherever they stand, so that nobody thinks they are used.
 * DEVELOPMENT and LOCAL: settings, variables, then the same.
 *
 * @param metadata the instance metadata service
 * @param containers the way to those containers' credential endpoints that are not link-local, and
 *     to Azure's
 * @param webIdentities the way to STS
 */
public record CredentialChain(
    BackendContext context,
    MetadataService metadata,
    HttpExchange containers,
    WebIdentities webIdentities) {

  /**
   * What was chosen.
   *
   * @param byVariables whether they stand in variables, where anybody could have put them: then
   *     only AWS's word that they are a role's makes them fit for production
   */
  public record Chosen(CredentialSource<AwsSecurityCredentials> source, boolean byVariables) {}

  /** STS AssumeRoleWithWebIdentity. Thread-safe. */
  @FunctionalInterface
  public interface WebIdentities {

    /** Exchanges a token for the credentials of a role. */
    Expiring<AwsSecurityCredentials> assume(String roleArn, String sessionName, String token)
        throws BackendFailure;
  }

  /** Where credentials may be, and what is missing if they are not there. */
  private record Place(
      String missing,
      BackendFailure.Step<Optional<CredentialSource<AwsSecurityCredentials>>> look) {}

  private static final List<String> GIVEN =
      List.of("access-key-id", "secret-access-key", "session-token");

  /** Where the workload runs, if not on AWS. */
  private static final String FEDERATED_FROM = "federated-from";

  private static final String ROLE_ARN = "role-arn";
  private static final String AUDIENCE = "federation-audience";
  private static final String ARN = "arn:[a-z0-9-]{3,20}:iam::[0-9]{12}:role/[\\w+=,.@/-]{1,512}";

  private static final String ROLE = "AWS_ROLE_ARN";
  private static final String TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE";

  /**
   * Chooses by settings and variables, and asks the instance metadata service if they name nothing.
   * Fails with everything that was looked for.
   */
  public Chosen choose() throws BackendFailure {
    boolean strict = context.environment().isStrict();
    EnvironmentSnapshot environment = context.snapshot();
    if (strict) {
      for (String name : GIVEN) {
        if (given(name).isPresent()) {
          throw AwsWorkload.longLived(Texts.SETTING_IS_SET.with(fullName(name)));
        }
      }
      AwsWorkload.requireNoneLongLived(environment);
    }
    Place federated =
        new Place(Texts.NOT_ANOTHER_CLOUD.with(fullName(FEDERATED_FROM)), this::federated);
    Place inSettings =
        new Place(
            Texts.NOT_SETTINGS.with(fullName(GIVEN.get(0)), fullName(GIVEN.get(1))),
            this::inSettings);
    Place inVariables =
        new Place(Texts.NOT_VARIABLES.with(), () -> AwsWorkload.variables(environment));
    Place webIdentity = new Place(Texts.NOT_WEB_IDENTITY.with(ROLE, TOKEN_FILE), this::webIdentity);
    Place container =
        new Place(
            Texts.NOT_CONTAINER.with(ContainerSource.RELATIVE, ContainerSource.FULL),
            () -> ContainerSource.of(environment, metadata, containers));
    List<String> missing = new ArrayList<>();
    for (Place place :
        strict
            ? List.of(federated, webIdentity, container, inVariables)
            : List.of(federated, inSettings, inVariables, webIdentity, container)) {
      Optional<CredentialSource<AwsSecurityCredentials>> found = place.look().run();
      if (found.isPresent()) {
        return new Chosen(found.get(), place.equals(inVariables));
      }
      missing.add(place.missing());
    }
    InstanceMetadata.Access access = InstanceMetadata.open(environment, metadata);
    if (access.session().isPresent()) {
      return new Chosen(new InstanceMetadata.Profile(metadata), false);
    }
    throw Texts.NOT_FOUND.permanent(
        FailureCode.MISCONFIGURED,
        String.join("; ", missing),
        access.reason(),
        strict ? AwsWorkload.GIVE_A_ROLE : Texts.SET_ONE.with());
  }

  private String fullName(String setting) {
    return context.settings().fullName(setting);
  }

  private Optional<String> given(String setting) {
    return new CheckedSettings(context.settings())
        .secret(setting)
        .or(() -> context.settings().get(setting))
        .filter(value -> !value.isEmpty());
  }

  private Optional<CredentialSource<AwsSecurityCredentials>> inSettings() throws BackendFailure {
    List<String> names = GIVEN.stream().map(this::fullName).toList();
    return AwsSecurityCredentials.given(
            names, given(GIVEN.get(0)), given(GIVEN.get(1)), given(GIVEN.get(2)))
        .map(given -> CredentialSource.fixed(Texts.SETTINGS_AND_OTHERS.with(names.get(0)), given));
  }

  /** The role of a Kubernetes service account (IRSA): a token from a file, exchanged at STS. */
  private Optional<CredentialSource<AwsSecurityCredentials>> webIdentity() {
    EnvironmentSnapshot environment = context.snapshot();
    Optional<String> role = environment.variable(ROLE);
    Optional<String> file = environment.variable(TOKEN_FILE);
    if (role.isEmpty() || file.isEmpty()) {
      return Optional.empty();
    }
    String session = environment.variable("AWS_ROLE_SESSION_NAME").orElse("enclave");
    return Optional.of(
        CredentialSource.of(
            Texts.WEB_IDENTITY.with(Quoted.of(role.get())),
            () -> webIdentities.assume(role.get(), session, token(file.get())),
            () -> {}));
  }

  /** Read each time: Kubernetes rotates it. */
  private String token(String file) throws BackendFailure {
    String without = Texts.TOKEN_FILE_EMPTY.with(TOKEN_FILE);
    return Answers.file(context.snapshot(), file)
        .orElseThrow(() -> unavailable(without, Texts.CHECK_TOKEN_VOLUME.with()));
  }

  /**
   * A role that a workload on another cloud assumes (AWS STS API Reference,
   * AssumeRoleWithWebIdentity; IAM User Guide, "Create a role for OpenID Connect federation"): by
   * an identity token of Google's metadata server, or a token of an Azure managed identity. Each is
   * asked for anew. None if settings name none.
   */
  private Optional<CredentialSource<AwsSecurityCredentials>> federated() throws BackendFailure {
    String from = context.settings().get(FEDERATED_FROM).orElse("");
    Optional<String> role = context.settings().get(ROLE_ARN);
    Optional<String> audience = context.settings().get(AUDIENCE);
    boolean google = from.equals("google");
    if (context.settings().get(FEDERATED_FROM).isEmpty()) {
      String without = Texts.SET_WITHOUT.with(fullName(FEDERATED_FROM));
      require(role.isEmpty(), ROLE_ARN, without, Texts.SET_BOTH.with());
      require(audience.isEmpty(), AUDIENCE, without, Texts.SET_BOTH.with());
      return Optional.empty();
    }
    require(
        google || from.equals("azure"),
        FEDERATED_FROM,
        Texts.NEITHER_CLOUD.observed(),
        Texts.NEITHER_CLOUD.advice());
    require(
        role.filter(arn -> arn.matches(ARN)).isPresent(),
        ROLE_ARN,
        Texts.NO_ROLE_NAMED.observed(),
        Texts.NO_ROLE_NAMED.advice());
    require(
        google || audience.isPresent(), AUDIENCE, Texts.NOT_SET.observed(), Texts.NOT_SET.advice());
    String arn = role.orElseThrow();
    IdentityToken.Source platform =
        google
            ? new GoogleWorkload(context.snapshot())
            : new AzureWorkload(context.snapshot(), containers);
    return Optional.of(
        CredentialSource.of(
            Texts.ROLE_BY_TOKEN.with(Quoted.of(arn), from),
            () -> assumed(arn, platform.token(audience.orElse("sts.amazonaws.com"))),
            platform::close));
  }

  private void require(boolean met, String setting, String observed, String advice)
      throws BackendFailure {
    if (!met) {
      throw Texts.SETTING_WRONG.permanent(
          FailureCode.MISCONFIGURED, fullName(setting), observed, advice);
    }
  }

  private Expiring<AwsSecurityCredentials> assumed(String role, IdentityToken token)
      throws BackendFailure {
    try {
      return webIdentities.assume(role, "enclave", token.text());
    } catch (BackendFailure e) {
      throw e.failureClass() == FailureClass.PERMANENT
          ? e.advising(Texts.TOKEN_HAS.with(token.described(), e.advice().orElse("")))
          : e;
    }
  }
}
