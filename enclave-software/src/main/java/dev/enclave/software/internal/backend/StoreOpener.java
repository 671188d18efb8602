package dev.enclave.software.internal.backend;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.software.internal.backend.SoftwareSettings.Passphrase;
import dev.enclave.software.internal.directory.KeyDirectory;
import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.directory.StoreLock;
import dev.enclave.software.internal.disk.DiskFailures;
import dev.enclave.software.internal.disk.Leftovers;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.masters.CurrentMaster;
import dev.enclave.software.internal.masters.LostStore;
import dev.enclave.software.internal.masters.MasterKeys;
import dev.enclave.software.internal.masters.MasterKeys.Protector;
import dev.enclave.software.internal.masters.PassphraseCost;
import dev.enclave.software.internal.masters.StoreParameters;
import dev.enclave.software.internal.masters.StoreParameters.Protection;
import dev.enclave.software.internal.records.FileStore;
import dev.enclave.software.internal.records.MasterKek;
import dev.enclave.software.internal.sealing.MasterKeyring;
import dev.enclave.software.internal.texts.Texts;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.SigningBackend;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Opens a store: checks that this environment may have it, and makes it where there is none. Reads
 * no key; what a crash left of a key is cleared when that is used.
 */
public final class StoreOpener {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final BackendContext context;
  private final SecureFiles files;
  private final StoreKind kind;
  private final SoftwareSettings settings;
  private final StoreLayout layout;
  private final KeyDirectory directory;
  private final StoreLock lock;
  private final MasterKeys masterKeys;

  private StoreOpener(
      BackendContext context,
      SecureFiles files,
      StoreKind kind,
      SoftwareSettings settings,
      PassphraseCost cost) {
    this.context = context;
    this.files = files;
    this.kind = kind;
    this.settings = settings;
    this.layout = new StoreLayout(settings.directory());
    this.directory = new KeyDirectory(files, layout, settings.fullName(SoftwareSettings.DIRECTORY));
    this.lock = new StoreLock(files, layout, context.time());
    this.masterKeys = new MasterKeys(files, layout, cost, context.random(), kind.place());
  }

  /** Opens the store that the settings name, and makes it when there is none. */
  public static SigningBackend open(BackendContext context, StoreKind kind) throws BackendFailure {
    return open(context, new SecureFiles(context.random()), kind, PassphraseCost.RECOMMENDED);
  }

  /**
   * The store, if opening would make one. Changes nothing.
   *
   * @throws BackendFailure if opening would find the directory unfit, or could not make it
   */
  public static List<String> creates(BackendContext context, StoreKind kind) throws BackendFailure {
    return creates(context, new SecureFiles(context.random()), kind);
  }

  public static List<String> creates(BackendContext context, SecureFiles files, StoreKind kind)
      throws BackendFailure {
    try (SoftwareSettings settings = SoftwareSettings.of(context, kind)) {
      return new StoreOpener(context, files, kind, settings, PassphraseCost.RECOMMENDED).creates();
    }
  }

  private List<String> creates() throws BackendFailure {
    requireAllowed();
    directory.check();
    return StoreParameters.find(files, layout).isPresent()
        ? List.of()
        : List.of(Texts.KEY_STORE_IN.with(layout.directory()));
  }

  /** The same, with a cost for the passphrase of a store that it makes. */
  public static SigningBackend open(
      BackendContext context, SecureFiles files, StoreKind kind, PassphraseCost cost)
      throws BackendFailure {
    try (SoftwareSettings settings = SoftwareSettings.of(context, kind)) {
      return new StoreOpener(context, files, kind, settings, cost).open();
    }
  }

  /** A store whose master keys are at hand. */
  private record Unlocked(StoreParameters parameters, MasterKeyring masters) {}

  private SigningBackend open() throws BackendFailure {
    requireAllowed();
    directory.prepare();
    lock.openCounters(deadline());
    clearHalfWritten();
    Optional<StoreParameters> parameters = StoreParameters.find(files, layout);
    Unlocked unlocked = parameters.isPresent() ? unlock(parameters.get()) : initialise();
    MasterKek kek = kek(unlocked);
    FileStore records =
        new FileStore(
            files,
            layout,
            lock,
            unlocked.parameters().storeId(),
            context.random(),
            kek::requireCurrent);
    Optional<Resealing> resealing =
        kind.place().isPresent()
            ? Optional.empty()
            : Optional.of(
                new Resealing(
                    files, layout, lock, records, kek, masterKeys, context.environment()));
    StoreHealth health = new StoreHealth(context, kind.place(), files, layout);
    return new SoftwareBackend(kind, layout, lock, records, kek, health, resealing, context);
  }

  /** What a crash left of the store's own files, unless somebody writes one in this moment. */
  private void clearHalfWritten() {
    Leftovers leftovers = new Leftovers(files);
    try {
      if (leftovers.isAny(layout.directory())) {
        lock.tryHoldingStore(
            () -> {
              leftovers.clear(layout.directory());
              return true;
            });
      }
    } catch (BackendFailure e) {
      return; // They harm nobody: a store that can only be read opens with them too.
    }
  }

  private MasterKek kek(Unlocked unlocked) {
    return new MasterKek(
        unlocked.masters(),
        new CurrentMaster(files, layout, unlocked.masters(), unlocked.parameters()),
        kind.assurance());
  }

  private Deadline deadline() {
    return Deadline.in(PATIENCE, context.time());
  }

