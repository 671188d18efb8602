package dev.enclave.pkcs11.campaign;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.Injection;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.emulators.wire.JournalEntry.Fate;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * Functions of a PKCS#11 library of this process that fail when an injector says so: their places
 * in the library's list of functions get pointers to what asks the injector and then calls them.
 * For 64 bits, where all their arguments are as long. Thread-safe.
 */
final class FailingLibrary {

  /** Takes as many arguments as a function has, each a CK_ULONG or a pointer. */
  interface Two extends Callback {
    long call(long a, long b);
  }

  interface Three extends Callback {
    long call(long a, long b, long c);
  }

  interface Four extends Callback {
    long call(long a, long b, long c, long d);
  }

  interface Five extends Callback {
    long call(long a, long b, long c, long d, long e);
  }

  interface Eight extends Callback {
    long call(long a, long b, long c, long d, long e, long f, long g, long h);
  }

  private static final long CKR_DEVICE_ERROR = 0x30;
  private static final long CKR_DEVICE_REMOVED = 0x32;
  private static final long CKR_SESSION_COUNT = 0xb1;
  private static final long CKA_TOKEN = 1;
  private static final long CKA_LABEL = 3;
  private static final long CKA_EC_POINT = 0x181;
  private static final long CKA_ID = 0x102;

  /** Of the process, as the libraries are; keeps them and the callbacks from being collected. */
  private static final Map<Path, FailingLibrary> LOADED = new HashMap<>();

  private final NativeLibrary library;
  private final List<Callback> callbacks = new ArrayList<>();
  private final List<JournalEntry> journal = new ArrayList<>();
  private volatile FaultInjector faults = new FaultInjector();
  private volatile InstantSource clock = InstantSource.system();

  private FailingLibrary(Path file) {
    library = NativeLibrary.getInstance(file.toString());
    PointerByReference list = new PointerByReference();
    library.getFunction("C_GetFunctionList").invokeInt(new Object[] {list});
    replace(list.getValue());
  }

  /** Lets a library fail by this injector from now on, with an empty journal. */
  static synchronized FailingLibrary by(FaultInjector faults, InstantSource clock, Path file) {
    FailingLibrary loaded = LOADED.computeIfAbsent(file, FailingLibrary::new);
    loaded.faults = faults;
    loaded.clock = clock;
    synchronized (loaded.journal) {
      loaded.journal.clear();
    }
    return loaded;
  }

  List<JournalEntry> journal() {
    synchronized (journal) {
      return List.copyOf(journal);
    }
  }

  private void replace(Pointer list) {
    Function create = at(list, 20);
    put(list, 20, (Four) (a, b, c, d) -> asked("C_CreateObject", create, a, b, c, d));
    Function destroy = at(list, 22);
    put(list, 22, (Two) (a, b) -> asked("C_DestroyObject", destroy, a, b));
    Function get = at(list, 24);
    put(list, 24, (Four) (a, b, c, d) -> asked("C_GetAttributeValue", get, a, b, c, d));
    Function set = at(list, 25);
    put(list, 25, (Four) (a, b, c, d) -> asked("C_SetAttributeValue", set, a, b, c, d));
    Function find = at(list, 26);
    put(list, 26, (Three) (a, b, c) -> asked(search(b, c), find, a, b, c));
    Function encrypt = at(list, 30);
    put(list, 30, (Five) (a, b, c, d, e) -> asked("C_Encrypt", encrypt, a, b, c, d, e));
    Function decrypt = at(list, 34);
    put(list, 34, (Five) (a, b, c, d, e) -> asked("C_Decrypt", decrypt, a, b, c, d, e));
    Function sign = at(list, 43);
    put(
        list,
        43,
        // Who asks for the length of the signature alone asks the token nothing.
        (Five)
            (a, b, c, d, e) ->
                d == 0 ? called(sign, a, b, c, d, e) : asked("C_Sign", sign, a, b, c, d, e));
    Function key = at(list, 58);
    put(list, 58, (Five) (a, b, c, d, e) -> asked("C_GenerateKey", key, a, b, c, d, e));
    Function pair = at(list, 59);
    put(
        list,
        59,
        (Eight)
            (a, b, c, d, e, f, g, h) ->
                asked("C_GenerateKeyPair" + ofSession(e, f), pair, a, b, c, d, e, f, g, h));
    Function unwrap = at(list, 61);
    put(
        list,
        61,
        (Eight)
            (a, b, c, d, e, f, g, h) ->
                asked("C_UnwrapKey" + ofSession(f, g), unwrap, a, b, c, d, e, f, g, h));
  }

