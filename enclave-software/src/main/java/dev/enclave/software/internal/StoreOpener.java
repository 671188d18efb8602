package dev.enclave.software.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.software.internal.MasterKeys.Unlocked;
import dev.enclave.software.internal.StoreParameters.Protection;
import dev.enclave.spi.BackendContext;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SigningBackend;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Opens a store: checks that this environment may have it, makes it where there is none, and clears
 * away what a crash left behind.
 */
public final class StoreOpener {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LONGEST_FILE = 1 << 16;

  private final BackendContext context;
  private final SecureFiles files;
  private final SoftwareSettings settings;
  private final StoreLayout layout;
  private final KeyDirectory directory;
  private final StoreLock lock;
  private final MasterKeys masterKeys;

  private StoreOpener(BackendContext context, SecureFiles files) throws BackendFailure {
    this.context = context;
    this.files = files;
    this.settings = SoftwareSettings.of(context);
    this.layout = new StoreLayout(settings.directory());
    this.directory = new KeyDirectory(files, layout);
    this.lock = new StoreLock(files, layout, context.time());
    this.masterKeys = new MasterKeys(files, layout, settings, context.random());
  }

  /** Opens the store that the settings name, and makes it when there is none. */
  public static SigningBackend open(BackendContext context) throws BackendFailure {
    return open(context, new SecureFiles(context.random()));
  }

  /**
   * The store, if opening would make one. Changes nothing.
   *
   * @throws BackendFailure if opening would find the directory unfit, or could not make it
   */
  public static List<String> creates(BackendContext context) throws BackendFailure {
    return creates(context, new SecureFiles(context.random()));
  }

  static List<String> creates(BackendContext context, SecureFiles files) throws BackendFailure {
    return new StoreOpener(context, files).creates();
  }

  private List<String> creates() throws BackendFailure {
    requireAllowed();
    directory.check();
    return readParameters().isPresent()
        ? List.of()
        : List.of("a key store in " + layout.directory());
  }

  static SigningBackend open(BackendContext context, SecureFiles files) throws BackendFailure {
    return new StoreOpener(context, files).open();
  }

  private SigningBackend open() throws BackendFailure {
    requireAllowed();
    directory.prepare();
    boolean opened = false;
    try {
      Optional<StoreParameters> parameters = readParameters();
      Unlocked unlocked = parameters.isPresent() ? unlock(parameters.get()) : initialise();
      new Leftovers(files, layout, lock).clear();
      KeyStore store =
          new KeyStore(
              files,
              layout,
              unlocked.sealer(),
              unlocked.parameters().storeId(),
              context.environment(),
              context.random());
      opened = true;
      StoreHealth health =
          new StoreHealth(context.settings(), files, layout, settings.hasPassphrase());
      return new SoftwareBackend(context, layout, lock, store, health);
    } finally {
      if (!opened) {
        lock.close();
      }
    }
  }

  private void requireAllowed() throws BackendFailure {
    if (context.environment() == EnvironmentType.LOCAL) {
      return;
    }
    if (files.exists(layout.masterKey())) {
      throw keyFileRefused();
    }
    if (!settings.hasPassphrase()) {
      throw SoftwareSettings.misconfigured(
          "No passphrase protects the software keys in "
              + layout.directory()
              + ", and environment "
              + context.environment()
              + " needs one. Set "
              + settings.fullName(SoftwareSettings.PASSPHRASE_FILE)
              + " or "
              + settings.fullName(SoftwareSettings.PASSPHRASE)
              + ".");
    }
  }

  private BackendFailure keyFileRefused() {
    return BackendFailure.permanent(
        FailureCode.REFUSED,
        "Store "
            + layout.directory()
            + " is protected by the key file "
            + layout.masterKey()
            + " alone, which only a LOCAL environment allows; this one is "
            + context.environment()
            + ". Set "
            + settings.fullName(SoftwareSettings.DIRECTORY)
            + " to another directory and create new keys there.");
  }

  private Optional<StoreParameters> readParameters() throws BackendFailure {
    try {
      byte[] content = files.read(layout.parameters(), LONGEST_FILE);
      return Optional.of(StoreParameters.parse(content, layout.parameters()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw DiskFailures.reading(layout.parameters(), e);
    }
  }

  private void requireProtection(Protection protection) throws BackendFailure {
    if (protection == Protection.KEY_FILE && context.environment() != EnvironmentType.LOCAL) {
      throw keyFileRefused();
    }
    if (protection == Protection.KEY_FILE && settings.hasPassphrase()) {
      throw SoftwareSettings.misconfigured(
          settings.passphraseSetting()
              + " is set, but store "
              + layout.directory()
              + " was made without a passphrase. Remove the setting, or set "
              + settings.fullName(SoftwareSettings.DIRECTORY)
              + " to another directory.");
    }
    if (protection == Protection.PASSPHRASE && !settings.hasPassphrase()) {
      throw SoftwareSettings.misconfigured(
          "Store "
              + layout.directory()
              + " is protected by a passphrase and none is set. Set "
              + settings.fullName(SoftwareSettings.PASSPHRASE_FILE)
              + " or "
              + settings.fullName(SoftwareSettings.PASSPHRASE)
              + ".");
    }
  }

  private Unlocked initialise() throws BackendFailure {
    return lock.holdingStore(
        context.time().now().plus(PATIENCE),
        () -> {
          Optional<StoreParameters> meanwhile = readParameters();
          if (meanwhile.isPresent()) {
            return unlock(meanwhile.get());
          }
          try {
            return makeStore();
          } catch (IOException e) {
            throw DiskFailures.writing(layout.parameters(), e);
          }
        });
  }

  private Unlocked unlock(StoreParameters parameters) throws BackendFailure {
    requireProtection(parameters.protection());
    return masterKeys.unlock(parameters);
  }

  private Unlocked makeStore() throws BackendFailure, IOException {
    requireNoKeys();
    Unlocked made = masterKeys.make();
    files.replace(layout.parameters(), made.parameters().render());
    files.sync(layout.directory());
    return made;
  }

  private void requireNoKeys() throws BackendFailure, IOException {
    for (String name : files.names(layout.directory())) {
      if (StoreLayout.keyOf(name).isPresent()) {
        throw BackendFailure.permanent(
            FailureCode.CORRUPT,
            "File "
                + layout.parameters()
                + " is missing, but there are keys in "
                + layout.directory()
                + ". Restore it from a backup; no key can be used without it.");
      }
    }
  }
}
