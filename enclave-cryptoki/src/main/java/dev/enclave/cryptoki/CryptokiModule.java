package dev.enclave.cryptoki;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.enclave.cryptoki.ModuleLoadException.Reason;
import dev.enclave.cryptoki.internal.texts.Texts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A PKCS#11 library that is loaded and initialised. Thread-safe; the library is told to lock by the
 * operating system (CKF_OS_LOCKING_OK).
 *
 * <p>Cryptoki is initialised once a process, by whoever comes first: another part of the process
 * may have done it. What this object has not initialised it does not finalise.
 */
public final class CryptokiModule implements AutoCloseable {

  private static final long CKF_OS_LOCKING_OK = 2;

  /** Longer than any structure that a library fills. */
  private static final int LONGEST_INFO = 256;

  final Layout layout;
  private final LoadedLibrary library;

  /** Shared by calls, and exclusive for what no call may run beside. */
  private final ReadWriteLock running = new ReentrantReadWriteLock();

  private boolean isOpen = true;
  private boolean isInitializedHere;
  private boolean isToBeFinalized;
  private volatile long generation;

  private CryptokiModule(LoadedLibrary library, Layout layout) {
    this.library = library;
    this.layout = layout;
  }

  /**
   * Loads a library and initialises it, if nobody in this process has (C_GetFunctionList,
   * C_Initialize).
   *
   * @throws ModuleLoadException if the file is not a PKCS#11 library of this machine
   * @throws CryptokiException if the library does not let itself be initialised
   */
  public static CryptokiModule open(Path library) throws ModuleLoadException, CryptokiException {
    Layout layout;
    try {
      layout = Layout.ofThisMachine();
    } catch (LinkageError e) {
      throw new ModuleLoadException(Reason.NO_JNA, Texts.NO_JNA.with(e.getClass().getSimpleName()));
    }
    CryptokiModule module = new CryptokiModule(LoadedLibrary.load(library, layout), layout);
    module.initialize();
    module.isInitializedHere = module.isToBeFinalized;
    return module;
  }

  /**
   * Returns whether this object has initialised the library, and not another part of the process.
   */
  public boolean isInitializedHere() {
    return isInitializedHere;
  }

  /** Returns how often {@link #reinitialize} has initialised the library anew. */
  public long generation() {
    return generation;
  }

  /**
   * Finalises and initialises a library that has lost its state, such as a client whose server
   * ended. All sessions end. Waits for calls that are running.
   *
   * @param lost the {@link #generation()} that lost its state; nothing is done if it is over, since
   *     another thread was faster
   * @return false if that is not for this object to do: another part of the process had initialised
   *     the library, or this object is closed
   * @throws CryptokiException if the library does not let itself be initialised; it can be tried
   *     again
   */
  public boolean reinitialize(long lost) throws CryptokiException {
    running.writeLock().lock();
    try {
      if (!isOpen || !isInitializedHere) {
        return false;
      }
      if (lost == generation) {
        finish();
        initialize();
        generation = lost + 1;
      }
      return true;
    } finally {
      running.writeLock().unlock();
    }
  }

  private void initialize() throws CryptokiException {
    try (Frame frame = new Frame(layout)) {
      byte[] arguments =
          layout.structure(frame::place, null, null, null, null, CKF_OS_LOCKING_OK, null);
      long code = library.call("C_Initialize", frame.copy(arguments));
      if (code != Ck.CKR_OK && code != Ck.CKR_CRYPTOKI_ALREADY_INITIALIZED) {
        throw new CryptokiException("C_Initialize", code);
      }
      isToBeFinalized = code == Ck.CKR_OK;
    }
  }

  private void finish() {
    if (isToBeFinalized) {
      isToBeFinalized = false;
      library.call("C_Finalize", (Object) null);
    }
  }

  /** Returns what the module says of itself (C_GetInfo). */
  public ModuleInfo info() throws CryptokiException {
    return ModuleInfo.of(read("C_GetInfo"));
  }

  /**
   * Returns the ids of the slots, after the module has looked for new ones (C_GetSlotList).
   *
   * @param tokenPresent whether slots without a token are left out
   */
  public List<Long> slots(boolean tokenPresent) throws CryptokiException {
    return list("C_GetSlotList", (byte) (tokenPresent ? 1 : 0));
  }

