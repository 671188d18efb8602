package dev.enclave.software.internal;

import dev.enclave.Bytes;
import dev.enclave.EnclaveException;
import dev.enclave.KeyAlgorithm;
import dev.enclave.crypto.LocalKey;
import dev.enclave.crypto.PasswordKey;
import dev.enclave.software.internal.StoreParameters.Protection;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/** Where a store's master key comes from: a passphrase, or a key file beside the keys. */
final class MasterKeys {

  private static final int LENGTH = 32;

  private final SecureFiles files;
  private final StoreLayout layout;
  private final SoftwareSettings settings;
  private final SecureRandom random;

  MasterKeys(
      SecureFiles files, StoreLayout layout, SoftwareSettings settings, SecureRandom random) {
    this.files = files;
    this.layout = layout;
    this.settings = settings;
    this.random = random;
  }

  /** A store whose master key is at hand. */
  record Unlocked(StoreParameters parameters, Sealer sealer) {}

  /** The master key of an existing store, confirmed by its check value. */
  Unlocked unlock(StoreParameters parameters) throws BackendFailure {
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

  /** A master key for a new store; the caller writes the parameters. */
  Unlocked make() throws BackendFailure, IOException {
    StoreParameters parameters = newParameters();
    if (parameters.protection() == Protection.KEY_FILE) {
      makeKeyFile();
    }
    Sealer sealer = sealer(parameters);
    byte[] check = sealer.seal(header(parameters), parameters.render());
    return new Unlocked(parameters.withCheck(Bytes.of(check)), sealer);
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
    random.nextBytes(bytes);
    return bytes;
  }

  // A crash may have come between the key file and the parameters; then the key file is good.
  private void makeKeyFile() throws IOException {
    if (files.exists(layout.masterKey())) {
      return;
    }
    byte[] key = randomBytes(LENGTH);
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
      throw StoreParameters.damaged(layout.parameters());
    }
  }

  private SecretBytes readKeyFile() throws BackendFailure {
    byte[] key;
    try {
      key = files.read(layout.masterKey(), LENGTH + 1);
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
    if (secret.size() != LENGTH) {
      secret.close();
      throw StoreParameters.damaged(layout.masterKey());
    }
    return secret;
  }
}
