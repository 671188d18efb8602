package dev.enclave.emulators;

import dev.enclave.emulators.internal.gcp.Quotas;
import dev.enclave.emulators.internal.gcp.federation.AwsCallers;
import dev.enclave.emulators.internal.gcp.federation.FederationService;
import dev.enclave.emulators.internal.token.TrustedIssuer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Settings of a {@link GcpKmsServer}.
 *
 * <p>What lags: a disabled version stays usable, and an earlier primary version encrypts.
 * Everything else always takes effect at once.
 *
 * <p>The principal of a {@link Denial} is an e-mail address, the action a permission such as {@code
 * cloudkms.cryptoKeyVersions.useToSign}, the resource a full name.
 *
 * <p>Besides what every service can do wrong, Cloud KMS answers with {@code another-key}'s
 * signature, a {@code flipped-bit}, a {@code flipped-bit-with-checksum}, a {@code
 * corrupted-checksum}, {@code another-key-id}, {@code another-algorithm}, {@code
 * another-protection-level}, or {@code unverified} checksums. A truncated answer is a cancelled
 * stream (RST_STREAM) after the head of the answer.
 */
public final class GcpKmsServerBuilder extends CloudServerBuilder<GcpKmsServerBuilder> {

  int metadataPort;
  String project = "emulated";
  List<String> locations = List.of("europe-west1", "global");
  String serviceAccount = "emulator@emulated.iam.gserviceaccount.com";
  Duration tokenLifetime = Duration.ofHours(1);
  Duration generationTime = Duration.ZERO;
  boolean disableBeforeDestroy;
  Map<Quotas.Kind, Integer> quotas = Map.of();
  final Set<String> withoutApi = new HashSet<>();
  final List<String> keyRings = new ArrayList<>();
  final Map<String, Boolean> singleTenantHsms = new HashMap<>();
  final List<FederationService.Workload> workloads = new ArrayList<>();
  final List<FederationService.TokenProvider> tokenProviders = new ArrayList<>();
  final List<AwsCallers> awsProviders = new ArrayList<>();
  int callsPerConnection = 100;

  GcpKmsServerBuilder() {
    super(1000);
  }

  @Override
  GcpKmsServerBuilder self() {
    return this;
  }

  /** The TCP port of the metadata server; by default any free one. */
  public GcpKmsServerBuilder metadataPort(int newPort) {
    metadataPort = newPort;
    return this;
  }

  /** The id of the project that everything belongs to; by default emulated. */
  public GcpKmsServerBuilder project(String newProject) {
    project = Objects.requireNonNull(newProject);
    return this;
  }

  /** The only location beside global; by default europe-west1. */
  public GcpKmsServerBuilder location(String newLocation) {
    locations = newLocation.equals("global") ? List.of("global") : List.of(newLocation, "global");
    return this;
  }

  /**
   * A project in which the API of Cloud KMS is not enabled: calls that come from it are refused,
   * whichever project the key is of. By default that is none but gcloud's own.
   */
  public GcpKmsServerBuilder apiDisabledIn(String callingProject) {
    withoutApi.add(Objects.requireNonNull(callingProject));
    return this;
  }

  /** A key ring that is there from the start, in the first location; by default none. */
  public GcpKmsServerBuilder keyRing(String id) {
    keyRings.add(id);
    return this;
  }

  /**
   * An instance of single-tenant Cloud HSM that is active from the start, in the first location; by
   * default none. Its quorum and proposals are not served.
   *
   * @param portable whether key portability was enabled when it was created
   */
  public GcpKmsServerBuilder singleTenantHsm(String id, boolean portable) {
    singleTenantHsms.put(id, portable);
    return this;
  }

  /** The e-mail address of the service account whose tokens the server hands out. */
  public GcpKmsServerBuilder serviceAccount(String email) {
    serviceAccount = Objects.requireNonNull(email);
    return this;
  }

  /** How long access tokens are good, by the server's clock; by default an hour. */
  public GcpKmsServerBuilder tokenLifetime(Duration lifetime) {
    tokenLifetime = Objects.requireNonNull(lifetime);
    return this;
  }

  /**
   * Lets workload identity federation exchange exactly {@code subjectToken} for an access token of
   * {@code subject}.
   *
   * @param audience {@code //iam.googleapis.com/projects/…/locations/global/workloadIdentityPools/…
   *     /providers/…}
   */
  public GcpKmsServerBuilder workload(String audience, String subjectToken, String subject) {
    requireProvider(audience);
    workloads.add(new FederationService.Workload(audience, subjectToken, subject));
    return this;
  }

  /**
   * A provider of a workload identity pool for tokens of another identity provider: with this
   * issuer and audience; the subject is the token's. Signatures are checked for servers of this
   * process.
   *
   * @param audience the full name of the provider
   */
  public GcpKmsServerBuilder trusts(String audience, String issuer, String tokensAudience) {
    requireProvider(audience);
    tokenProviders.add(
        new FederationService.TokenProvider(
            audience, new TrustedIssuer(issuer, tokensAudience, Optional.empty())));
    return this;
  }

  /**
   * A provider of a workload identity pool for an account of AWS: a signed GetCallerIdentity is
   * sent on to {@code aws}, and the subject is the caller's ARN.
   *
   * @param audience the full name of the provider
   */
  public GcpKmsServerBuilder trusts(String audience, AwsKmsServer aws) {
    requireProvider(audience);
    awsProviders.add(new AwsCallers(audience, aws.region(), aws::callerOf));
    return this;
  }

  private static void requireProvider(String audience) {
    if (!audience.matches("//iam\\.googleapis\\.com/.+/providers/[^/]+")) {
      throw new IllegalArgumentException(
          "an audience is the full name of a provider of a workload identity pool");
    }
  }

  /**
   * How many calls one connection carries at once; by default 100, which is Google's limit
   * ("Connection pools", Bigtable documentation; HTTP/2's SETTINGS_MAX_CONCURRENT_STREAMS, RFC 9113
   * §6.5.2).
   */
  public GcpKmsServerBuilder callsPerConnection(int most) {
    callsPerConnection = most;
    return this;
  }

  /**
   * How long new asymmetric key versions, import jobs and imported versions are pending, by the
   * server's clock; by default they are there at once.
   */
  public GcpKmsServerBuilder generationTime(Duration time) {
    generationTime = Objects.requireNonNull(time);
    return this;
  }

  /**
   * The organisation's policy has constraints/cloudkms.disableBeforeDestroy: only a disabled
   * version can be scheduled for destruction. By default it has not.
   */
  public GcpKmsServerBuilder disableBeforeDestroy() {
    disableBeforeDestroy = true;
    return this;
  }

  /**
   * How many requests a minute, by the server's clock, the project may make; by default as many as
   * it likes.
   *
   * @param reads Get, List and TestIamPermissions
   * @param writes Create, Update, Destroy, Restore, Import
   * @param cryptographic signatures, encryption, random bytes and public keys
   */
  public GcpKmsServerBuilder requestQuotas(int reads, int writes, int cryptographic) {
    quotas =
        Map.of(
            Quotas.Kind.READ, reads,
            Quotas.Kind.WRITE, writes,
            Quotas.Kind.CRYPTOGRAPHIC, cryptographic);
    return this;
  }

  @Override
  public GcpKmsServer start() {
    return new GcpKmsServer(this);
  }
}
