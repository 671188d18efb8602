package dev.enclave.azure.internal.backend;

import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningInput;
import dev.enclave.azure.internal.access.AzureHealth;
import dev.enclave.azure.internal.access.AzurePermissions;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureSession;
import dev.enclave.azure.internal.connect.AzureLogs;
import dev.enclave.azure.internal.keys.AzureAdopter;
import dev.enclave.azure.internal.keys.AzureDirectory;
import dev.enclave.azure.internal.keys.AzureKeys;
import dev.enclave.azure.internal.keys.AzureLister;
import dev.enclave.azure.internal.keys.AzurePublicKeys;
import dev.enclave.azure.internal.keys.AzureSnapshots;
import dev.enclave.azure.internal.model.AzureScheme;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.azure.internal.transfer.AzureImporter;
import dev.enclave.azure.internal.use.AzureSigner;
import dev.enclave.azure.internal.use.AzureWrapper;
import dev.enclave.azure.internal.versions.AzureCreator;
import dev.enclave.azure.internal.versions.AzureOrphans;
import dev.enclave.azure.internal.versions.AzureRotator;
import dev.enclave.azure.internal.versions.AzureStateChanger;
import dev.enclave.cloud.LastToSign;
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
 * Keys in Azure Key Vault or Managed HSM. A version of a key is a version of a Key Vault key; its
 * id is the vault's. Where the active one is recorded, and who wins a race: {@code
 * AzureVersionChain}. What managed HSMs can do besides: {@link ManagedHsmBackend}. Thread-safe.
 */
public class AzureKeyVaultBackend
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
      Set.of(BackendTrait.REMOTE, BackendTrait.PERSISTENT, BackendTrait.STAMPS);

  private final BackendDescription description;
  private final AzureCalls calls;
  private final ReadThreads threads =
      new ReadThreads(BackendId.AZURE_KEYVAULT, AzureCalls.REFUSALS);
  private final AzureKeys keys;
  private final AzureCreator creator;
  private final AzureSigner signer;
  private final AzureRotator rotator;
  private final AzureStateChanger states;
  private final AzureWrapper wrapper;
  private final AzureAdopter adopter;
  private final AzureImporter importer;
  private final AzureLister lister;
  private final AzureHealth health;
  private final AzureOrphans orphans;
  private final AzurePermissions permissions;

  /** Over what is at the session's address, which ends with the backend. */
  public static AzureKeyVaultBackend of(AzureSession session, BackendContext context)
      throws BackendFailure {
    return session.endpoint().managedHsm()
        ? new ManagedHsmBackend(session, context)
        : new AzureKeyVaultBackend(session, context);
  }

  /** Takes {@code session} over: it ends with the backend. */
  public AzureKeyVaultBackend(AzureSession session, BackendContext context) throws BackendFailure {
    this(session, context, TRAITS);
  }

  AzureKeyVaultBackend(AzureSession session, BackendContext context, Set<BackendTrait> traits)
      throws BackendFailure {
    AzureEndpoint endpoint = session.endpoint();
    this.description =
        BackendDescription.of(
            BackendId.AZURE_KEYVAULT,
            endpoint.origin().authority(),
            TRAITS,
            AzureScheme.supported(endpoint.managedHsm()));
    this.calls = new AzureCalls(session);
    AzurePublicKeys publicKeys = new AzurePublicKeys(calls);
    LastToSign lastToSign = new LastToSign();
    this.keys =
        new AzureKeys(
            new AzureDirectory(calls, publicKeys),
            lastToSign,
            new AzureSnapshots(
                publicKeys, lastToSign, threads, endpoint.origin(), endpoint.trusted()));
    this.creator = new AzureCreator(keys);
    this.states = new AzureStateChanger(keys);
    this.rotator =
        new AzureRotator(keys, publicKeys, AzureSettings.of(context.settings()).rotationByVault());
    this.adopter = new AzureAdopter(keys, publicKeys);
    this.signer = new AzureSigner(calls);
    this.wrapper = new AzureWrapper(calls, publicKeys);
    this.importer = new AzureImporter(keys, publicKeys, context.random());
    this.lister = new AzureLister(keys.directory());
    this.health = new AzureHealth(keys, AzureLogs.of(context.snapshot()));
    this.orphans = new AzureOrphans(keys, lister);
    this.permissions = new AzurePermissions(calls, context.random());
  }

  /** The way to the vault. */
  final AzureCalls calls() {
    return calls;
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
    return importer.support();
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
