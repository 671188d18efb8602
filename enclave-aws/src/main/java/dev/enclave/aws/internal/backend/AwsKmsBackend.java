package dev.enclave.aws.internal.backend;

import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningInput;
import dev.enclave.aws.internal.access.KmsHealth;
import dev.enclave.aws.internal.access.KmsPermissions;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsRefusals;
import dev.enclave.aws.internal.connect.AwsLogs;
import dev.enclave.aws.internal.keys.KmsAdopter;
import dev.enclave.aws.internal.keys.KmsDirectory;
import dev.enclave.aws.internal.keys.KmsKeys;
import dev.enclave.aws.internal.keys.KmsLister;
import dev.enclave.aws.internal.keys.KmsPublicKeys;
import dev.enclave.aws.internal.keys.KmsSnapshots;
import dev.enclave.aws.internal.model.KmsPartition;
import dev.enclave.aws.internal.transfer.KmsImporter;
import dev.enclave.aws.internal.transfer.KmsImports;
import dev.enclave.aws.internal.use.KmsSigner;
import dev.enclave.aws.internal.use.KmsWrapper;
import dev.enclave.aws.internal.versions.KmsCreator;
import dev.enclave.aws.internal.versions.KmsOrphans;
import dev.enclave.aws.internal.versions.KmsRotator;
import dev.enclave.aws.internal.versions.KmsStateChanger;
import dev.enclave.cloud.LastToSign;
import dev.enclave.cloud.RefusedStamps;
import dev.enclave.cloud.key.ReadThreads;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
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
 * Keys in AWS KMS. Each version of a key is a KMS key of its own; its id is the KMS key's. Where
 * versions and the active one are recorded, and who wins a race: {@link KmsDirectory} and {@code
 * KmsVersionChain}. Thread-safe.
 */
public final class AwsKmsBackend
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
        PermissionProber {

  private static final Set<BackendTrait> TRAITS =
      Set.of(
          BackendTrait.REMOTE,
          BackendTrait.PERSISTENT,
          BackendTrait.EVENTUALLY_CONSISTENT,
          BackendTrait.COMPARE_AND_SET,
          BackendTrait.STAMPS);

  private final BackendDescription description;
  private final ImportSupport importSupport;
  private final KmsCalls calls;
  private final ReadThreads threads = new ReadThreads(BackendId.AWS_KMS, KmsRefusals.COMMON);
  private final KmsKeys keys;
  private final KmsCreator creator;
  private final KmsSigner signer;
  private final KmsRotator rotator;
  private final KmsStateChanger states;
  private final KmsWrapper wrapper;
  private final KmsAdopter adopter;
  private final KmsImporter importer;
  private final KmsLister lister;
  private final KmsHealth health;
  private final KmsOrphans orphans;
  private final KmsPermissions permissions;

  /** Takes {@code session} over: it ends with the backend. */
  public AwsKmsBackend(AwsSession session, BackendContext context) {
    KmsPartition partition = new KmsPartition(session.partition());
    this.importSupport = partition.importSupport();
    this.description =
        BackendDescription.of(
            BackendId.AWS_KMS,
            session.account() + ":" + session.region(),
            TRAITS,
            partition.supported());
    this.calls = new KmsCalls(session);
    LastToSign lastToSign = new LastToSign();
    this.keys =
        new KmsKeys(
            calls,
            new KmsDirectory(calls, threads),
            lastToSign,
            new KmsSnapshots(new KmsPublicKeys(calls), lastToSign, threads, session.reportsHsm()));
    this.creator = new KmsCreator(keys, partition);
    this.states = new KmsStateChanger(keys);
    this.rotator = new KmsRotator(keys, states);
    this.adopter =
        new KmsAdopter(
            keys,
            session.account(),
            session.region(),
            partition,
            new RefusedStamps(context.time()));
    this.importer =
        new KmsImporter(
            keys, new KmsImports(keys, states, partition, context.random()), importSupport);
    this.signer = new KmsSigner(calls);
    this.wrapper = new KmsWrapper(calls);
    this.lister = new KmsLister(calls);
    this.health = new KmsHealth(keys, AwsLogs.of(context.snapshot()));
    this.orphans = new KmsOrphans(keys, states);
    this.permissions = new KmsPermissions(calls, lastToSign);
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
    return importSupport;
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
  public void close() {
    calls.close();
    threads.close();
  }
}
