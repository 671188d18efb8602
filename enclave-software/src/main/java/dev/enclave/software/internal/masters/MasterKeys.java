package dev.enclave.software.internal.masters;

import dev.enclave.Bytes;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.crypto.LocalKey;
import dev.enclave.crypto.PasswordKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.disk.DiskFailures;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.masters.StoreParameters.Protection;
import dev.enclave.software.internal.sealing.MasterKeyring;
import dev.enclave.software.internal.sealing.MasterSealer;
import dev.enclave.software.internal.sealing.SealHeader;
import dev.enclave.software.internal.texts.Texts;
import dev.enclave.software.store.SealingKeyPlace;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Takes a store's master keys out of {@code store.json} and puts them in: they are random, and
 * sealed under a protecting key that comes from a passphrase, or lies in a key file or another
 * place. Thread-safe.
 */
public final class MasterKeys {

  private static final int LENGTH = 32;
  private static final int ID_LENGTH = 8;
  private static final String PROTECTING = "protecting";

  private final SecureFiles files;
  private final StoreLayout layout;
  private final PassphraseCost cost;
  private final SecureRandom random;
  private final Optional<SealingKeyPlace> place;

  /**
   * @param place where protecting keys lie; none for a passphrase or a key file
   */
  public MasterKeys(
      SecureFiles files,
      StoreLayout layout,
      PassphraseCost cost,
      SecureRandom random,
      Optional<SealingKeyPlace> place) {
    this.files = files;
    this.layout = layout;
    this.cost = cost;
    this.random = random;
    this.place = place;
  }

  /** A protecting key and where it comes from. Closed by who asked for it. */
  public record Protector(StoreParameters parameters, MasterSealer sealer)
      implements AutoCloseable {
    @Override
    public void close() {
      sealer.close();
    }
  }

  /** An id no master key has. */
  public String newId() {
    return HexFormat.of().formatHex(randomBytes(ID_LENGTH));
  }

  /** A fresh master key. */
  public LocalKey newKey() {
    return LocalKey.generate(WrappingAlgorithm.AES_256_GCM, random);
  }

  public String newStoreId() {
    return HexFormat.of().formatHex(randomBytes(16));
  }

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /**
   * A new protecting key: in the place if there is one; else from a passphrase; without one from
   * the key file, made when missing.
   */
  public Protector newProtector(String storeId, Optional<SecretBytes> passphrase)
      throws BackendFailure {
    if (place.isPresent()) {
      return newProtector(storeId, place.get());
    }
    StoreParameters parameters =
        passphrase.isPresent()
            ? new StoreParameters(
                storeId,
                Protection.PASSPHRASE,
                Bytes.of(randomBytes(16)),
                cost.memoryKib(),
                cost.iterations(),
                cost.parallelism(),
                List.of(),
                Bytes.empty())
            : withoutPassphrase(storeId, Protection.KEY_FILE);
    if (passphrase.isEmpty()) {
      makeKeyFile();
    }
    return protector(parameters, passphrase);
  }

  private static StoreParameters withoutPassphrase(String storeId, Protection protection) {
    return new StoreParameters(
        storeId, protection, Bytes.empty(), 0, 0, 0, List.of(), Bytes.empty());
  }

  private Protector newProtector(String storeId, SealingKeyPlace where) throws BackendFailure {
    try (SecretBytes key = SecretBytes.takeOver(randomBytes(LENGTH))) {
      where.keep(storeId, key);
      return protector(withoutPassphrase(storeId, Protection.OS_STORE), key);
    }
  }