  private void requireAllowed() throws BackendFailure {
    if (kind.place().isPresent()
        || context.environment() == EnvironmentType.LOCAL
        || files.exists(layout.parameters())) {
      return; // What is there says itself how it is protected.
    }
    if (files.exists(layout.masterKey())) {
      throw keyFileRefused();
    }
    if (!settings.hasPassphrase()) {
      throw Texts.NO_PASSPHRASE.permanent(
          FailureCode.MISCONFIGURED,
          layout.directory(),
          context.environment(),
          settings.fullName(SoftwareSettings.PASSPHRASE_FILE),
          settings.fullName(SoftwareSettings.PASSPHRASE));
    }
  }

  private BackendFailure keyFileRefused() {
    return Texts.KEY_FILE_NOT_ALLOWED.permanent(
        FailureCode.REFUSED,
        layout.directory(),
        layout.masterKey(),
        context.environment(),
        settings.fullName(SoftwareSettings.DIRECTORY));
  }

  private void requireProtection(Protection protection) throws BackendFailure {
    requireKind(protection);
    if (protection == Protection.KEY_FILE && context.environment() != EnvironmentType.LOCAL) {
      throw keyFileRefused();
    }
    if (protection == Protection.KEY_FILE && settings.hasPassphrase()) {
      throw Texts.STORE_WITHOUT_PASSPHRASE.permanent(
          FailureCode.MISCONFIGURED, settings.passphraseSetting(), layout.directory());
    }
    if (protection == Protection.PASSPHRASE && !settings.hasPassphrase()) {
      throw Texts.PASSPHRASE_NOT_SET.permanent(
          FailureCode.MISCONFIGURED,
          layout.directory(),
          settings.fullName(SoftwareSettings.PASSPHRASE_FILE),
          settings.fullName(SoftwareSettings.PASSPHRASE));
    }
  }

  private void requireKind(Protection protection) throws BackendFailure {
    if ((protection == Protection.OS_STORE) != kind.place().isPresent()) {
      throw Texts.STORE_OF_ANOTHER_BACKEND.permanent(
          FailureCode.MISCONFIGURED,
          layout.directory(),
          protection,
          protection == Protection.OS_STORE ? BackendId.OS : BackendId.SOFTWARE,
          settings.fullName(SoftwareSettings.DIRECTORY));
    }
  }

  private Unlocked initialise() throws BackendFailure {
    return lock.holdingStore(
        deadline(),
        () -> {
          Optional<StoreParameters> meanwhile = StoreParameters.find(files, layout);
          return meanwhile.isPresent() ? unlock(meanwhile.get()) : makeStore();
        });
  }

  private Unlocked unlock(StoreParameters parameters) throws BackendFailure {
    requireProtection(parameters.protection());
    if (parameters.protection() == Protection.PASSPHRASE && files.exists(layout.masterKey())) {
      lock.tryHoldingStore(this::clearKeyFile);
    }
    try (Passphrase passphrase = settings.passphrase();
        Protector protector = masterKeys.protector(parameters, passphrase.secret())) {
      return new Unlocked(
          parameters,
          masterKeys
              .unseal(protector, parameters)
              .orElseThrow(() -> wrongKey(parameters.protection())));
    }
  }

  /** What a reseal left that was cut short, before it needed the key file or after. */
  private boolean clearKeyFile() throws BackendFailure {
    boolean leftover =
        StoreParameters.find(files, layout)
            .filter(p -> p.protection() == Protection.PASSPHRASE)
            .isPresent();
    if (leftover) {
      Resealing.deleteKeyFile(files, layout);
    }
    return leftover;
  }

  private BackendFailure wrongKey(Protection protection) {
    if (protection == Protection.OS_STORE) {
      return new LostStore(files, layout, kind.place().orElseThrow()).sealingKeyChanged();
    }
    return protection == Protection.PASSPHRASE
        ? Texts.WRONG_PASSPHRASE.permanent(
            FailureCode.MISCONFIGURED, settings.passphraseSetting(), layout.directory())
        : Texts.WRONG_KEY_FILE.permanent(
            FailureCode.CORRUPT, layout.masterKey(), layout.parameters());
  }

  private Unlocked makeStore() throws BackendFailure {
    requireNoKeys();
    new Leftovers(files).clear(layout.directory());
    MasterKeyring masters = new MasterKeyring(masterKeys.newId(), masterKeys.newKey());
    String storeId = masterKeys.newStoreId();
    StoreParameters parameters = null;
    try (Passphrase passphrase = settings.passphrase();
        Protector protector = masterKeys.newProtector(storeId, passphrase.secret())) {
      StoreParameters sealed = masterKeys.seal(protector, masters, masters.ids());
      files.replace(layout.parameters(), sealed.render());
      parameters = sealed;
    } catch (IOException e) {
      throw DiskFailures.writing(layout.parameters(), e);
    } finally {
      if (parameters == null) {
        masters.close();
        removeSealingKey(storeId);
      }
    }
    // From here on the sealing key stays, whatever fails: the next opening finds the store.
    try {
      files.syncWithParent(layout.directory());
      return new Unlocked(parameters, masters);
    } catch (IOException e) {
      masters.close();
      throw DiskFailures.writing(layout.directory(), e);
    }
  }

  /** What a store that could not be made leaves in the place; harmless if that fails too. */
  private void removeSealingKey(String storeId) {
    if (kind.place().isPresent()) {
      try {
        kind.place().get().remove(storeId);
      } catch (BackendFailure e) {
        return; // Why the store could not be made is what counts.
      }
    }
  }

  private void requireNoKeys() throws BackendFailure {
    List<String> names;
    try {
      names = files.names(layout.directory());
    } catch (IOException e) {
      throw DiskFailures.reading(layout.directory(), e);
    }
    for (String name : names) {
      if (StoreLayout.keyOf(name).isPresent()) {
        throw Texts.PARAMETERS_MISSING.permanent(
            FailureCode.CORRUPT, layout.parameters(), layout.directory());
      }
    }
  }
}
