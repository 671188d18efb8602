package dev.enclave.cryptoki;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import dev.enclave.cryptoki.ModuleLoadException.Reason;
import dev.enclave.cryptoki.internal.texts.Texts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A library, and the functions of its CK_FUNCTION_LIST by their names. */
final class LoadedLibrary {

  /** RTLD_NOW, and RTLD_LOCAL: all PKCS#11 libraries have functions of the same names. */
  private static final int OPEN_FLAGS = Platform.isMac() ? 2 | 4 : 2;

  private static final int HEADER = 4096;

  /** The library may be unloaded when nothing refers to this any more. */
  @SuppressWarnings("unused")
  private final NativeLibrary library;

  private final Map<String, Function> functions = new HashMap<>();
  private final Layout layout;

  private LoadedLibrary(NativeLibrary library, Layout layout, Pointer list) {
    this.library = library;
    this.layout = layout;
    // Those of version 2.40, in order. Lists of later versions have more behind them.
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
    for (String name : names) {
      functions.put(name, Function.getFunction(new Pointer(in.pointer())));
    }
  }

  static LoadedLibrary load(Path file, Layout layout) throws ModuleLoadException {
    String path = file.toAbsolutePath().toString();
    if (!Files.exists(file)) {
      throw new ModuleLoadException(Reason.NO_FILE, Texts.NO_FILE.with(path));
    }
    NativeLibrary library;
    try {
      library =
          Platform.isWindows()
              ? NativeLibrary.getInstance(path)
              : NativeLibrary.getInstance(path, Map.of(Library.OPTION_OPEN_FLAGS, OPEN_FLAGS));
    } catch (UnsatisfiedLinkError e) {
      throw whyNot(file, path, String.valueOf(e.getMessage()));
    }
    try (Frame frame = new Frame(layout)) {
      Memory list = frame.allocate(layout.pointer());
      Function function = library.getFunction("C_GetFunctionList");
      long code = call(function, layout, List.of(list));
      if (code != Ck.CKR_OK || list.getPointer(0) == null) {
        String name = CryptokiException.nameOf(code);
        throw new ModuleLoadException(Reason.NO_FUNCTION_LIST, Texts.NO_FUNCTIONS.with(path, name));
      }
      return new LoadedLibrary(library, layout, list.getPointer(0));
    } catch (UnsatisfiedLinkError e) {
      library.close();
      throw new ModuleLoadException(Reason.NO_FUNCTION_LIST, Texts.NO_FUNCTION_LIST.with(path));
    }
  }

  private static ModuleLoadException whyNot(Path file, String path, String said) {
    Set<String> machines = Set.of();
    try (InputStream in = Files.newInputStream(file)) {
      machines = LibraryHeader.machines(in.readNBytes(HEADER));
    } catch (IOException e) {
      return new ModuleLoadException(Reason.NOT_LOADABLE, Texts.NOT_LOADABLE.with(path, said));
    }
    String jvm = LibraryHeader.ofThisJvm();
    if (machines.isEmpty()) {
      return new ModuleLoadException(Reason.NOT_A_LIBRARY, Texts.NOT_A_LIBRARY.with(path));
    } else if (machines.contains(jvm)) {
      return new ModuleLoadException(Reason.NOT_LOADABLE, Texts.NOT_LOADABLE.with(path, said));
    }
    return new ModuleLoadException(
        Reason.OTHER_MACHINE, Texts.OTHER_MACHINE.with(path, String.join(", ", machines), jvm));
  }

  /** Calls a function with what {@link Frame#arguments} gave, and returns its return value. */
  long call(String name, List<@Nullable Object> arguments) {
    return call(functions.get(name), layout, arguments);
  }

  private static long call(Function function, Layout layout, List<@Nullable Object> arguments) {
    return layout.ulong() == Long.BYTES
        ? function.invokeLong(arguments.toArray())
        : Integer.toUnsignedLong(function.invokeInt(arguments.toArray()));
  }
}
