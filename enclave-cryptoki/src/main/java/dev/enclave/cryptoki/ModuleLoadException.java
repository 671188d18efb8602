package dev.enclave.cryptoki;

/** A file could not be loaded as a PKCS#11 library. Nothing of the library has run. */
public final class ModuleLoadException extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * What kept the file from being loaded: it is not there, is neither ELF nor Mach-O nor PE, is for
   * another operating system or processor, is for this one and the system does not load it, or has
   * no C_GetFunctionList that gives a list.
   */
  public enum Reason {
    NO_FILE,
    NOT_A_LIBRARY,
    OTHER_MACHINE,
    NOT_LOADABLE,
    NO_FUNCTION_LIST
  }

  private final Reason reason;

  ModuleLoadException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Returns what kept the file from being loaded. */
  public Reason reason() {
    return reason;
  }
}