  /** Returns what a slot is (C_GetSlotInfo). */
  public SlotInfo slotInfo(long slot) throws CryptokiException {
    return SlotInfo.of(read("C_GetSlotInfo", slot));
  }

  /** Returns what the token in a slot is (C_GetTokenInfo). */
  public TokenInfo tokenInfo(long slot) throws CryptokiException {
    return TokenInfo.of(read("C_GetTokenInfo", slot));
  }

  /** Returns the mechanisms of the token in a slot, CKM_ of {@link Ck} and others. */
  public List<Long> mechanisms(long slot) throws CryptokiException {
    return list("C_GetMechanismList", slot);
  }

  /** Returns what the token in a slot does by a mechanism (C_GetMechanismInfo). */
  public MechanismInfo mechanismInfo(long slot, long mechanism) throws CryptokiException {
    return MechanismInfo.of(read("C_GetMechanismInfo", slot, mechanism));
  }

  /**
   * Opens a session with the token in a slot (C_OpenSession). Close it before this module.
   *
   * @param readWrite whether objects of the token may be made and changed by it
   */
  public Session openSession(long slot, boolean readWrite) throws CryptokiException {
    long flags = Ck.CKF_SERIAL_SESSION | (readWrite ? Ck.CKF_RW_SESSION : 0);
    long opened = generation;
    try (Frame frame = new Frame(layout)) {
      Memory handle = frame.ulong(0);
      require("C_OpenSession", invoke(opened, "C_OpenSession", slot, flags, null, null, handle));
      return new Session(this, opened, ulong(handle));
    }
  }

  /**
   * Finalises the library, if this object has initialised it: all sessions end (C_Finalize). Waits
   * for calls that are running; later ones fail with CKR_CRYPTOKI_NOT_INITIALIZED.
   */
  @Override
  public void close() {
    running.writeLock().lock();
    try {
      isOpen = false;
      finish();
    } finally {
      running.writeLock().unlock();
    }
  }

  /** The return value of a function, called with what {@link Frame#arguments} makes of these. */
  long invoke(long since, String function, @Nullable Object... values) {
    running.readLock().lock();
    try (Frame frame = new Frame(layout)) {
      if (!isOpen) {
        return Ck.CKR_CRYPTOKI_NOT_INITIALIZED;
      }
      // A session of today may have the handle of one of yesterday.
      return since == generation
          ? library.call(function, frame.arguments(values))
          : Ck.CKR_SESSION_HANDLE_INVALID;
    } finally {
      running.readLock().unlock();
    }
  }

  static void require(String function, long code) throws CryptokiException {
    if (code != Ck.CKR_OK) {
      throw new CryptokiException(function, code);
    }
  }

  long ulong(Pointer memory) {
    return layout.number(memory.getByteArray(0, layout.ulong()));
  }

  List<Long> ulongs(Pointer memory, long count) {
    List<Long> all = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      all.add(ulong(memory.share(i * layout.ulong())));
    }
    return all;
  }

  private Layout.Reader read(String function, Object... of) throws CryptokiException {
    try (Frame frame = new Frame(layout)) {
      Memory structure = frame.allocate(LONGEST_INFO);
      Object[] values = Arrays.copyOf(of, of.length + 1);
      values[of.length] = structure;
      require(function, invoke(generation, function, values));
      return layout.reader(structure.getByteArray(0, LONGEST_INFO));
    }
  }

  /** Asks for the count and then for the list, which may have become longer in between. */
  private List<Long> list(String function, Object of) throws CryptokiException {
    try (Frame frame = new Frame(layout)) {
      Memory count = frame.ulong(0);
      long code;
      Memory list;
      do {
        require(function, invoke(generation, function, of, null, count));
        list = frame.allocate(ulong(count) * layout.ulong());
        code = invoke(generation, function, of, list, count);
      } while (code == Ck.CKR_BUFFER_TOO_SMALL);
      require(function, code);
      return ulongs(list, ulong(count));
    }
  }
}
