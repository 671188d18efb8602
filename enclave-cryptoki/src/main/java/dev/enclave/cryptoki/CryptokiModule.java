package dev.enclave.cryptoki;

import com.sun.jna.Memory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A PKCS#11 library that is loaded and initialised. Thread-safe (CKF_OS_LOCKING_OK). A library is
 * initialised once a process, by whoever comes first, such as SunPKCS11. What this object has not
 * initialised it does not finalise.
 */
public final class CryptokiModule implements AutoCloseable {

  /** In place of a generation, for functions that need no session. */
  private static final long ANY = -1;

  private static final long CKF_OS_LOCKING_OK = 2;

  private static final Pattern WRITES =
      Pattern.compile("C_(CreateObject|DestroyObject|SetAttributeValue|GenerateKey.*|UnwrapKey)");

  private final LoadedLibrary library;

  /** Shared by calls, and exclusive for what no call may run beside. */
  private final ReadWriteLock running = new ReentrantReadWriteLock();

  /** SoftHSM 2.6.1 loses an object that one thread writes while another one reads it. */
  private final boolean writesAlone;

  private final boolean isInitializedHere;
  private boolean isToBeFinalized;
  private boolean isOpen = true;
  private volatile long generation;

  private CryptokiModule(LoadedLibrary library) throws CryptokiException {
    this.library = library;
    initialize();
    this.isInitializedHere = isToBeFinalized;
    this.writesAlone = isSoftHsm();
  }

  /**
   * Loads a library, and initialises it if nobody in this process has (C_Initialize).
   *
   * @throws ModuleLoadException if the file is not a PKCS#11 library for this JVM
   * @throws CryptokiException if the library does not initialise
   * @throws LinkageError if JNA's own library does not load
   */
  public static CryptokiModule open(Path library) throws ModuleLoadException, CryptokiException {
    return new CryptokiModule(LoadedLibrary.load(library));
  }

  /** Returns whether this object, and no other part of the process, has initialised the library. */
  public boolean isInitializedHere() {
    return isInitializedHere;
  }

  /** Returns how often {@link #reinitialize} has initialised the library anew. */
  public long generation() {
    return generation;
  }

  /**
   * Initialises a library anew that has lost its state, such as a client whose server ended. All
   * sessions end. Waits for calls that are running.
   *
   * @param lost the {@link #generation()} that was lost; nothing is done if another thread was
   *     faster
   * @return false if another part of the process initialised the library, or this object is closed
   * @throws CryptokiException if the library does not initialise; this can be tried again
   */
  public boolean reinitialize(long lost) throws CryptokiException {
    running.writeLock().lock();
    try {
      if (isOpen && isInitializedHere && lost == generation) {
        finish();
        initialize();
        generation = lost + 1;
      }
      return isOpen && isInitializedHere;
    } finally {
      running.writeLock().unlock();
    }
  }

  private void initialize() throws CryptokiException {
    try (Frame frame = new Frame()) {
      byte[] arguments =
          Layout.HERE.structure(frame::address, null, null, null, null, CKF_OS_LOCKING_OK, null);
      long code = library.call("C_Initialize", frame.copy(arguments));
      isToBeFinalized = code == Ck.CKR_OK;
      if (code != Ck.CKR_CRYPTOKI_ALREADY_INITIALIZED) {
        require("C_Initialize", code);
      }
    }
  }

  private void finish() {
    if (isToBeFinalized) {
      isToBeFinalized = false;
      library.call("C_Finalize", (Object) null);
    }
  }

  /** Returns who made the library (C_GetInfo). */
  public String manufacturer() throws CryptokiException {
    Layout.Reader in = read("C_GetInfo");
    in.version(); // of the standard
    return in.text(32);
  }

  private boolean isSoftHsm() {
    try {
      return manufacturer().equals("SoftHSM");
    } catch (CryptokiException e) {
      return false;
    }
  }

  /** Returns the ids of the slots, or of those alone that have a token (C_GetSlotList). */
  public List<Long> slots(boolean tokenPresent) throws CryptokiException {
    return list("C_GetSlotList", (byte) (tokenPresent ? 1 : 0));
  }

