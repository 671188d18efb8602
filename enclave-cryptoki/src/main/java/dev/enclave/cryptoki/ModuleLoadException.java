package dev.enclave.cryptoki;

/** A file could not be loaded as a PKCS#11 library. Nothing of the library has run. */
public final class ModuleLoadException extends Exception {

  private static final long serialVersionUID = 1L;

  /** What kept the file from being loaded. */
  public enum Reason {
    /** There is no such file. */
    NO_FILE,
    /** The file is not a shared library: neither ELF nor Mach-O nor PE. */
    NOT_A_LIBRARY,
    /** The library is for another operating system or processor. */
    OTHER_MACHINE,
    /** The library is for this machine and the system does not load it. */
    NOT_LOADABLE,
    /** The library has no C_GetFunctionList, or this function returned no list. */
    NO_FUNCTION_LIST,
    /** JNA's own library cannot be loaded. */
    NO_JNA
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
