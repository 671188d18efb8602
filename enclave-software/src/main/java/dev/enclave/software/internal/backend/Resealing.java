package dev.enclave.software.internal.backend;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.directory.StoreLock;
import dev.enclave.software.internal.disk.DiskFailures;
import dev.enclave.software.internal.disk.Leftovers;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.masters.MasterKeys;
import dev.enclave.software.internal.masters.MasterKeys.Protector;
import dev.enclave.software.internal.masters.StoreParameters;
import dev.enclave.software.internal.masters.StoreParameters.Protection;
import dev.enclave.software.internal.records.FileStore;
import dev.enclave.software.internal.records.MasterKek;
import dev.enclave.software.internal.sealing.MasterKeyring;
import dev.enclave.software.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Seals a store anew: under a fresh master key, which is sealed under a new passphrase.
 *
 * <p>First {@code store.json} gets the new master key beside the old, both under the new
 * passphrase; then every key's record is sealed under the new one, and what a write left that was
 * cut short is cleared; then the old one is dropped. Whatever is cut short leaves a store that
 * opens, and that a repetition completes; what fails after the first of these steps is AMBIGUOUS.
 * Thread-safe.
 */
final class Resealing {

  /** How many keys that cannot be read a message names. */
  private static final int NAMED = 5;

  private final SecureFiles files;
  private final StoreLayout layout;
  private final StoreLock locks;
  private final FileStore records;
  private final MasterKek kek;
  private final MasterKeys masterKeys;
  private final EnvironmentType environment;

  Resealing(
      SecureFiles files,
      StoreLayout layout,
      StoreLock locks,
      FileStore records,
      MasterKek kek,
      MasterKeys masterKeys,
      EnvironmentType environment) {
    this.files = files;
    this.layout = layout;
    this.locks = locks;
    this.records = records;
    this.kek = kek;
    this.masterKeys = masterKeys;
    this.environment = environment;
  }

  /** Seals one key anew. */
  interface Keys {
    void reseal(KeyName name) throws BackendFailure;
  }

  /**
   * @param passphrase the new one; none for a key file, which only LOCAL allows
   */
  void reseal(Optional<SecretBytes> passphrase, Keys keys, CallContext call) throws BackendFailure {
    if (passphrase.isEmpty() && environment != EnvironmentType.LOCAL) {
      throw Texts.PASSPHRASE_NEEDED.permanent(FailureCode.REFUSED, environment);
    }
    if (passphrase.isPresent() && !SoftwareSettings.isFit(passphrase.get())) {
      throw Texts.NEW_PASSPHRASE_TOO_LONG.permanent(FailureCode.REJECTED, passphrase.get().size());
    }
    locks.holdingStore(call.deadline(), () -> underLock(passphrase, keys, call));
  }

  private boolean underLock(Optional<SecretBytes> passphrase, Keys keys, CallContext call)
      throws BackendFailure {
    kek.current().require();
    StoreParameters before = kek.current().parameters();
    for (String id : before.masterKeys()) {
      if (kek.masters().find(id).isEmpty()) {
        throw kek.current().resealedElsewhere();
      }
    }
    new Leftovers(files).clear(layout.directory());
    try (Protector protector = masterKeys.newProtector(before.storeId(), passphrase)) {
      String target = target(before, passphrase);
      begin(protector, before, target);
      return BackendFailure.afterChange(
          Texts.OPENS_WITH_NEW_PASSPHRASE.with(layout.directory()),
          () -> completed(protector, target, keys, call));
    }
  }

  private boolean completed(Protector protector, String target, Keys keys, CallContext call)
      throws BackendFailure {
    kek.current().require();
    if (protector.parameters().protection() == Protection.PASSPHRASE) {
      deleteKeyFile(files, layout);
    }
    locks.awaitHolders(call.deadline());
    resealKeys(keys, call);
    // This process keeps the old one in memory: a thread may just be reading what it sealed.
    write(masterKeys.seal(protector, kek.masters(), List.of(target)));
    return true;
  }

  /**
   * A fresh master key; or that of an unfinished reseal with the same passphrase, so that a store
   * too large for one attempt gets done at last.
   */
  private String target(StoreParameters before, Optional<SecretBytes> passphrase)
      throws BackendFailure {
    boolean sameKind = (before.protection() == Protection.PASSPHRASE) == passphrase.isPresent();
    if (before.resealUnfinished() && sameKind) {
      try (Protector protector = masterKeys.protector(before, passphrase)) {
        Optional<MasterKeyring> same = masterKeys.unseal(protector, before);
        same.ifPresent(MasterKeyring::close);
        if (same.isPresent()) {
          return before.current();
        }
      }
    }
    String fresh = masterKeys.newId();
    kek.masters().add(fresh, masterKeys.newKey());
    return fresh;
  }

  /** From here on the store opens under the new passphrase alone. */
  private void begin(Protector protector, StoreParameters before, String target)
      throws BackendFailure {
    List<String> ids = new ArrayList<>(List.of(target));
    before.masterKeys().stream().filter(id -> !id.equals(target)).forEach(ids::add);
    boolean written = false;
    try {
      write(masterKeys.seal(protector, kek.masters(), ids));
      written = true;
    } finally {
      if (!written && !kek.current().parameters().masterKeys().contains(target)) {
        kek.masters().forget(target);
      }
    }
  }

  /** Removes the key file of a store that has a passphrase now, and durably so. */
  static void deleteKeyFile(SecureFiles files, StoreLayout layout) throws BackendFailure {
    try {
      files.sync(layout.directory());
      if (files.delete(layout.masterKey())) {
        files.sync(layout.directory());
      }
    } catch (IOException e) {
      throw DiskFailures.writing(layout.masterKey(), e);
    }
  }

  private void write(StoreParameters parameters) throws BackendFailure {
    try {
      files.replace(layout.parameters(), parameters.render());
    } catch (IOException e) {
      throw DiskFailures.writing(layout.parameters(), e);
    }
    try {
      files.sync(layout.directory());
    } catch (IOException e) {
      throw DiskFailures.syncing(layout.directory(), e);
    }
  }

  /** All of them; one that cannot be read does not keep the others, but the old master key. */
  private void resealKeys(Keys keys, CallContext call) throws BackendFailure {
    Map<KeyName, BackendFailure> unread = new TreeMap<>();
    // Also where a write was cut short: what it left lies under the old master key.
    for (KeyName name : records.folders()) {
      try {
        if (records.tidy(name, call)) {
          keys.reseal(name);
        }
      } catch (BackendFailure e) {
        if (e.failureClass() != FailureClass.PERMANENT) {
          throw e;
        }
        unread.put(name, e);
      }
    }
    if (!unread.isEmpty()) {
      BackendFailure first = unread.values().iterator().next();
      throw Texts.NOT_ALL_RESEALED
          .permanent(
              FailureCode.CORRUPT,
              unread.size(),
              unread.keySet().stream()
                  .limit(NAMED)
                  .map(KeyName::value)
                  .collect(Collectors.joining(", ")),
              unread.size() > NAMED ? Texts.AND_OTHERS.with() : "",
              first.getMessage())
          .naming(first.names());
    }
  }
}