  // A crash may have come between the key file and the parameters; then the key file is good.
  private void makeKeyFile() throws BackendFailure {
    if (files.exists(layout.masterKey())) {
      return;
    }
    byte[] key = randomBytes(LENGTH);
    try {
      files.replace(layout.masterKey(), key);
      files.sync(layout.directory());
    } catch (IOException e) {
      throw DiskFailures.writing(layout.masterKey(), e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** The protecting key of an existing store, if {@code passphrase} is right. */
  public Protector protector(StoreParameters parameters, Optional<SecretBytes> passphrase)
      throws BackendFailure {
    try (SecretBytes key =
        switch (parameters.protection()) {
          case PASSPHRASE -> derive(parameters, passphrase.orElseThrow());
          case KEY_FILE -> readKeyFile();
          case OS_STORE -> readFromPlace(parameters.storeId());
        }) {
      return protector(parameters, key);
    }
  }

  private Protector protector(StoreParameters parameters, SecretBytes key) {
    LocalKey protecting = LocalKey.decode(WrappingAlgorithm.AES_256_GCM, key, random);
    return new Protector(
        parameters, new MasterSealer(new MasterKeyring(PROTECTING, protecting), random));
  }

  private SecretBytes readFromPlace(String storeId) throws BackendFailure {
    LostStore lost = new LostStore(files, layout, place.orElseThrow());
    SecretBytes key = place.get().find(storeId).orElseThrow(lost::sealingKeyGone);
    if (key.size() != LENGTH) {
      key.close();
      throw lost.sealingKeyChanged();
    }
    return key;
  }

  private SecretBytes derive(StoreParameters parameters, SecretBytes passphrase)
      throws BackendFailure {
    try {
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
      key = files.readUnshared(layout.masterKey(), LENGTH + 1);
    } catch (NoSuchFileException e) {
      throw Texts.KEY_FILE_MISSING
          .permanent(FailureCode.CORRUPT, layout.masterKey())
          .naming(layout.masterKey().toString());
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

  /** What {@code store.json} is to say for the master keys of {@code masters} named by id. */
  public StoreParameters seal(Protector protector, MasterKeyring masters, List<String> ids) {
    StoreParameters parameters = protector.parameters().withMasterKeys(ids);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(parameters.render());
    byte[] plain = new byte[content.size() + LENGTH * ids.size()];
    System.arraycopy(content.toByteArray(), 0, plain, 0, content.size());
    try {
      for (int i = 0; i < ids.size(); i++) {
        copy(masters.find(ids.get(i)).orElseThrow(), plain, content.size() + LENGTH * i);
      }
      return parameters.withSealed(
          Bytes.of(protector.sealer().seal(header(parameters.storeId()), plain)));
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  private static void copy(LocalKey key, byte[] target, int offset) {
    try (SecretBytes material = key.encode()) {
      byte[] exposed = material.exposeSecret();
      System.arraycopy(exposed, 0, target, offset, LENGTH);
      Arrays.fill(exposed, (byte) 0);
    }
  }

  /**
   * The master keys of a store.
   *
   * @return none when the protecting key is not the right one
   */
  public Optional<MasterKeyring> unseal(Protector protector, StoreParameters parameters) {
    byte[] plain;
    try {
      MasterSealer.Sealed sealed =
          MasterSealer.parse(parameters.sealed().toByteArray(), layout.parameters());
      if (!sealed.header().equals(header(parameters.storeId()))) {
        return Optional.empty();
      }
      plain = protector.sealer().unseal(sealed, layout.parameters());
    } catch (BackendFailure e) {
      return Optional.empty();
    }
    try {
      byte[] expected = parameters.withSealed(Bytes.empty()).render();
      List<String> ids = parameters.masterKeys();
      boolean whole =
          plain.length == expected.length + LENGTH * ids.size()
              && Arrays.equals(expected, Arrays.copyOf(plain, expected.length));
      return whole ? Optional.of(keyring(ids, plain, expected.length)) : Optional.empty();
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  private MasterKeyring keyring(List<String> ids, byte[] plain, int offset) {
    MasterKeyring masters = new MasterKeyring(ids.get(0), key(plain, offset));
    for (int i = 1; i < ids.size(); i++) {
      masters.add(ids.get(i), key(plain, offset + LENGTH * i));
    }
    return masters;
  }

  private LocalKey key(byte[] plain, int offset) {
    try (SecretBytes raw =
        SecretBytes.takeOver(Arrays.copyOfRange(plain, offset, offset + LENGTH))) {
      return LocalKey.decode(WrappingAlgorithm.AES_256_GCM, raw, random);
    }
  }

  private static SealHeader header(String storeId) {
    return new SealHeader(storeId);
  }
}
