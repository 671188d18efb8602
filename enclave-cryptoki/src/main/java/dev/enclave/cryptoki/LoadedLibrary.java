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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A library, and the functions of its CK_FUNCTION_LIST. */
final class LoadedLibrary {

  /** The library may be unloaded when nothing refers to this any more. */
  @SuppressWarnings("unused")
  private final NativeLibrary library;

  private final Map<String, Function> functions = new HashMap<>();

  private LoadedLibrary(NativeLibrary library, Pointer list) {
    this.library = library;
    // By their places in the list of version 2.40, with which later ones begin.
    String table =
        """
        0 C_Initialize 1 C_Finalize 2 C_GetInfo 4 C_GetSlotList 5 C_GetSlotInfo 6 C_GetTokenInfo
        7 C_GetMechanismList 8 C_GetMechanismInfo 12 C_OpenSession 13 C_CloseSession 18 C_Login
        20 C_CreateObject 22 C_DestroyObject 24 C_GetAttributeValue
        25 C_SetAttributeValue 26 C_FindObjectsInit 27 C_FindObjects 28 C_FindObjectsFinal
        29 C_EncryptInit 30 C_Encrypt 33 C_DecryptInit 34 C_Decrypt 42 C_SignInit 43 C_Sign
        58 C_GenerateKey 59 C_GenerateKeyPair 61 C_UnwrapKey 64 C_GenerateRandom
        """;
    String[] words = table.split("\\s+", 0);
    for (int i = 0; i < words.length; i += 2) {
      Pointer at = list.getPointer(Layout.HERE.functionAt(Integer.parseInt(words[i])));
      if (at != null) {
        functions.put(words[i + 1], Function.getFunction(at));
      }
    }
  }

  static LoadedLibrary load(Path file) throws ModuleLoadException {
    String path = file.toAbsolutePath().toString();
    if (!Files.exists(file)) {
      throw new ModuleLoadException(Reason.NO_FILE, Texts.NO_FILE.with(path));
    }
    // RTLD_NOW and RTLD_LOCAL: all PKCS#11 libraries have functions of the same names.
    Map<String, ?> flags = Map.of(Library.OPTION_OPEN_FLAGS, Platform.isMac() ? 2 | 4 : 2);
    NativeLibrary library;
    try {
      library = NativeLibrary.getInstance(path, Platform.isWindows() ? Map.of() : flags);
    } catch (UnsatisfiedLinkError e) {
      throw whyNot(file, path, String.valueOf(e.getMessage()));
    }
    try (Frame frame = new Frame()) {
      Memory list = frame.allocate(Layout.HERE.pointer());
      long code = call(library.getFunction("C_GetFunctionList"), list);
      if (code == Ck.CKR_OK && list.getPointer(0) != null) {
        return new LoadedLibrary(library, list.getPointer(0));
      }
      String name = CryptokiException.nameOf(code);
      throw new ModuleLoadException(Reason.NO_FUNCTION_LIST, Texts.NO_FUNCTIONS.with(path, name));
    } catch (UnsatisfiedLinkError e) {
      library.close();
      throw new ModuleLoadException(Reason.NO_FUNCTION_LIST, Texts.NO_FUNCTION_LIST.with(path));
    }
  }

  private static ModuleLoadException whyNot(Path file, String path, String said) {
    String format = Platform.isWindows() ? "PE" : Platform.isMac() ? "Mach-O" : "ELF";
    String jvm = Texts.MACHINE.with(format, Platform.ARCH);
    Set<String> machines = Set.of(jvm);
    try (InputStream in = Files.newInputStream(file)) {
      machines = machines(in.readNBytes(4096));
    } catch (IOException e) {
      // Then the file may not be read, and the system says why.
    }
    if (machines.contains(jvm)) {
      return new ModuleLoadException(Reason.NOT_LOADABLE, Texts.NOT_LOADABLE.with(path, said));
    }
    String others = String.join(", ", machines);
    return others.isEmpty()
        ? new ModuleLoadException(Reason.NOT_A_LIBRARY, Texts.NOT_A_LIBRARY.with(path))
        : new ModuleLoadException(
            Reason.OTHER_MACHINE, Texts.OTHER_MACHINE.with(path, others, jvm));
  }

  /** Such as "ELF x86-64", several of a universal binary, or none if a file begins otherwise. */
  static Set<String> machines(byte[] start) {
    ByteBuffer in = ByteBuffer.wrap(start);
    Set<String> all = new TreeSet<>();
    try {
      int magic = in.getInt(0);
      // A class file of Java begins alike, with its version where the count is: 45 and more.
      for (int i = 0; magic == 0xcafebabe && i < in.getInt(4) && in.getInt(4) < 45; i++) {
        all.add(machine("Mach-O", in.getInt(8 + 20 * i)));
      }
      boolean isBig = magic == 0x7f454c46 && in.get(5) == 2;
      in.order(isBig ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      if (magic == 0x7f454c46) {
        all.add(machine("ELF", in.getShort(18) & 0xffff));
      } else if (magic == 0xcffaedfe) {
        all.add(machine("Mach-O", in.getInt(4)));
      } else if (magic >>> 16 == 0x4d5a && in.getInt(in.getInt(0x3c)) == 0x4550) {
        all.add(machine("PE", in.getShort(in.getInt(0x3c) + 4) & 0xffff));
      }
      return all;
    } catch (IndexOutOfBoundsException e) {
      return Set.of();
    }
  }

  /** The name that JNA has for a number of ELF, Mach-O or PE, which do not overlap. */
  private static String machine(String format, int number) {
    String table =
        "3 x86 15 ppc64le 16 s390x 28 arm 3e x86-64 b7 aarch64 f3 riscv64 102 loongarch64"
            + " 1000007 x86-64 100000c aarch64 8664 x86-64 aa64 aarch64";
    return Texts.MACHINE.with(format, named(table, number, "0x" + Integer.toHexString(number)));
  }

  /** The name behind a number in hexadecimal. */
  static String named(String table, long number, String otherwise) {
    List<String> words = List.of(table.split("\\s+", 0));
    int at = words.indexOf(Long.toHexString(number));
    return at < 0 ? otherwise : words.get(at + 1);
  }

  /** Calls a function with what {@link Frame#arguments} makes of these; gives its return value. */
  long call(String function, @Nullable Object... values) {
    Function found = functions.get(function);
    return found == null ? Ck.CKR_FUNCTION_NOT_SUPPORTED : call(found, values);
  }

  private static long call(Function function, @Nullable Object... values) {
    try (Frame frame = new Frame()) {
      @Nullable Object[] arguments = frame.arguments(values).toArray();
      return Layout.HERE.ulong() == Long.BYTES
          ? function.invokeLong(arguments)
          : Integer.toUnsignedLong(function.invokeInt(arguments));
    }
  }
}
