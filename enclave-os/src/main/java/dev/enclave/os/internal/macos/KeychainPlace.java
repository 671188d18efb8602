package dev.enclave.os.internal.macos;

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
    return "the keychain";
  }

  @Override
  public String recovery() {
    return "If the login keychain was reset, put its file in ~/Library/Keychains back from a copy,"
        + " under the password it had then.";
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
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "JNA, by which the keychain is called, cannot be loaded ("
              + e.getClass().getSimpleName()
              + ").",
          "Add what dev.enclave:enclave-os depends on, and let java.io.tmpdir be a folder"
              + " that programs may run in.");
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
          BackendFailure.permanent(
              FailureCode.ACCESS_DENIED,
              "The keychain is locked, and nobody can be asked here" + name,
              "Log in to the desktop; over SSH unlock it first: security unlock-keychain.");
      case OsStatusException.USER_CANCELED, OsStatusException.AUTH_FAILED ->
          BackendFailure.permanent(
              FailureCode.ACCESS_DENIED,
              "The user, or the item's access list, did not allow this program to read the sealing"
                  + " key"
                  + name,
              "Start again and choose Allow. After a change of JDK macOS asks anew, since"
                  + " the list names the java program.");
      case OsStatusException.NO_DEFAULT_KEYCHAIN,
          OsStatusException.NO_SUCH_KEYCHAIN,
          OsStatusException.NOT_AVAILABLE ->
          BackendFailure.permanent(
              FailureCode.UNAVAILABLE,
              "This user has no default keychain" + name,
              "Log in to the desktop once, or choose one in Keychain Access; a daemon"
                  + " without a user's session has none.");
      case OsStatusException.MISSING_ENTITLEMENT ->
          BackendFailure.permanent(
              FailureCode.REJECTED,
              "macOS wants an entitlement that a plain java has not" + name,
              "Run without a sandbox.");
      default ->
          BackendFailure.permanent(
              FailureCode.REJECTED,
              "The keychain refused" + name,
              "See what it means: security error " + e.status() + ".");
    };
  }
}
