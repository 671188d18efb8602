package dev.enclave.os.internal.windows;

import dev.enclave.os.internal.Texts;
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
    return Texts.RECOVERY_OF_DPAPI.with();
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
    return Texts.DPAPI_DOES_NOT_OPEN.permanent(
        FailureCode.CORRUPT, keys.file(storeId), name(e), recovery());
  }

  private static BackendFailure refused(String verb, DpapiException e) {
    return Texts.DPAPI_REFUSED.permanent(FailureCode.REJECTED, verb, name(e));
  }

  private static String name(DpapiException e) {
    return switch (e.code()) {
      case DpapiException.INVALID_DATA -> "ERROR_INVALID_DATA";
      case DpapiException.BAD_KEY_STATE -> "NTE_BAD_KEY_STATE";
      default -> Texts.ERROR_NUMBER.with(String.format(Locale.ROOT, "%08X", e.code()));
    };
  }

  private BackendFailure unusable(String storeId, IOException e) {
    return Texts.FILE_NOT_USABLE.permanent(
        FailureCode.UNAVAILABLE, keys.file(storeId), e.getClass().getSimpleName());
  }

  private static BackendFailure noBinding(LinkageError e) {
    return Texts.NO_JNA_FOR_DPAPI.permanent(
        FailureCode.MISCONFIGURED, e.getClass().getSimpleName());
  }
}
