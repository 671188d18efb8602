package dev.enclave.software.internal;

import dev.enclave.Bytes;
import dev.enclave.EnclaveException;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.crypto.LocalKey;
import dev.enclave.crypto.PasswordKey;
import dev.enclave.software.internal.StoreParameters.Protection;
import dev.enclave.spi.BackendContext;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.SigningBackend;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Opens a store: checks that this environment may have it, finds or makes its master key, and
 * clears away what a crash left behind.
 */
public final class StoreOpener {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LONGEST_FILE = 1 << 16;
  private static final int MASTER_KEY = 32;

  private final BackendContext context;
  private final SecureFiles files;
  private final SoftwareSettings settings;
  private final StoreLayout layout;
  private final StoreLock lock;

  private StoreOpener(BackendContext context, SecureFiles files) throws BackendFailure {
    this.context = context;
    this.files = files;
    this.settings = SoftwareSettings.of(context);
    this.layout = new StoreLayout(settings.directory());
    this.lock = new StoreLock(files, layout, context.time());
  }

  /** Opens the store that the settings name, and makes it when there is none. */
  public static SigningBackend open(BackendContext context) throws BackendFailure {
    return open(context, new SecureFiles(context.random()));
  }

  static SigningBackend open(BackendContext context, SecureFiles files) throws BackendFailure {
    return new StoreOpener(context, files).open();
  }

  /** A store whose master key is at hand. */
  private record Unlocked(StoreParameters parameters, Sealer sealer) {}

  private SigningBackend open() throws BackendFailure {
    requireAllowed();
    try {
      files.createDirectory(layout.directory());
    } catch (IOException e) {
      throw DiskFailures.writing(layout.directory(), e);
    }
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

  private Unlocked unlock(StoreParameters parameters) throws BackendFailure {
    requireProtection(parameters.protection());
    Sealer sealer = sealer(parameters);
    if (!confirms(sealer, parameters)) {
      sealer.close();
      throw wrongMasterKey(parameters.protection());
    }
    return new Unlocked(parameters, sealer);
  }

  private boolean confirms(Sealer sealer, StoreParameters parameters) {
    try {
      Sealer.Sealed check = Sealer.parse(parameters.check().toByteArray(), layout.parameters());
      return check.header().equals(header(parameters))
          && Arrays.equals(
              sealer.unseal(check, layout.parameters()),
              parameters.withCheck(Bytes.empty()).render());
    } catch (BackendFailure e) {
      return false;
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

  private BackendFailure wrongMasterKey(Protection protection) {
    return protection == Protection.PASSPHRASE
        ? SoftwareSettings.misconfigured(
            "The passphrase of "
                + settings.passphraseSetting()
                + " is not the one that store "
                + layout.directory()
                + " was made with. Set the right one.")
        : BackendFailure.permanent(
            FailureCode.CORRUPT,
            "Key file "
                + layout.masterKey()
                + " does not belong to "
                + layout.parameters()
                + ". Restore both from one backup.");
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

  private Unlocked makeStore() throws BackendFailure, IOException {
    requireNoKeys();
    StoreParameters parameters = newParameters();
    if (parameters.protection() == Protection.KEY_FILE) {
      makeKeyFile();
    }
    Sealer sealer = sealer(parameters);
    byte[] check = sealer.seal(header(parameters), parameters.render());
    StoreParameters checked = parameters.withCheck(Bytes.of(check));
    files.replace(layout.parameters(), checked.render());
    files.sync(layout.directory());
    return new Unlocked(checked, sealer);
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

  private StoreParameters newParameters() {
    String storeId = HexFormat.of().formatHex(randomBytes(16));
    return settings.hasPassphrase()
        ? new StoreParameters(
            storeId,
            Protection.PASSPHRASE,
            Bytes.of(randomBytes(16)),
            StoreParameters.MEMORY_KIB,
            StoreParameters.ITERATIONS,
            StoreParameters.PARALLELISM,
            Bytes.empty())
        : new StoreParameters(storeId, Protection.KEY_FILE, Bytes.empty(), 0, 0, 0, Bytes.empty());
  }

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    context.random().nextBytes(bytes);
    return bytes;
  }

  // A crash may have come between the key file and the parameters; then the key file is good.
  private void makeKeyFile() throws IOException {
    if (files.exists(layout.masterKey())) {
      return;
    }
    byte[] key = randomBytes(MASTER_KEY);
    try {
      files.replace(layout.masterKey(), key);
      files.sync(layout.directory());
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static SealHeader header(StoreParameters parameters) {
    return new SealHeader(SealHeader.Kind.STORE, parameters.storeId(), "", "", "", "");
  }

  private Sealer sealer(StoreParameters parameters) throws BackendFailure {
    SecureRandom random = context.random();
    try (SecretBytes master =
        parameters.protection() == Protection.PASSPHRASE ? derive(parameters) : readKeyFile()) {
      return new Sealer(LocalKey.decode(KeyAlgorithm.AES_256_GCM, master, random), random);
    }
  }

  private SecretBytes derive(StoreParameters parameters) throws BackendFailure {
    try (SecretBytes passphrase = settings.passphrase()) {
      return PasswordKey.argon2id(
          passphrase,
          parameters.salt(),
          parameters.memoryKib(),
          parameters.iterations(),
          parameters.parallelism());
    } catch (EnclaveException e) {
      throw Sealer.damaged(layout.parameters());
    }
  }

  private SecretBytes readKeyFile() throws BackendFailure {
    byte[] key;
    try {
      key = files.read(layout.masterKey(), MASTER_KEY + 1);
    } catch (NoSuchFileException e) {
      throw BackendFailure.permanent(
          FailureCode.CORRUPT,
          "Key file "
              + layout.masterKey()
              + " is missing. Restore it from a backup; no key can be used without it.");
    } catch (IOException e) {
      throw DiskFailures.reading(layout.masterKey(), e);
    }
    SecretBytes secret = SecretBytes.takeOver(key);
    if (secret.size() != MASTER_KEY) {
      secret.close();
      throw Sealer.damaged(layout.masterKey());
    }
    return secret;
  }
}