  /** Returns what a slot is (C_GetSlotInfo). */
  public SlotInfo slotInfo(long slot) throws CryptokiException {
    Layout.Reader in = read("C_GetSlotInfo", slot);
    return new SlotInfo(in.text(64), in.text(32), in.ulong(), in.version(), in.version());
  }

  /** Returns what the token in a slot is (C_GetTokenInfo). */
  public TokenInfo tokenInfo(long slot) throws CryptokiException {
    Layout.Reader in = read("C_GetTokenInfo", slot);
    String[] s = {in.text(32), in.text(32), in.text(16), in.text(16)};
    // The last four, of memory, nobody asks for.
    long[] n = LongStream.generate(in::ulong).limit(11).toArray();
    String[] versions = {in.version(), in.version()};
    return new TokenInfo(
        s[0], s[1], s[2], s[3], n[0], n[1], n[2], n[3], n[4], n[5], n[6], versions[0], versions[1]);
  }

  /** Returns the mechanisms of the token in a slot (C_GetMechanismList), CKM_ of {@link Ck}. */
  public List<Long> mechanisms(long slot) throws CryptokiException {
    return list("C_GetMechanismList", slot);
  }

  /** Returns what the token in a slot does by a mechanism (C_GetMechanismInfo). */
  public MechanismInfo mechanismInfo(long slot, long mechanism) throws CryptokiException {
    Layout.Reader in = read("C_GetMechanismInfo", slot, mechanism);
    return new MechanismInfo(in.ulong(), in.ulong(), in.ulong());
  }

  /**
   * Opens a session with the token in a slot (C_OpenSession), which may change objects of the token
   * if it is read-write. Close it before this module.
   */
  public Session openSession(long slot, boolean readWrite) throws CryptokiException {
    // CKF_SERIAL_SESSION, which is always set, and CKF_RW_SESSION.
    long flags = readWrite ? 4 | 2 : 4;
    long opened = generation;
    return new Session(this, opened, made(opened, "C_OpenSession", slot, flags, null, null));
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

  /** Calls a function, for a session of this generation, and gives its return value. */
  long invoke(long since, String function, @Nullable Object... values) {
    Lock turn =
        writesAlone && WRITES.matcher(function).matches()
            ? running.writeLock()
            : running.readLock();
    turn.lock();
    try {
      if (!isOpen) {
        return Ck.CKR_CRYPTOKI_NOT_INITIALIZED;
      }
      // A session of now may have the handle of one of then.
      return since == generation || since == ANY
          ? library.call(function, values)
          : Ck.CKR_SESSION_HANDLE_INVALID;
    } finally {
      turn.unlock();
    }
  }

  void call(long since, String function, @Nullable Object... values) throws CryptokiException {
    require(function, invoke(since, function, values));
  }

  static void require(String function, long code) throws CryptokiException {
    if (code != Ck.CKR_OK) {
      throw new CryptokiException(function, code);
    }
  }

  /** The handle that a function gives as its last argument. */
  long made(long since, String function, @Nullable Object... values) throws CryptokiException {
    try (Frame frame = new Frame()) {
      Memory made = frame.ulong(0);
      call(since, function, values, made);
      return Frame.read(made);
    }
  }

  private Layout.Reader read(String function, Object... of) throws CryptokiException {
    try (Frame frame = new Frame()) {
      Memory structure = frame.allocate(256); // the longest has 208
      call(ANY, function, of, structure);
      return Layout.HERE.reader(structure.getByteArray(0, 256));
    }
  }

  /** Asks for the count and then for the list, which may have become longer in between. */
  private List<Long> list(String function, Object of) throws CryptokiException {
    try (Frame frame = new Frame()) {
      Memory count = frame.ulong(0);
      while (true) {
        call(ANY, function, of, null, count);
        Memory list = frame.allocate(Frame.read(count) * Layout.HERE.ulong());
        long code = invoke(ANY, function, of, list, count);
        if (code != Ck.CKR_BUFFER_TOO_SMALL) {
          require(function, code);
          return Frame.read(list, count);
        }
      }
    }
  }
}
