package dev.enclave.gcp.internal.backend;

import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningInput;
import dev.enclave.cloud.LastToSign;
import dev.enclave.cloud.RefusedStamps;
import dev.enclave.cloud.key.ReadThreads;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.gcp.internal.access.GcpHealth;
import dev.enclave.gcp.internal.access.GcpPermissions;
import dev.enclave.gcp.internal.attest.GcpAttestations;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.calls.GcpSession;
import dev.enclave.gcp.internal.connect.GcpLogs;
import dev.enclave.gcp.internal.keys.GcpAdopter;
import dev.enclave.gcp.internal.keys.GcpDirectory;
import dev.enclave.gcp.internal.keys.GcpKeys;
import dev.enclave.gcp.internal.keys.GcpLevels;
import dev.enclave.gcp.internal.keys.GcpLister;
import dev.enclave.gcp.internal.keys.GcpPublicKeys;
import dev.enclave.gcp.internal.keys.GcpSnapshots;
import dev.enclave.gcp.internal.model.GcpScheme;
import dev.enclave.gcp.internal.transfer.GcpImporter;
import dev.enclave.gcp.internal.transfer.GcpImports;
import dev.enclave.gcp.internal.use.GcpSigner;
import dev.enclave.gcp.internal.use.GcpWrapper;
import dev.enclave.gcp.internal.versions.GcpCreator;
import dev.enclave.gcp.internal.versions.GcpOrphans;
import dev.enclave.gcp.internal.versions.GcpRotator;
import dev.enclave.gcp.internal.versions.GcpStateChanger;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.Attester;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyAdopter;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.spi.backend.KeyWrapper;
import dev.enclave.spi.backend.OrphanCollector;
import dev.enclave.spi.backend.PermissionProber;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.RestoreRequest;
import dev.enclave.spi.backend.SigningBackend;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keys in Google Cloud KMS. A key is a CryptoKey of one key ring, its versions are KMS's. Where the
 * active one is recorded, and who wins a race: {@code Activation}. Thread-safe.
 */
public final class GcpKmsBackend
    implements SigningBackend,
        KeyCreator,
        KeySigner,
        KeyLister,
        KeyRotator,
        KeyStateChanger,
        KeyWrapper,
        KeyAdopter,
        KeyImporter,
        OrphanCollector,
        PermissionProber,
        Attester {

  private static final Set<BackendTrait> TRAITS =
      Set.of(
          BackendTrait.REMOTE,
          BackendTrait.PERSISTENT,
          BackendTrait.EVENTUALLY_CONSISTENT,
          BackendTrait.COMPARE_AND_SET,
          BackendTrait.STAMPS);

  private final BackendDescription description;
  private final GcpCalls calls;
  private final ReadThreads threads = new ReadThreads(BackendId.GCP_KMS, GcpRefusals.COMMON);
  private final GcpKeys keys;
  private final GcpCreator creator;
  private final GcpSigner signer;
  private final GcpRotator rotator;
  private final GcpStateChanger states;
  private final GcpWrapper wrapper;
  private final GcpAdopter adopter;
  private final GcpImporter importer;
  private final GcpLister lister;
  private final GcpHealth health;
  private final GcpOrphans orphans;
  private final GcpPermissions permissions;
  private final GcpAttestations attestations;

  /** Takes {@code session} over: it ends with the backend. */
  public GcpKmsBackend(GcpSession session, BackendContext context) {
    this.description =
        BackendDescription.of(BackendId.GCP_KMS, session.keyRing(), TRAITS, GcpScheme.supported());
    this.calls = new GcpCalls(session);
    LastToSign lastToSign = new LastToSign();
    GcpLevels levels = new GcpLevels();
    GcpPublicKeys publicKeys = new GcpPublicKeys(calls, levels);
    this.keys =
        new GcpKeys(
            calls,
            new GcpDirectory(calls),
            lastToSign,
            new GcpSnapshots(publicKeys, levels, lastToSign, threads, session.reportsHsm()));
    this.creator = new GcpCreator(keys);
    this.states = new GcpStateChanger(keys);
    this.rotator = new GcpRotator(keys, states);
    this.adopter = new GcpAdopter(keys, new RefusedStamps(context.time()));
    this.importer = new GcpImporter(keys, new GcpImports(keys, context.random()), states);
    this.signer = new GcpSigner(calls, levels);
    this.wrapper = new GcpWrapper(calls, publicKeys, levels);
    this.lister = new GcpLister(calls, keys.activations());
    this.permissions = new GcpPermissions(calls);
    this.attestations = new GcpAttestations(keys);
    this.health = new GcpHealth(keys, permissions, GcpLogs.of(context.snapshot()));
    this.orphans = new GcpOrphans(keys, lister, states);
  }

  @Override
  public BackendDescription describe() {
    return description;
  }

  @Override
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    calls.requireOpen();
    return keys.load(name, call);
  }

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    calls.requireOpen();
    return creator.create(request, call);
  }

  @Override
  public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
      throws BackendFailure {
    calls.requireOpen();
    return signer.sign(version, input, call);
  }

  @Override
  public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
    calls.requireOpen();
    return rotator.prepare(request, call);
  }

  @Override
  public KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
      throws BackendFailure {
    calls.requireOpen();
    return rotator.activate(request, next, call);
  }

  @Override
  public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    calls.requireOpen();
    return rotator.changeInterval(name, interval, call);
  }

  @Override
  public KeySnapshot changeState(KeyVersionRef version, KeyState target, CallContext call)
      throws BackendFailure {
    calls.requireOpen();
    return states.change(version, target, call);
  }

  @Override
  public Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call)
      throws BackendFailure {
    calls.requireOpen();
    return wrapper.wrap(kek, dataKey, call);
  }

  @Override
  public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
      throws BackendFailure {
    calls.requireOpen();
    return wrapper.unwrap(kek, wrapped, call);
  }

  @Override
  public KeySnapshot adopt(KeyName name, String providerUri, CallContext call)
      throws BackendFailure {
    calls.requireOpen();
    return adopter.adopt(name, providerUri, call);
  }

  @Override
  public ImportSupport importSupport() {
    return GcpImporter.SUPPORT;
  }

  @Override
  public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
    calls.requireOpen();
    return importer.restore(request, call);
  }

  @Override
  public KeyLister.Names page(Optional<String> from, CallContext call) throws BackendFailure {
    calls.requireOpen();
    return lister.page(from, call);
  }

  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    calls.requireOpen();
    return health.report(call);
  }

  @Override
  public Page orphans(Optional<String> from, CallContext call) throws BackendFailure {
    calls.requireOpen();
    return orphans.page(from, call);
  }

  @Override
  public boolean discard(Orphan orphan, CallContext call) throws BackendFailure {
    calls.requireOpen();
    return orphans.discard(orphan, call);
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    calls.requireOpen();
    return permissions.ask(call);
  }

  @Override
  public Attestation attest(KeyVersionRef version, CallContext call) throws BackendFailure {
    calls.requireOpen();
    return attestations.attest(version, call);
  }

  @Override
  public void close() {
    calls.close();
    threads.close();
  }
}