  private static long place(int function) {
    return (1L + function) * Long.BYTES;
  }

  private static Function at(Pointer list, int function) {
    return Function.getFunction(list.getPointer(place(function)));
  }

  private void put(Pointer list, int function, Callback callback) {
    callbacks.add(callback);
    list.setPointer(place(function), CallbackReference.getFunctionPointer(callback));
  }

  /** Whether a search is for what has a name, or goes through all. */
  private static String search(long template, long count) {
    boolean named = has(template, count, CKA_LABEL) || has(template, count, CKA_ID);
    return named ? "C_FindObjects" : "C_FindObjects:all";
  }

  /** What ends with its session leaves nothing at the token. */
  private static String ofSession(long template, long count) {
    boolean lasts =
        attribute(template, count, CKA_TOKEN)
            .filter(it -> it.getPointer(Long.BYTES).getByte(0) != 0)
            .isPresent();
    return lasts ? "" : ":session";
  }

  private static boolean has(long template, long count, long type) {
    return attribute(template, count, type).isPresent();
  }

  /** The CK_ATTRIBUTE of a template: type, pointer to the value, length. */
  private static Optional<Pointer> attribute(long template, long count, long type) {
    for (long i = 0; i < count; i++) {
      long place = i * 3 * Long.BYTES;
      if (new Pointer(template).getLong(place) == type) {
        return Optional.of(new Pointer(template + place));
      }
    }
    return Optional.empty();
  }

  private static long called(Function function, Object... arguments) {
    return function.invokeLong(arguments);
  }

  private long asked(String operation, Function function, Object... arguments) {
    Instant time = clock.instant();
    Injection injection = faults.next(operation);
    LockSupport.parkNanos(injection.delay().toNanos());
    Optional<Fault> fault = injection.fault();
    boolean wrong = fault.filter(Fault.Wrong.class::isInstance).isPresent();
    boolean applied =
        fault.isEmpty()
            || wrong
            || fault.equals(Optional.of(Fault.resetAfter()))
            || fault.get() instanceof Fault.Truncated
            || (fault.get() instanceof Fault.Refused refused && refused.applied());
    long code = applied ? called(function, arguments) : 0;
    if (wrong && code == 0) {
      answerWrongly(operation, arguments);
    }
    boolean answered = wrong || fault.isEmpty();
    synchronized (journal) {
      journal.add(
          new JournalEntry(
              UUID.randomUUID().toString(),
              time,
              operation,
              Optional.empty(),
              Optional.empty(),
              answered ? 200 : 500,
              Optional.empty(),
              answered ? Fate.ANSWERED : Fate.RESET,
              applied && code == 0,
              fault.map(Fault::toString)));
    }
    return answered ? code : fault.map(FailingLibrary::code).orElse(code);
  }

  /** A point that is not on its curve, and an ECDSA signature by another key. */
  private static void answerWrongly(String operation, Object... arguments) {
    if (operation.equals("C_GetAttributeValue")) {
      attribute((long) arguments[2], (long) arguments[3], CKA_EC_POINT)
          .ifPresent(FailingLibrary::flip);
    } else if (operation.equals("C_Sign")) {
      byte[] digest = new Pointer((long) arguments[1]).getByteArray(0, (int) (long) arguments[2]);
      byte[] signature = byAnother(digest);
      new Pointer((long) arguments[3]).write(0, signature, 0, signature.length);
    }
  }

  /** Not where the length alone is asked for. */
  private static void flip(Pointer attribute) {
    Pointer value = attribute.getPointer(Long.BYTES);
    if (value != null) {
      long last = attribute.getLong(2L * Long.BYTES) - 1;
      value.setByte(last, (byte) (value.getByte(last) ^ 1));
    }
  }

  private static byte[] byAnother(byte[] digest) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      Signature signer = Signature.getInstance("NONEwithECDSAinP1363Format");
      signer.initSign(generator.generateKeyPair().getPrivate());
      signer.update(digest);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static long code(Fault fault) {
    if (fault instanceof Fault.Outage) {
      return CKR_DEVICE_REMOVED;
    }
    if (fault instanceof Fault.Refused refused) {
      return switch (refused.reason()) {
        case UNAVAILABLE -> CKR_DEVICE_REMOVED;
        case THROTTLED -> CKR_SESSION_COUNT;
        default -> CKR_DEVICE_ERROR;
      };
    }
    return CKR_DEVICE_ERROR;
  }
}
