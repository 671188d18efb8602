package dev.enclave.azure.internal.backend;

import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningInput;
import dev.enclave.azure.internal.access.VaultHealth;
import dev.enclave.azure.internal.access.VaultPermissions;
import dev.enclave.azure.internal.calls.AzureSession;
import dev.enclave.azure.internal.calls.VaultCalls;
import dev.enclave.azure.internal.connect.AzureLogs;
import dev.enclave.azure.internal.keys.VaultAdopter;
import dev.enclave.azure.internal.keys.VaultDirectory;
import dev.enclave.azure.internal.keys.VaultKeys;
import dev.enclave.azure.internal.keys.VaultLister;
import dev.enclave.azure.internal.keys.VaultMaterials;
import dev.enclave.azure.internal.keys.VaultSnapshots;
import dev.enclave.azure.internal.model.VaultScheme;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.azure.internal.transfer.VaultImporter;
import dev.enclave.azure.internal.use.VaultSigner;
import dev.enclave.azure.internal.use.VaultUse;
import dev.enclave.azure.internal.use.VaultWrapper;
import dev.enclave.azure.internal.versions.VaultCreator;
import dev.enclave.azure.internal.versions.VaultOrphans;
import dev.enclave.azure.internal.versions.VaultRotator;
import dev.enclave.azure.internal.versions.VaultStates;
import dev.enclave.cloud.RecentReadings;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.BackendContext;
import dev.enclave.spi.BackendDescription;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendTrait;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.CreateRequest;
import dev.enclave.spi.KeyAdopter;
import dev.enclave.spi.KeyCreator;
import dev.enclave.spi.KeyImporter;
import dev.enclave.spi.KeyLister;
import dev.enclave.spi.KeyRotator;
import dev.enclave.spi.KeySigner;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyStateChanger;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.KeyWrapper;
import dev.enclave.spi.OrphanCollector;
import dev.enclave.spi.PermissionProber;
import dev.enclave.spi.RawSignature;
import dev.enclave.spi.RestoreRequest;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.SigningBackend;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keys in Azure Key Vault or Managed HSM. A version of a key is a version of a Key Vault key; its
 * id is the vault's. Where the active one is recorded, and who wins a race: {@code VaultChain}.
 * What managed HSMs can do besides: {@link ManagedHsmBackend}. Thread-safe.
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
  private final VaultCalls calls;
  private final VaultKeys keys;
  private final VaultCreator creator;
  private final VaultSigner signer;
  private final VaultRotator rotator;
  private final VaultStates states;
  private final VaultWrapper wrapper;
  private final VaultAdopter adopter;
  private final VaultImporter importer;
  private final VaultLister lister;
  private final VaultHealth health;
  private final VaultOrphans orphans;
  private final VaultPermissions permissions;

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
            VaultScheme.supported(endpoint.managedHsm()));
    this.calls = new VaultCalls(session);
    VaultMaterials materials = new VaultMaterials(calls);
    RecentReadings readings = new RecentReadings(context.time());
    this.keys =
        new VaultKeys(
            new VaultDirectory(calls, materials),
            readings,
            new VaultSnapshots(materials, readings, endpoint.origin(), endpoint.trusted()));
    this.creator = new VaultCreator(keys);
    this.states = new VaultStates(keys);
    this.rotator =
        new VaultRotator(keys, materials, AzureSettings.of(context.settings()).rotationByVault());
    this.adopter = new VaultAdopter(keys, materials);
    VaultUse use = new VaultUse(keys, adopter);
    this.signer = new VaultSigner(calls, use);
    this.wrapper = new VaultWrapper(calls, use, materials);
    this.importer = new VaultImporter(keys, materials, context.random());
    this.lister = new VaultLister(keys.directory());
    this.health = new VaultHealth(keys, AzureLogs.of(context.snapshot()));
    this.orphans = new VaultOrphans(keys, lister);
    this.permissions = new VaultPermissions(calls, context.random());
  }

  /** The way to the vault. */
  final VaultCalls calls() {
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
  }
}
