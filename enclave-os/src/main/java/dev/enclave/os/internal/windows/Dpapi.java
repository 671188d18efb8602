package dev.enclave.os.internal.windows;

import com.sun.jna.platform.win32.Crypt32Util;
import com.sun.jna.platform.win32.Win32Exception;
import com.sun.jna.platform.win32.WinCrypt;

/**
 * CryptProtectData and CryptUnprotectData for the current user, never for the whole machine, and
 * without a window. Thread-safe.
 */
final class Dpapi {

  private Dpapi() {}

  /** A blob that only the same user of the same machine or domain opens, with the same entropy. */
  static byte[] protect(byte[] secret, byte[] entropy, String description) throws DpapiException {
    try {
      return Crypt32Util.cryptProtectData(
          secret, entropy, WinCrypt.CRYPTPROTECT_UI_FORBIDDEN, description, null);
    } catch (Win32Exception e) {
      throw new DpapiException(code(e));
    }
  }

  /** The secret; the caller overwrites it. */
  static byte[] unprotect(byte[] blob, byte[] entropy) throws DpapiException {
    try {
      return Crypt32Util.cryptUnprotectData(
          blob, entropy, WinCrypt.CRYPTPROTECT_UI_FORBIDDEN, null);
    } catch (Win32Exception e) {
      throw new DpapiException(code(e));
    }
  }

  /** As GetLastError had it: jna-platform makes an HRESULT of it, 0x8007 and the code. */
  private static int code(Win32Exception e) {
    int result = e.getHR().intValue();
    return (result & 0xFFFF0000) == 0x80070000 ? result & 0xFFFF : result;
  }
}
