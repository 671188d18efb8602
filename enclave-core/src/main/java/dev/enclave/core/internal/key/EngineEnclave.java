package dev.enclave.core.internal.key;

import dev.enclave.AsyncEnclave;
import dev.enclave.Enclave;
import dev.enclave.EnclaveException;
import dev.enclave.ErrorCode;
import dev.enclave.HealthReport;
import dev.enclave.HealthReport.Finding;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyBackup;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.KeySpec;
import dev.enclave.ManagedKey;
import dev.enclave.Resolution;
import dev.enclave.RotationReason;
import dev.enclave.RotationRequest;
import dev.enclave.RotationResult;
import dev.enclave.SealedBytes;
import dev.enclave.SecurityPolicy;
import dev.enclave.SignOptions;
import dev.enclave.SigningKey;
import dev.enclave.UsageException;
import dev.enclave.WrappingKey;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.spi.AuditEvent.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** The Enclave applications hold: one engine seen as one caller. Thread-safe. */
public final class EngineEnclave implements Enclave {

  private final Engine engine;
  private final String caller;
  private final boolean owner;

  private EngineEnclave(Engine engine, String caller, boolean owner) {
    this.engine = engine;
    this.caller = caller;
    this.owner = owner;
  }

  /** The Enclave that owns the engine; its caller is the application itself. */
  public static Enclave over(Engine engine) {
    return new EngineEnclave(engine, "application", true);
  }

  @Override
  public SigningKey createKey(KeySpec spec) {
    requirePurpose(spec, KeyPurpose.SIGN);
    return signing(new KeyCreator(engine).create(spec, caller));
  }

  @Override
  public SigningKey ensureKey(KeySpec spec) {
    requirePurpose(spec, KeyPurpose.SIGN);
    return signing(new KeyCreator(engine).ensure(spec, caller));
  }

  @Override
  public WrappingKey createWrappingKey(KeySpec spec) {
    requirePurpose(spec, KeyPurpose.WRAP);
    return wrapping(new KeyCreator(engine).create(spec, caller));
  }

  @Override
  public WrappingKey ensureWrappingKey(KeySpec spec) {
    requirePurpose(spec, KeyPurpose.WRAP);
    return wrapping(new KeyCreator(engine).ensure(spec, caller));
  }

  private void requirePurpose(KeySpec spec, KeyPurpose purpose) {
    engine.requireOpen();
    if (spec.algorithm().purpose() != purpose) {
      throw engine
          .audit()
          .refused(
              engine.local(Operation.CREATE, caller, Optional.of(spec.name())),
              engine.newTrace(),
              Signer.wrongPurpose(spec.name(), spec.algorithm()));
    }
  }

  @Override
  public SigningKey key(String name) {
    return signing(find(new KeyName(name)));
  }

  @Override
  public SigningKey key(KeyHandle handle) {
    return signing(find(handle));
  }

  @Override
  public WrappingKey wrappingKey(String name) {
    return wrapping(find(new KeyName(name)));
  }

  @Override
  public WrappingKey wrappingKey(KeyHandle handle) {
    return wrapping(find(handle));
  }

  @Override
  public ManagedKey managedKey(String name) {
    return managed(find(new KeyName(name)));
  }

  @Override
  public ManagedKey managedKey(KeyHandle handle) {
    return managed(find(handle));
  }

  private KeyCreator.Found find(KeyName name) {
    return usable(name, finder -> finder.slot(ReservedNames.requireFree(name)), Optional.empty());
  }

  private KeyCreator.Found find(KeyHandle handle) {
    return usable(
        handle.name(),
        finder -> {
          ReservedNames.requireFree(handle.name());
          return finder.slot(handle);
        },
        Optional.of(handle));
  }

  private KeyCreator.Found usable(
      KeyName name, Function<KeyFinder, KeySlot> place, Optional<KeyHandle> expected) {
    engine.requireOpen();
    CallTrace trace = engine.newTrace();
    KeyFinder finder = new KeyFinder(engine);
    KeySlot slot =
        engine.recordingRefusal(
            engine.local(Operation.REFUSAL, caller, Optional.of(name)),
            trace,
            () -> place.apply(finder));
    return engine.recordingRefusal(
        engine.subject(Operation.REFUSAL, caller, slot),
        trace,
        () -> {
          KeyEntry entry = finder.read(slot, trace, caller);
          expected.ifPresent(handle -> KeyFinder.requireFingerprint(entry, handle.fingerprint()));
          return new KeyCreator.Found(slot, entry.requireUsable());
        });
  }

  private SigningKey signing(KeyCreator.Found found) {
    requirePurpose(found, KeyPurpose.SIGN);
    return new EngineSigningKey(engine, found.slot(), found.entry(), caller);
  }

