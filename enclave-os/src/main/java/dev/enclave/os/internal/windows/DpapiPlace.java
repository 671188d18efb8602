package dev.enclave.os.internal.windows;

import dev.enclave.software.store.SealingKeyPlace;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Sealing keys as DPAPI protects them for the current user. Thread-safe. */
final class DpapiPlace implements SealingKeyPlace {

  private final DpapiKeys keys;

  DpapiPlace(DpapiKeys keys) {
    this.keys = keys;
  }

  @Override
  public String title() {
    return "DPAPI";
  }

  @Override
  public String recovery() {
    return "Put %LOCALAPPDATA%\\Enclave\\sealing-keys back from a copy, as the same user of the"
        + " same machine; a password that an administrator reset makes DPAPI forget, until"
        + " the old one is set again.";
  }

  @Override
  public void keep(String storeId, SecretBytes key) throws BackendFailure {
    byte[] raw = key.exposeSecret();
    try {
      keys.keep(storeId, raw);
    } catch (IOException e) {
      throw unusable(storeId, e);
    } catch (DpapiException e) {
      throw refused("protect", e);
    } catch (LinkageError e) {
      throw noBinding(e);
    } finally {
      Arrays.fill(raw, (byte) 0);
    }
  }

  /** DPAPI asks nobody: it is unlocked by the user's login. */
  @Override
  public Optional<SecretBytes> find(String storeId) throws BackendFailure {
    try {
      return keys.find(storeId).map(SecretBytes::takeOver);
    } catch (IOException e) {
      throw unusable(storeId, e);
    } catch (DpapiException e) {
      throw e.code() == DpapiException.INVALID_DATA || e.code() == DpapiException.BAD_KEY_STATE
          ? changed(storeId, e)
          : refused("unprotect", e);
    } catch (LinkageError e) {
      throw noBinding(e);
    }
  }

  @Override
  public boolean has(String storeId) throws BackendFailure {
    Optional<SecretBytes> key = find(storeId);
    key.ifPresent(SecretBytes::close);
    return key.isPresent();
  }

  @Override
  public void remove(String storeId) throws BackendFailure {
    try {
      keys.remove(storeId);
    } catch (IOException e) {
      throw unusable(storeId, e);
    }
  }

  private BackendFailure changed(String storeId, DpapiException e) {
    return BackendFailure.permanent(
        FailureCode.CORRUPT,
        "DPAPI does not open "
            + keys.file(storeId)
            + " ("
            + name(e)
            + "): the file was changed, or it is another user's or machine's.",
        recovery()
            + " If that is not possible, begin anew with: enclave keys reinitialise; and restore"
            + " keys from their backups with: enclave keys restore.");
  }

  private static BackendFailure refused(String verb, DpapiException e) {
    return BackendFailure.permanent(
        FailureCode.REJECTED,
        "DPAPI refused to " + verb + " the sealing key (" + name(e) + ").",
        "Run as a user whose profile is loaded, not as a service without one.");
  }

  private static String name(DpapiException e) {
    return switch (e.code()) {
      case DpapiException.INVALID_DATA -> "ERROR_INVALID_DATA";
      case DpapiException.BAD_KEY_STATE -> "NTE_BAD_KEY_STATE";
      default -> String.format(Locale.ROOT, "error 0x%08X", e.code());
    };
  }

  private BackendFailure unusable(String storeId, IOException e) {
    return BackendFailure.permanent(
        FailureCode.UNAVAILABLE,
        keys.file(storeId) + " cannot be read or written (" + e.getClass().getSimpleName() + ").",
        "Check the disk, and that this user may use the folder.");
  }

  private static BackendFailure noBinding(LinkageError e) {
    return BackendFailure.permanent(
        FailureCode.MISCONFIGURED,
        "JNA, by which DPAPI is called, cannot be loaded (" + e.getClass().getSimpleName() + ").",
        "Add what dev.enclave:enclave-os depends on, and let java.io.tmpdir be a folder"
            + " that programs may run in.");
  }
}
