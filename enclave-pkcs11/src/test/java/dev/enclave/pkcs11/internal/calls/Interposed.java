package dev.enclave.pkcs11.internal.calls;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import dev.enclave.processes.SoftHsm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * A copy of SoftHSM's library, which is a library of its own to the process, some of whose
 * functions a test stands before. For 64 bits. Set it up before it is opened.
 */
final class Interposed {

  static final int FINALIZE = 1;
  static final int GET_SLOT_LIST = 4;
  static final int OPEN_SESSION = 12;
  static final int CLOSE_SESSION = 13;
  static final int LOGIN = 18;
  static final int DESTROY_OBJECT = 22;
  static final int GENERATE_RANDOM = 64;

  /**
   * For the life of the process: once a callback is collected its function does nothing and answers
   * CKR_OK, and the library may be called for longer than a test keeps this object.
   */
  private static final List<Callback> CALLBACKS = Collections.synchronizedList(new ArrayList<>());

  /** Takes as many arguments as registers, of which a function uses as many as it has. */
  interface Any extends Callback {
    long call(long a, long b, long c, long d, long e, long f);
  }

  private final Path file;
  private final NativeLibrary library;
  private final Pointer functions;

  private Interposed(Path file) {
    this.file = file;
    // RTLD_NOW and not RTLD_GLOBAL, or the copies would call each other's functions.
    library = NativeLibrary.getInstance(file.toString(), Map.of(Library.OPTION_OPEN_FLAGS, 2));
    PointerByReference list = new PointerByReference();
    library.getFunction("C_GetFunctionList").invokeInt(new Object[] {list});
    functions = list.getValue();
  }

  static Interposed in(Path folder) throws IOException {
    Path file = Files.createTempFile(folder, "library", ".so");
    Files.write(file, Files.readAllBytes(SoftHsm.library()));
    return new Interposed(file);
  }

  Path file() {
    return file;
  }

  /** Asks this, which may ask the function itself, in place of the function at that place. */
  Interposed at(int function, ToLongFunction<LongSupplier> instead) {
    long place = (1L + function) * Long.BYTES;
    Function real = Function.getFunction(functions.getPointer(place));
    Any callback =
        (a, b, c, d, e, f) ->
            instead.applyAsLong(() -> real.invokeLong(new Object[] {a, b, c, d, e, f}));
    CALLBACKS.add(callback);
    functions.setPointer(place, CallbackReference.getFunctionPointer(callback));
    return this;
  }

  /** Calls a function without arguments of its own, as another part of the process does. */
  long call(String function) {
    return library.getFunction(function).invokeLong(new Object[] {Pointer.NULL});
  }
}
