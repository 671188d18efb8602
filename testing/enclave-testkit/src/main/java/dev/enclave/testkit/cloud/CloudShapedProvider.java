package dev.enclave.testkit.cloud;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyOrigin;
import dev.enclave.RotationInterval;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.spi.backend.AccessPolicyWriter;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.internal.SigningOnly;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Opens backends that behave like a cloud key service on a bad day: remote, every version a key of
 * its own, faults and latency by {@link #faults()}, kinds by {@link CloudVariant}.
 *
 * <p>All backends of one provider share one account, as replicas of a service do. Latency passes on
 * the clock the backend is called with; nothing really waits. Thread-safe.
 */
public final class CloudShapedProvider implements BackendProvider, AccessPolicyWriter {

  /** What the service is, whoever opens it. */
  record Account(
      CloudVariant variant,
      CloudKeyService service,
      ScriptedCalls calls,
      Set<CloudOperation> denied) {

    private static final List<CloudOperation> TO_CREATE_AND_SIGN =
        List.of(CloudOperation.LOAD, CloudOperation.CREATE, CloudOperation.SIGN);

    /** What the identity may do, of what creating and signing need. */
    List<Permission> permissions() {
      return TO_CREATE_AND_SIGN.stream()
          .map(
              operation ->
                  Permission.of(
                      operation.permission(),
                      operation == CloudOperation.CREATE ? "creating keys" : "signing",
                      !denied.contains(operation),
                      "Grant " + operation.permission() + " to the identity of this process"))
          .toList();
    }
  }

  private final Account account;
  private final BackendId id;
  private final Assurance assurance;
  private final KeyOrigin origin;

  /** A provider with an empty account: id {@code cloud}, HSM assurance, generated keys. */
  public CloudShapedProvider(CloudVariant variant) {
    this(
        new Account(
            variant,
            new CloudKeyService(variant.staleness()),
            new ScriptedCalls(new FaultScript()),
            Set.of()),
        BackendId.of("cloud"),
        Assurance.HSM,
        KeyOrigin.GENERATED);
  }

  private CloudShapedProvider(
      Account account, BackendId id, Assurance assurance, KeyOrigin origin) {
    this.account = account;
    this.id = id;
    this.assurance = assurance;
    this.origin = origin;
  }

  /** The same account under another id. */
  public CloudShapedProvider id(String newId) {
    return new CloudShapedProvider(account, BackendId.of(newId), assurance, origin);
  }

  /** The same account, whose keys have this assurance. */
  public CloudShapedProvider assurance(Assurance reported) {
    return new CloudShapedProvider(account, id, reported, origin);
  }

  /** The same account, whose keys have this origin. */
  public CloudShapedProvider origin(KeyOrigin reported) {
    return new CloudShapedProvider(account, id, assurance, reported);
  }

  /** The same account, for an identity that may not do these. */
  public CloudShapedProvider denying(CloudOperation... operations) {
    return new CloudShapedProvider(
        new Account(account.variant(), account.service(), account.calls(), Set.of(operations)),
        id,
        assurance,
        origin);
  }

  /** What goes wrong; to be written by the test, at any time. */
  public FaultScript faults() {
    return account.calls().script();
  }

  /** Every call that arrived so far, in order, refused and lost ones included. */
  public List<CloudCall> journal() {
    return account.calls().journal();
  }

  /** The traits its backends have. */
  public Set<BackendTrait> traits() {
    return account.variant().traits();
  }

  /**
   * Makes a key that is not Enclave's, for adoption.
   *
   * @return its provider URI
   */
  public String placeForeignKey(KeyAlgorithm algorithm, Instant createdAt, SecureRandom random) {
    CloudKeyService.Tags none =
        new CloudKeyService.Tags(
            Optional.empty(), false, "", Optional.empty(), RotationInterval.POLICY);
    return CloudSnapshots.uri(
        account.service().createKey(algorithm, none, new MutableClock(createdAt), random).id());
  }

  @Override
  public BackendId id() {
    return id;
  }

  @Override
  public Assurance assuranceCeiling() {
    return assurance;
  }

  @Override
  public Detection detect(DetectionContext context) {
    return Detection.present("a test asked for it");
  }

  @Override
  public AccessPolicy accessPolicy(BackendContext context) {
    return AccessPolicy.of(
        true,
        account.permissions().stream()
            .map(permission -> "allow " + permission.name() + " on account-1")
            .collect(Collectors.joining("\n")));
  }

  @Override
  public SigningBackend open(BackendContext context) {
    CloudSnapshots snapshots =
        new CloudSnapshots(
            account.service(), traits().contains(BackendTrait.STAMPS), assurance, origin);
    return switch (account.variant()) {
      case WRAPPING -> new WrappingCloudShapedBackend(id, account, snapshots, context.random());
      case SIGN_ONLY ->
          new SigningOnly(new CloudShapedBackend(id, account, snapshots, context.random()));
      case COMPARE_AND_SET, EVENTUALLY_CONSISTENT, NO_COMPARE_AND_SET ->
          new CloudShapedBackend(id, account, snapshots, context.random());
    };
  }
}