  private WrappingKey wrapping(KeyCreator.Found found) {
    requirePurpose(found, KeyPurpose.WRAP);
    return new EngineWrappingKey(engine, found.slot(), found.entry(), caller);
  }

  private void requirePurpose(KeyCreator.Found found, KeyPurpose purpose) {
    KeyAlgorithm algorithm = found.entry().snapshot().algorithm();
    if (algorithm.purpose() != purpose) {
      throw engine
          .audit()
          .refused(
              engine.subject(Operation.REFUSAL, caller, found.slot()),
              engine.newTrace(),
              Signer.wrongPurpose(found.slot().name(), algorithm));
    }
  }

  private ManagedKey managed(KeyCreator.Found found) {
    return found.entry().snapshot().algorithm().purpose() == KeyPurpose.SIGN
        ? signing(found)
        : wrapping(found);
  }

  @Override
  public List<KeyInfo> keys() {
    return KeyInventory.read(engine, caller).requireComplete(engine, caller).keys();
  }

  @Override
  public List<KeyName> keyNames() {
    return List.copyOf(KeyInventory.names(engine, caller));
  }

  @Override
  public List<Finding> unreadableKeys() {
    return KeyInventory.read(engine, caller).unreadable().entrySet().stream()
        .map(
            damaged ->
                new Finding(
                    HealthReport.Severity.ERROR,
                    damaged.getValue().code(),
                    "key "
                        + damaged.getKey()
                        + " cannot be read: "
                        + damaged.getValue().getMessage(),
                    "restore it from a backup, or remove what is left of it"))
        .toList();
  }

  @Override
  public List<RotationResult> rotateDue() {
    Instant now = engine.time().now();
    KeyInventory inventory = KeyInventory.read(engine, caller);
    List<RotationResult> rotated = new ArrayList<>();
    List<EnclaveException> failures = new ArrayList<>(inventory.unreadable().values());
    for (KeyInfo key : inventory.keys()) {
      boolean due = key.nextRotationAt().filter(at -> !at.isAfter(now)).isPresent();
      if (due && key.activeVersion().isPresent()) {
        try {
          rotateUnlessOvertaken(key).ifPresent(rotated::add);
        } catch (EnclaveException e) {
          failures.add(e);
        }
      }
    }
    if (!failures.isEmpty()) {
      throw DueRotations.failure(failures, rotated);
    }
    return List.copyOf(rotated);
  }

  private Optional<RotationResult> rotateUnlessOvertaken(KeyInfo key) {
    RotationRequest request =
        RotationRequest.ifActive(key.activeVersion().orElseThrow())
            .reason(RotationReason.SCHEDULED);
    try {
      return Optional.of(managedKey(key.handle()).rotate(request));
    } catch (UsageException e) {
      if (e.code() == ErrorCode.ROTATION_CONFLICT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public SealedBytes seal(String kek, byte[] plaintext, byte[] associatedData) {
    return wrappingKey(kek).seal(plaintext, associatedData);
  }

  @Override
  public byte[] open(SealedBytes box, byte[] associatedData) {
    return wrappingKey(box.kek()).open(box, associatedData);
  }

  @Override
  public KeyBackup backup(String name, char[] password) {
    return managedKey(name).backup(password);
  }

  @Override
  public ManagedKey restore(String name, KeyBackup backup, char[] password) {
    return managed(new BackupRestorer(engine).restore(new KeyName(name), backup, password, caller));
  }

  @Override
  public void reseal(char[] newPassphrase) {
    new StoreResealer(engine).reseal(newPassphrase, caller);
  }

  @Override
  public void resealWithoutPassphrase() {
    new StoreResealer(engine).reseal(Optional.empty(), caller);
  }

  @Override
  public List<Orphan> orphans() {
    return new OrphanRemover(engine).orphans();
  }

  @Override
  public List<Orphan> discardOrphans() {
    return new OrphanRemover(engine).discard(caller);
  }

  @Override
  public Enclave by(String newCaller) {
    String valid = SignOptions.by(newCaller).caller().orElseThrow();
    return new EngineEnclave(engine, valid, false);
  }

  @Override
  public HealthReport health() {
    engine.requireOpen();
    List<Finding> findings =
        new ArrayList<>(BackendOpener.health(engine.backends().resolved()).findings());
    engine.audit().health().ifPresent(findings::add);
    return new HealthReport(findings);
  }

  @Override
  public Resolution resolution() {
    return engine.resolution();
  }

  @Override
  public SecurityPolicy policy() {
    return engine.policy();
  }

  @Override
  public AsyncEnclave async() {
    return async(engine.asyncExecutor());
  }

  @Override
  public AsyncEnclave async(Executor executor) {
    return new AsyncEnclave(this, executor);
  }

  @Override
  public void close() {
    if (owner) {
      engine.close();
    }
  }

  @Override
  public String toString() {
    return "Enclave[" + engine.resolution().chosen() + ", " + caller + "]";
  }
}
