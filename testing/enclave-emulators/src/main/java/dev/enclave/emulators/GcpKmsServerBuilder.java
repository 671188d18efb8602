package dev.enclave.emulators;

import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.internal.gcp.GcpFaultDialect;
import dev.enclave.emulators.internal.gcp.Quotas;
import dev.enclave.emulators.internal.gcp.federation.AwsCallers;
import dev.enclave.emulators.internal.gcp.federation.FederationService;
import dev.enclave.emulators.internal.token.TrustedIssuer;
import dev.enclave.emulators.wire.InjectedFaults;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.Journal;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Settings of a {@link GcpKmsServer}. One builder makes one server. Not thread-safe. */
public final class GcpKmsServerBuilder {

  int port;
  int metadataPort;
  boolean tls;
  String project = "emulated";
  List<String> locations = List.of("europe-west1", "global");
  String serviceAccount = "emulator@emulated.iam.gserviceaccount.com";
  Duration tokenLifetime = Duration.ofHours(1);
  InstantSource clock = InstantSource.system();
  SecureRandom random = new SecureRandom();
  Duration generationTime = Duration.ZERO;
  Duration eventualConsistency = Duration.ZERO;
  Duration latency = Duration.ZERO;
  int mostItems = 1000;
  boolean disableBeforeDestroy;
  Map<Quotas.Kind, Integer> quotas = Map.of();
  final Set<String> withoutApi = new HashSet<>();
  final List<String> keyRings = new ArrayList<>();
  final Map<String, Boolean> singleTenantHsms = new HashMap<>();
  final List<FederationService.Workload> workloads = new ArrayList<>();
  final List<FederationService.TokenProvider> tokenProviders = new ArrayList<>();
  final List<AwsCallers> awsProviders = new ArrayList<>();
  final List<Denial> denials = new ArrayList<>();
  Interceptor interceptor = Interceptor.NONE;
  Optional<FaultInjector> faults = Optional.empty();
  int callsPerConnection = 100;
  Journal journal = Journal.unbounded();

  GcpKmsServerBuilder() {}

  /** The TCP port; by default any free one. */
  public GcpKmsServerBuilder port(int newPort) {
    port = newPort;
    return this;
  }

  /** The TCP port of the metadata server; by default any free one. */
  public GcpKmsServerBuilder metadataPort(int newPort) {
    metadataPort = newPort;
    return this;
  }

  /**
   * Speaks TLS, with a new certificate for localhost and 127.0.0.1 that {@link
   * GcpKmsServer#certificatePem()} tells; by default plaintext.
   */
  public GcpKmsServerBuilder tls() {
    tls = true;
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

  /** The server's time, for states, dates and tokens; by default the system's. */
  public GcpKmsServerBuilder clock(InstantSource newClock) {
    clock = Objects.requireNonNull(newClock);
    return this;
  }

  /** Where keys, nonces and tokens come from; by default the system's. */
  public GcpKmsServerBuilder random(SecureRandom newRandom) {
    random = Objects.requireNonNull(newRandom);
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
   * How long a disabled version stays usable and an earlier primary version encrypts, by the
   * server's clock; by default both take effect at once. Everything else always does.
   */
  public GcpKmsServerBuilder eventualConsistency(Duration lag) {
    eventualConsistency = Objects.requireNonNull(lag);
    return this;
  }

  /** Real time that passes before every request is looked at; by default none. */
  public GcpKmsServerBuilder latency(Duration newLatency) {
    latency = Objects.requireNonNull(newLatency);
    return this;
  }

  /**
   * The most items on a page of a list, where the API and the request would allow more; by default
   * as many as they allow.
   */
  public GcpKmsServerBuilder mostItemsPerPage(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("a page of " + most + " items has no end; allow one");
    }
    mostItems = most;
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
  public GcpKmsServerBuilder quotas(int reads, int writes, int cryptographic) {
    quotas =
        Map.of(
            Quotas.Kind.READ, reads,
            Quotas.Kind.WRITE, writes,
            Quotas.Kind.CRYPTOGRAPHIC, cryptographic);
    return this;
  }

  /**
   * Forbids something from the start; everything else is allowed. The principal is an e-mail
   * address, the action a permission such as {@code cloudkms.cryptoKeyVersions.useToSign}, the
   * resource a full name.
   */
  public GcpKmsServerBuilder deny(Denial denial) {
    denials.add(denial);
    return this;
  }

  /** What decides about each request; by default {@link Interceptor#NONE}. */
  public GcpKmsServerBuilder interceptor(Interceptor newInterceptor) {
    interceptor = Objects.requireNonNull(newInterceptor);
    return this;
  }

  /**
   * What goes wrong with requests, in place of another interceptor; see {@code
   * dev.enclave.emulators.fault}. Besides what every service can do wrong, Cloud KMS answers with
   * {@code another-key}'s signature, a {@code flipped-bit}, a {@code flipped-bit-with-checksum}, a
   * {@code corrupted-checksum}, {@code another-key-id}, {@code another-algorithm}, {@code
   * another-protection-level}, or {@code unverified} checksums. A truncated answer is a cancelled
   * stream (RST_STREAM) after the head of the answer.
   */
  public GcpKmsServerBuilder faults(FaultInjector injector) {
    faults = Optional.of(injector);
    return interceptor(new InjectedFaults(injector, GcpFaultDialect.INSTANCE));
  }

  /** Where requests are recorded; by default a journal that forgets nothing. */
  public GcpKmsServerBuilder journal(Journal newJournal) {
    journal = Objects.requireNonNull(newJournal);
    return this;
  }

  /**
   * Starts it.
   *
   * @throws IllegalStateException if the port is taken
   */
  public GcpKmsServer start() {
    return new GcpKmsServer(this);
  }
}
