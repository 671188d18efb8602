package dev.enclave.cryptoki;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import dev.enclave.cryptoki.ModuleLoadException.Reason;
import dev.enclave.cryptoki.internal.texts.Texts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A library, and the functions of its CK_FUNCTION_LIST by their names. */
final class LoadedLibrary {

  /** RTLD_NOW, and RTLD_LOCAL: all PKCS#11 libraries have functions of the same names. */
  private static final int OPEN_FLAGS = Platform.isMac() ? 2 | 4 : 2;

  /** The system may unload the library when nothing refers to this any more. */
  private final NativeLibrary library;

  private final Map<String, Function> functions;
  private final Layout layout;

  private LoadedLibrary(NativeLibrary library, Map<String, Function> functions, Layout layout) {
    this.library = library;
    this.functions = functions;
    this.layout = layout;
  }

  static LoadedLibrary load(Path file, Layout layout) throws ModuleLoadException {
    String name = file.toAbsolutePath().toString();
    if (!Files.exists(file)) {
      throw new ModuleLoadException(Reason.NO_FILE, Texts.NO_FILE.with(name));
    }
    NativeLibrary library;
    try {
      library =
          Platform.isWindows()
              ? NativeLibrary.getInstance(name)
              : NativeLibrary.getInstance(name, Map.of(Library.OPTION_OPEN_FLAGS, OPEN_FLAGS));
    } catch (UnsatisfiedLinkError e) {
      throw whyNot(file, name, e);
    }
    try (Frame frame = new Frame(layout)) {
      Memory list = frame.allocate(layout.pointer());
      long code = call(library.getFunction("C_GetFunctionList"), layout, list);
      Pointer found = list.getPointer(0);
      if (code == Ck.CKR_OK && found != null) {
        return new LoadedLibrary(library, functions(found, layout), layout);
      }
      throw new ModuleLoadException(
          Reason.NO_FUNCTION_LIST, Texts.NO_FUNCTIONS.with(name, CryptokiException.nameOf(code)));
    } catch (UnsatisfiedLinkError e) {
      library.close();
      throw new ModuleLoadException(Reason.NO_FUNCTION_LIST, Texts.NO_FUNCTION_LIST.with(name));
    }
  }

  private static ModuleLoadException whyNot(Path file, String name, UnsatisfiedLinkError error) {
    Set<String> machines = LibraryHeader.machines(file);
    String jvm = LibraryHeader.ofThisJvm();
    if (machines.isEmpty()) {
      return new ModuleLoadException(Reason.NOT_A_LIBRARY, Texts.NOT_A_LIBRARY.with(name));
    } else if (!machines.contains(jvm)) {
      return new ModuleLoadException(
          Reason.OTHER_MACHINE, Texts.OTHER_MACHINE.with(name, String.join(", ", machines), jvm));
    }
    return new ModuleLoadException(
        Reason.NOT_LOADABLE, Texts.NOT_LOADABLE.with(name, String.valueOf(error.getMessage())));
  }

  /** Lists of later versions have more, behind those of 2.40. */
  private static Map<String, Function> functions(Pointer list, Layout layout) {
    String table =
        """
        C_Initialize C_Finalize C_GetInfo C_GetFunctionList C_GetSlotList C_GetSlotInfo
        C_GetTokenInfo C_GetMechanismList C_GetMechanismInfo C_InitToken C_InitPIN C_SetPIN
        C_OpenSession C_CloseSession C_CloseAllSessions C_GetSessionInfo C_GetOperationState
        C_SetOperationState C_Login C_Logout C_CreateObject C_CopyObject C_DestroyObject
        C_GetObjectSize C_GetAttributeValue C_SetAttributeValue C_FindObjectsInit C_FindObjects
        C_FindObjectsFinal C_EncryptInit C_Encrypt C_EncryptUpdate C_EncryptFinal C_DecryptInit
        C_Decrypt C_DecryptUpdate C_DecryptFinal C_DigestInit C_Digest C_DigestUpdate C_DigestKey
        C_DigestFinal C_SignInit C_Sign C_SignUpdate C_SignFinal C_SignRecoverInit C_SignRecover
        C_VerifyInit C_Verify C_VerifyUpdate C_VerifyFinal C_VerifyRecoverInit C_VerifyRecover
        C_DigestEncryptUpdate C_DecryptDigestUpdate C_SignEncryptUpdate C_DecryptVerifyUpdate
        C_GenerateKey C_GenerateKeyPair C_WrapKey C_UnwrapKey C_DeriveKey C_SeedRandom
        C_GenerateRandom C_GetFunctionStatus C_CancelFunction C_WaitForSlotEvent
        """;
    String[] names = table.split("\\s+");
    Layout.Reader in = layout.reader(list.getByteArray(0, (names.length + 1) * layout.pointer()));
    in.version();
    Map<String, Function> functions = new HashMap<>();
    for (String name : names) {
      long address = in.pointer();
      if (address != 0) {
        functions.put(name, Function.getFunction(new Pointer(address)));
      }
    }
    return functions;
  }

  /** Calls a function with what {@link Frame#arguments} gave, and returns its return value. */
  long call(String name, @Nullable Object... arguments) {
    Function function = functions.get(name);
    return function == null ? Ck.CKR_FUNCTION_NOT_SUPPORTED : call(function, layout, arguments);
  }

  private static long call(Function function, Layout layout, @Nullable Object... arguments) {
    return layout.ulong() == Long.BYTES
        ? function.invokeLong(arguments)
        : Integer.toUnsignedLong(function.invokeInt(arguments));
  }

  @Override
  public String toString() {
    return library.getName();
  }
}
