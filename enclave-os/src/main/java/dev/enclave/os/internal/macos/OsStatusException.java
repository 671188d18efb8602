package dev.enclave.os.internal.macos;

import dev.enclave.os.internal.Texts;
import java.util.Map;

/** What Security.framework answered instead of {@code errSecSuccess}. */
final class OsStatusException extends Exception {

  private static final long serialVersionUID = 1L;

  // Security/SecBase.h
  static final int USER_CANCELED = -128;
  static final int NOT_AVAILABLE = -25291;
  static final int AUTH_FAILED = -25293;
  static final int NO_SUCH_KEYCHAIN = -25294;
  static final int DUPLICATE_ITEM = -25299;
  static final int ITEM_NOT_FOUND = -25300;
  static final int NO_DEFAULT_KEYCHAIN = -25307;
  static final int INTERACTION_NOT_ALLOWED = -25308;
  static final int INTERACTION_REQUIRED = -25315;
  static final int MISSING_ENTITLEMENT = -34018;

  private static final Map<Integer, String> NAMES =
      Map.of(
          USER_CANCELED, "errSecUserCanceled",
          NOT_AVAILABLE, "errSecNotAvailable",
          AUTH_FAILED, "errSecAuthFailed",
          NO_SUCH_KEYCHAIN, "errSecNoSuchKeychain",
          DUPLICATE_ITEM, "errSecDuplicateItem",
          ITEM_NOT_FOUND, "errSecItemNotFound",
          NO_DEFAULT_KEYCHAIN, "errSecNoDefaultKeychain",
          INTERACTION_NOT_ALLOWED, "errSecInteractionNotAllowed",
          INTERACTION_REQUIRED, "errSecInteractionRequired",
          MISSING_ENTITLEMENT, "errSecMissingEntitlement");

  private final int status;

  OsStatusException(int status) {
    super(name(status));
    this.status = status;
  }

  int status() {
    return status;
  }

  /** As the header calls it, or the number. */
  static String name(int status) {
    return NAMES.getOrDefault(status, Texts.OS_STATUS.with(status));
  }
}
