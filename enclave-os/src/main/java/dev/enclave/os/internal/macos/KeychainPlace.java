package dev.enclave.os.internal.macos;

import dev.enclave.os.internal.Texts;
import dev.enclave.software.store.SealingKeyPlace;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import java.util.Optional;
import java.util.function.Supplier;

/** Sealing keys as generic passwords of the default keychain. Thread-safe. */
final class KeychainPlace implements SealingKeyPlace {

  private final Supplier<Keychain> keychain;

  /**
   * @param keychain loaded when it is first needed
   */
  KeychainPlace(Supplier<Keychain> keychain) {
    this.keychain = keychain;
  }

  @Override
  public String title() {
    return Texts.THE_KEYCHAIN.with();
  }

  @Override
  public String recovery() {
    return Texts.RECOVERY_OF_KEYCHAIN.with();
  }

  /** One piece of work with the keychain. */
  private interface Work<T> {
    T run(Keychain opened) throws OsStatusException;
  }

  private <T> T with(Work<T> work) throws BackendFailure {
    try {
      return work.run(keychain.get());
    } catch (OsStatusException e) {
      throw failure(e);
    } catch (LinkageError e) {
      throw Texts.NO_JNA_FOR_KEYCHAIN.permanent(
          FailureCode.MISCONFIGURED, e.getClass().getSimpleName());
    }
  }

  @Override
  public void keep(String storeId, SecretBytes key) throws BackendFailure {
    key.use(
        raw ->
            with(
                opened -> {
                  opened.add(storeId, raw);
                  return true;
                }));
  }

  @Override
  public Optional<SecretBytes> find(String storeId) throws BackendFailure {
    return with(opened -> opened.find(storeId)).map(SecretBytes::takeOver);
  }

  @Override
  public boolean has(String storeId) throws BackendFailure {
    return with(opened -> opened.has(storeId));
  }

  @Override
  public void remove(String storeId) throws BackendFailure {
    with(
        opened -> {
          opened.delete(storeId);
          return true;
        });
  }

  private static BackendFailure failure(OsStatusException e) {
    String name = " (" + OsStatusException.name(e.status()) + ").";
    return switch (e.status()) {
      case OsStatusException.INTERACTION_NOT_ALLOWED, OsStatusException.INTERACTION_REQUIRED ->
          Texts.KEYCHAIN_LOCKED.permanent(FailureCode.ACCESS_DENIED, name);
      case OsStatusException.USER_CANCELED, OsStatusException.AUTH_FAILED ->
          Texts.NOT_ALLOWED_TO_READ.permanent(FailureCode.ACCESS_DENIED, name);
      case OsStatusException.NO_DEFAULT_KEYCHAIN,
          OsStatusException.NO_SUCH_KEYCHAIN,
          OsStatusException.NOT_AVAILABLE ->
          Texts.NO_DEFAULT_KEYCHAIN.permanent(FailureCode.UNAVAILABLE, name);
      case OsStatusException.MISSING_ENTITLEMENT ->
          Texts.ENTITLEMENT_MISSING.permanent(FailureCode.REJECTED, name);
      default -> Texts.KEYCHAIN_REFUSED.permanent(FailureCode.REJECTED, name, e.status());
    };
  }
}
