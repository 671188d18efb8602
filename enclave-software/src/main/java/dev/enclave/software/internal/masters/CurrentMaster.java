package dev.enclave.software.internal.masters;

import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.disk.DiskFailures;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.masters.StoreParameters.Protection;
import dev.enclave.software.internal.sealing.MasterKeyring;
import dev.enclave.software.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.io.IOException;

/**
 * Sees to it that no file is sealed under a master key that a reseal, perhaps of another process,
 * is about to drop. Thread-safe.
 */
public final class CurrentMaster {

  private final SecureFiles files;
  private final StoreLayout layout;
  private final MasterKeyring masters;
  private final String storeId;
  // The one whose name in store.json is durable; a file sealed under another could be lost with it.
  private volatile String durable = "";
  private volatile Protection protection;

  /**
   * The master key of an open store.
   *
   * @param opened what {@code store.json} says
   */
  public CurrentMaster(
      SecureFiles files, StoreLayout layout, MasterKeyring masters, StoreParameters opened) {
    this.files = files;
    this.layout = layout;
    this.masters = masters;
    this.storeId = opened.storeId();
    this.protection = opened.protection();
  }

  /** Whether the key to the keys lies beside them, as {@code store.json} was last read. */
  public boolean liesBeside() {
    return protection == Protection.KEY_FILE;
  }

  /**
   * The id of the master key that files are sealed under now. To be called under the lock of the
   * key whose file is written: who reseals waits for those locks.
   *
   * @throws BackendFailure MISCONFIGURED when this process does not know that master key
   */
  public String require() throws BackendFailure {
    String current = parameters().current();
    if (masters.find(current).isEmpty()) {
      throw resealedElsewhere();
    }
    if (!current.equals(durable)) {
      try {
        files.syncWithParent(layout.directory());
      } catch (IOException e) {
        throw DiskFailures.writing(layout.directory(), e);
      }
      durable = current;
    }
    return current;
  }

  /** What {@code store.json} says now. */
  public StoreParameters parameters() throws BackendFailure {
    StoreParameters parameters =
        StoreParameters.find(files, layout).orElseThrow(() -> replaced(Texts.IS_MISSING.with()));
    if (!parameters.storeId().equals(storeId)) {
      throw replaced(Texts.IS_ANOTHER_STORES.with());
    }
    protection = parameters.protection();
    return parameters;
  }

  private BackendFailure replaced(String what) {
    return Texts.PARAMETERS_REPLACED.permanent(FailureCode.CORRUPT, layout.parameters(), what);
  }

  /** Whether a master key this process does not know is one of the store's. */
  public boolean isResealedElsewhere(String master) {
    try {
      return masters.find(master).isEmpty() && parameters().masterKeys().contains(master);
    } catch (BackendFailure e) {
      return false;
    }
  }

  public BackendFailure resealedElsewhere() {
    return Texts.RESEALED_ELSEWHERE.permanent(FailureCode.MISCONFIGURED, layout.directory());
  }
}
