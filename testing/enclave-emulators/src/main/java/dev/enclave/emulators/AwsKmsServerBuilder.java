package dev.enclave.emulators;

import dev.enclave.emulators.internal.aws.kms.RequestQuotas;
import dev.enclave.emulators.internal.aws.kms.model.CustomKeyStores;
import dev.enclave.emulators.internal.aws.sts.WebIdentities;
import dev.enclave.emulators.internal.token.TrustedIssuer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Settings of an {@link AwsKmsServer}.
 *
 * <p>What lags are new keys, changed aliases and changed tags. A new alias conflicts with another
 * of its name at once either way, and states change at once.
 *
 * <p>Besides what every service can do wrong, AWS KMS answers with {@code another-key}'s signature,
 * a {@code flipped-bit}, {@code another-key-id} or {@code another-algorithm}.
 */
public final class AwsKmsServerBuilder extends CloudServerBuilder<AwsKmsServerBuilder> {

  record WebIdentity(String token, String subject, String role) {}

  RequestQuotas requestQuotas = RequestQuotas.none();
  String account = "111122223333";
  String region = "eu-west-1";
  String user = "emulator";
  Optional<AwsCredentials> credentials = Optional.empty();
  Duration authorizationLag = Duration.ZERO;
  Duration sessionLifetime = Duration.ofHours(1);
  boolean signatureTimesChecked = true;
  Optional<String> containerRole = Optional.empty();
  Optional<String> containerAuthorization = Optional.empty();
  Optional<String> instanceRole = Optional.empty();
  final List<String> identityPolicies = new ArrayList<>();
  final List<WebIdentity> webIdentities = new ArrayList<>();
  final List<WebIdentities.Trust> trusted = new ArrayList<>();
  final CustomKeyStores keyStores = new CustomKeyStores();

  AwsKmsServerBuilder() {
    super(1000);
  }

  @Override
  AwsKmsServerBuilder self() {
    return this;
  }

  /** The account that keys belong to, twelve digits; by default 111122223333. */
  public AwsKmsServerBuilder account(String newAccount) {
    account = Objects.requireNonNull(newAccount);
    return this;
  }

  /** The Region that it is in, and that signatures must be for; by default eu-west-1. */
  public AwsKmsServerBuilder region(String newRegion) {
    region = Objects.requireNonNull(newRegion);
    return this;
  }

  /** The long-lived credentials of the user; by default generated ones. */
  public AwsKmsServerBuilder credentials(AwsCredentials newCredentials) {
    credentials = Optional.of(newCredentials);
    return this;
  }

  /** The name of the user; by default emulator. */
  public AwsKmsServerBuilder user(String newUser) {
    user = Objects.requireNonNull(newUser);
    return this;
  }

  /**
   * How long policies do not see new and changed tags and aliases, by the server's clock; in AWS up
   * to five minutes. By default they see them at once.
   */
  public AwsKmsServerBuilder authorizationLag(Duration lag) {
    authorizationLag = Objects.requireNonNull(lag);
    return this;
  }

  /**
   * Throttles what is over AWS's default quotas of requests a second, by the server's clock; by
   * default nothing is throttled.
   */
  public AwsKmsServerBuilder requestQuotas() {
    requestQuotas = RequestQuotas.defaults();
    return this;
  }

  /**
   * Accepts signatures however old, or ahead of time, they are by the server's clock; by default
   * five minutes. For tests that move that clock by days, while clients sign with theirs.
   */
  public AwsKmsServerBuilder anySignatureTime() {
    signatureTimesChecked = false;
    return this;
  }

  /** How long sessions of roles last, by the server's clock; by default an hour. */
  public AwsKmsServerBuilder sessionLifetime(Duration lifetime) {
    sessionLifetime = Objects.requireNonNull(lifetime);
    return this;
  }

  /** The role of the container whose credentials {@code containerCredentialsUri()} hands out. */
  public AwsKmsServerBuilder containerRole(String role) {
    containerRole = Optional.of(role);
    return this;
  }

  /** What the container must send as its Authorization header; by default nothing is asked. */
  public AwsKmsServerBuilder containerAuthorization(String token) {
    containerAuthorization = Optional.of(token);
    return this;
  }

  /** The role of the instance whose credentials the instance metadata service hands out. */
  public AwsKmsServerBuilder instanceRole(String role) {
    instanceRole = Optional.of(role);
    return this;
  }

  /** Lets AssumeRoleWithWebIdentity with exactly {@code token} begin sessions of {@code role}. */
  public AwsKmsServerBuilder webIdentity(String token, String subject, String role) {
    webIdentities.add(new WebIdentity(token, subject, role));
    return this;
  }

  /**
   * The trust policy of a role: AssumeRoleWithWebIdentity begins sessions of {@code role} with
   * tokens of another identity provider that have this issuer, subject and audience. Signatures are
   * checked for servers of this process.
   */
  public AwsKmsServerBuilder trusts(String issuer, String subject, String audience, String role) {
    trusted.add(
        new WebIdentities.Trust(
            new TrustedIssuer(issuer, audience, Optional.of(subject)), Set.of(role)));
    return this;
  }

  /**
   * An identity policy of everybody who calls, as JSON: from the first one on, only what the
   * policies allow is. Conditions on {@code aws:RequestTag}, {@code aws:ResourceTag}, {@code
   * aws:TagKeys}, {@code kms:ResourceAliases}, {@code kms:RequestAlias}, {@code kms:KeySpec} and
   * {@code kms:KeyUsage} are evaluated by StringEquals, StringNotEquals, StringLike and Null; a
   * server with any other does not start.
   */
  public AwsKmsServerBuilder identityPolicy(String document) {
    identityPolicies.add(Objects.requireNonNull(document));
    return this;
  }

  /**
   * An AWS CloudHSM key store, connected, to make keys in: CreateKey with Origin AWS_CLOUDHSM.
   *
   * @param id {@code cks-} and hexadecimal digits
   */
  public AwsKmsServerBuilder cloudHsmKeyStore(String id) {
    keyStores.add(new CustomKeyStores.Store(id, "AWS_CLOUDHSM"));
    return this;
  }

  /**
   * An external key store, connected, to make keys in: CreateKey with Origin EXTERNAL_KEY_STORE.
   *
   * @param id {@code cks-} and hexadecimal digits
   */
  public AwsKmsServerBuilder externalKeyStore(String id) {
    keyStores.add(new CustomKeyStores.Store(id, "EXTERNAL_KEY_STORE"));
    return this;
  }

  @Override
  public AwsKmsServer start() {
    return new AwsKmsServer(this);
  }
}
