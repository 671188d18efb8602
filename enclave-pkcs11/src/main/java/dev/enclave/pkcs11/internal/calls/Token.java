package dev.enclave.pkcs11.internal.calls;

import dev.enclave.BackendId;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiException;
import dev.enclave.cryptoki.CryptokiModule;
import dev.enclave.cryptoki.ModuleLoadException;
import dev.enclave.cryptoki.Session;
import dev.enclave.cryptoki.SlotInfo;
import dev.enclave.cryptoki.TokenInfo;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.RequestSlots;
import dev.enclave.pkcs11.internal.settings.Pkcs11Settings;
import dev.enclave.pkcs11.internal.settings.Pkcs11Uri;
import dev.enclave.pkcs11.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * The token that the settings name. Every function of its library is called by a thread of this
 * object's own, so that one that does not return costs that thread and not the application's; each
 * call has a session for itself. Thread-safe.
 */
public final class Token {

  public static final Refusals REFUSALS = new Refusals(BackendId.PKCS11, "PKCS#11");

  private static final long CLOSING_SECONDS = 5;

  /** The session, or the token, is not there any more. */
  private static final Set<String> LOST =
      Set.of(
          "CKR_SESSION_HANDLE_INVALID",
          "CKR_SESSION_CLOSED",
          "CKR_DEVICE_REMOVED",
          "CKR_TOKEN_NOT_PRESENT",
          "CKR_SLOT_ID_INVALID",
          "CKR_CRYPTOKI_NOT_INITIALIZED");

  /** These too may be of a library that has lost its server. */
  private static final Set<String> BROKEN =
      Set.of("CKR_DEVICE_ERROR", "CKR_GENERAL_ERROR", "CKR_FUNCTION_FAILED");

  private static final long CKF_HW_SLOT = 4;

  /** What is done in a session; is repeated once where the session was lost under it. */
  @FunctionalInterface
  public interface Work<T> {
    T in(TokenSession session) throws CryptokiException, BackendFailure;
  }

  private final Pkcs11Settings settings;
  private final CryptokiModule module;
  private final LibraryThreads threads;
  private final RequestGate gate;
  private final int most;
  private final RequestSlots slots;
  private final TokenLock lock;
  private final Pin pin;
  private final TokenInfo info;
  private final SlotInfo slotInfo;
  private final ConcurrentLinkedDeque<TokenSession> idle = new ConcurrentLinkedDeque<>();

  private volatile long slot;
  private int opened;
  private boolean loggedIn;
  private long generation;

  private Token(Pkcs11Settings settings, CryptokiModule module, LibraryThreads threads, long slot)
      throws CryptokiException {
    this.settings = settings;
    this.module = module;
    this.threads = threads;
    this.slot = slot;
    this.info = module.tokenInfo(slot);
    this.slotInfo = module.slotInfo(slot);
    this.generation = module.generation();
    this.gate = new RequestGate(REFUSALS, this::close);
    this.lock = new TokenLock(settings, authority());
    this.pin = new Pin(settings, authority());
    long allowed = settings.sessions();
    for (long limit : new long[] {info.maxSessionCount(), info.maxRwSessionCount()}) {
      allowed = limit > 0 ? Math.min(allowed, limit) : allowed;
    }
    this.most = (int) allowed;
    this.slots =
        new RequestSlots(
            most, Texts.RAISE_SESSIONS.with(settings.section().fullName(Pkcs11Settings.SESSIONS)));
  }

  /** Loads the library and finds the token; does not log in. */
  public static Token open(Pkcs11Settings settings, CallContext call) throws BackendFailure {
    RemoteRequest request = new RemoteRequest("open", false, settings.module().toString());
    LibraryThreads threads = new LibraryThreads();
    boolean opened = false;
    try {
      Token token =
          threads.await(
              request,
              call,
              request::late,
              // Comes after the deadline, with no session.
              unwanted -> unwanted.ifPresent(it -> Modules.of(settings.module()).giveBack()),
              () -> found(settings, threads, request));
      opened = true;
      return token;
    } finally {
      if (!opened) {
        threads.shutdown();
      }
    }
  }

  private static Token found(Pkcs11Settings settings, LibraryThreads threads, RemoteRequest request)
      throws BackendFailure {
    Modules library = Modules.of(settings.module());
    boolean opened = false;
    try {
      CryptokiModule module = library.take();
      try {
        Token token = new Token(settings, module, threads, locate(settings, module));
        opened = true;
        return token;
      } finally {
        if (!opened) {
          library.giveBack();
        }
      }
    } catch (ModuleLoadException e) {
      // Its last sentence says what to do.
      String[] said = String.valueOf(e.getMessage()).split("(?<=\\.) (?!.*\\. )", 2);
      throw BackendFailure.permanent(FailureCode.MISCONFIGURED, said[0])
          .advising(said[said.length - 1])
          .naming(settings.module().toString());
    } catch (CryptokiException e) {
      throw request.refused(TokenErrors.of(e), said(e), Optional.empty(), 1);
    }
  }

  /** The slot with the token that the URI describes. */
  private static long locate(Pkcs11Settings settings, CryptokiModule module)
      throws CryptokiException, BackendFailure {
    List<Long> found = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    for (long candidate : module.slots(true)) {
      TokenInfo token = module.tokenInfo(candidate);
      if (describes(settings.uri(), candidate, token)) {
        found.add(candidate);
      }
      if (is(token, Ck.CKF_TOKEN_INITIALIZED)) {
        seen.add(Pkcs11Uri.ofToken(token.label(), token.serialNumber()));
      }
    }
    String uri = settings.section().fullName(Pkcs11Settings.URI);
    if (found.isEmpty()) {
      throw Texts.NO_TOKEN.transientFailure(FailureCode.UNAVAILABLE, uri, joined(seen));
    }
    if (found.size() > 1) {
      throw Texts.SEVERAL_TOKENS.permanent(FailureCode.MISCONFIGURED, uri, joined(seen));
    }
    if (!is(module.tokenInfo(found.get(0)), Ck.CKF_TOKEN_INITIALIZED)) {
      throw Texts.NOT_INITIALISED.permanent(FailureCode.MISCONFIGURED, uri);
    }
    return found.get(0);
  }

  private static String joined(List<String> tokens) {
    return tokens.isEmpty() ? Texts.NO_OTHER.with() : String.join(", ", tokens);
  }

  private static boolean describes(Pkcs11Uri uri, long slot, TokenInfo token) {
    return is(uri, Pkcs11Uri.TOKEN, token.label())
        && is(uri, Pkcs11Uri.SERIAL, token.serialNumber())
        && is(uri, "manufacturer", token.manufacturer())
        && is(uri, "model", token.model())
        && is(uri, "slot-id", Long.toString(slot));
  }

  private static boolean is(Pkcs11Uri uri, String attribute, String value) {
    return uri.text(attribute).filter(wanted -> !wanted.equals(value)).isEmpty();
  }

  static boolean is(TokenInfo token, long flag) {
    return (token.flags() & flag) != 0;
  }

  public Pkcs11Settings settings() {
    return settings;
  }

  public RequestGate gate() {
    return gate;
  }

  /** Whether the slot says that it is hardware. */
  public boolean isHardware() {
    return (slotInfo.flags() & CKF_HW_SLOT) != 0;
  }

  /** Its label and serial number, which stay with it; part of each handle. */
  public String authority() {
    return Pkcs11Uri.ofToken(info.label(), info.serialNumber());
  }

  /** How many calls run for which nobody waits any more. */
  int hanging() {
    return threads.hanging();
  }

  public CryptokiModule module() {
    return module;
  }

  public long slot() {
    return slot;
  }

  /**
   * Does it in a session, as the user of the token. Its place is taken until it ends, even where
   * nobody waits for it any more: so there are no more sessions than the token allows.
   */
  public <T> T run(RemoteRequest request, CallContext call, Work<T> work) throws BackendFailure {
    gate.requireOpen();
    if (threads.hanging() >= most) {
      throw Texts.ALL_HANG.transientFailure(FailureCode.UNAVAILABLE, most);
    }
    RequestSlots.Slot place = slots.enter(request, gate.timeLeft(call), call);
    try {
      return threads.await(
          request,
          call,
          place::late,
          unwanted -> place.close(),
          () -> attempts(request, call, work));
    } catch (BackendFailure e) {
      throw gate.closed() ? REFUSALS.closed() : e;
    }
  }

  /** The same by who holds the lock of the token, against all others who do. */
  public <T> T change(RemoteRequest request, CallContext call, Work<T> work) throws BackendFailure {
    return run(request, call, session -> lock.holding(session, call, work));
  }

  private <T> T attempts(RemoteRequest request, CallContext call, Work<T> work)
      throws BackendFailure {
    for (int attempt = 1; ; attempt++) {
      gate.timeLeft(call);
      long since = module.generation();
      try {
        return once(work);
      } catch (CryptokiException e) {
        if (attempt > 2 || !mended(e, attempt, request.changes(), since)) {
          throw request.refused(
              TokenErrors.of(e, request.changes()), said(e), Optional.empty(), call.attempt());
        }
      }
    }
  }

  private <T> T once(Work<T> work) throws CryptokiException, BackendFailure {
    @Nullable TokenSession session = idle.pollFirst();
    if (session == null) {
      session = openSession();
    }
    boolean sound = false;
    try {
      T done = work.in(session);
      sound = true;
      return done;
    } catch (BackendFailure e) {
      sound = true;
      throw e;
    } finally {
      if (sound && !session.spent()) {
        idle.addFirst(session);
      } else {
        close(session);
      }
      if (gate.closed()) {
        closeIdle();
      }
    }
  }

  /** Whether a function failed of what may be over soon, and did nothing. */
  public static boolean passes(CryptokiException e) {
    return Set.of(FailureClass.TRANSIENT, FailureClass.THROTTLED)
        .contains(TokenErrors.of(e).failureClass(true));
  }

  static String said(CryptokiException e) {
    return String.valueOf(e.getMessage()).replaceFirst("\\.$", "");
  }

  /**
   * Whether another attempt is worth it: all sessions that nobody uses are thrown away then. A
   * change is not done again once it may have changed something: it would take its own trace for
   * another's.
   */
  private boolean mended(CryptokiException failure, int attempt, boolean changes, long since)
      throws BackendFailure {
    String name = failure.name();
    if (changes && !TokenErrors.reads(failure)) {
      return false;
    }
    if (name.equals("CKR_USER_NOT_LOGGED_IN")) {
      forgetSessions();
      return attempt == 1;
    }
    boolean lost = LOST.contains(name) || (TokenErrors.opens(failure) && BROKEN.contains(name));
    if (!lost && !(attempt == 1 && BROKEN.contains(name))) {
      return false;
    }
    forgetSessions();
    try {
      relocate(since, name.equals("CKR_CRYPTOKI_NOT_INITIALIZED") || (lost && attempt == 2));
      return true;
    } catch (CryptokiException e) {
      return false;
    }
  }

  private void forgetSessions() {
    closeIdle();
    synchronized (this) {
      loggedIn = false;
    }
  }

  /**
   * Looks for the token again, by a library that is initialised anew where it has lost its state.
   */
  private synchronized void relocate(long since, boolean anew)
      throws CryptokiException, BackendFailure {
    if (!anew) {
      try {
        // A client without its server has no slots, or fails.
        if (!module.isInitializedHere() || !module.slots(false).isEmpty()) {
          slot = locate(settings, module);
          return;
        }
      } catch (CryptokiException e) {
        // The library itself has lost its state.
      }
    }
    if (!module.reinitialize(since)) {
      throw Texts.RESTART.transientFailure(FailureCode.UNAVAILABLE, settings.module());
    }
    slot = locate(settings, module);
  }

  private synchronized TokenSession openSession() throws CryptokiException, BackendFailure {
    Session session = module.openSession(slot, true);
    boolean ready = false;
    try {
      if (!loggedIn || module.generation() != generation) {
        logIn(session);
        generation = module.generation();
        loggedIn = true;
      }
      ready = true;
      opened++;
      return new TokenSession(session, this);
    } finally {
      if (!ready) {
        session.close();
      }
    }
  }

  /** Logs in where something has logged out; who is not logged in finds no private objects. */
  synchronized void requireLoggedIn(Session session) throws CryptokiException, BackendFailure {
    logIn(session);
  }

  private void logIn(Session session) throws CryptokiException, BackendFailure {
    pin.logIn(session, () -> module.tokenInfo(slot));
  }

  /** What is remarkable about it now; asks it. */
  public List<Finding> findings(CallContext call) throws BackendFailure {
    RemoteRequest request = new RemoteRequest("C_GetTokenInfo", false, authority());
    TokenInfo now = run(request, call, session -> module.tokenInfo(slot));
    List<Finding> findings = new ArrayList<>();
    if (threads.hanging() > 0) {
      findings.add(Texts.THREADS_HANG.warning(ErrorCode.POLICY_NOT_MET, threads.hanging()));
    }
    if (is(now, Ck.CKF_USER_PIN_COUNT_LOW)) {
      findings.add(Texts.COUNT_LOW.warning(ErrorCode.POLICY_NOT_MET));
    }
    if (is(now, Ck.CKF_USER_PIN_TO_BE_CHANGED)) {
      findings.add(Texts.PIN_TO_BE_CHANGED.warning(ErrorCode.POLICY_NOT_MET));
    }
    if (settings.settle().isPresent()) {
      findings.add(Texts.SETTLED.warning(ErrorCode.POLICY_NOT_MET));
      Instant time = call.time().now();
      for (Instant at : run(request, call, session -> new TokenClaims(session).all()).values()) {
        if (Duration.between(at, time).abs().compareTo(HostClaims.LIFE) > 0) {
          findings.add(Texts.CLAIM_LEFT.warning(ErrorCode.POLICY_NOT_MET, at));
        }
      }
    }
    return findings;
  }

  private void closeIdle() {
    for (TokenSession next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
      close(next);
    }
  }

  /** Once the last one is closed the token has logged out (PKCS#11 3.1 §5.6). */
  private synchronized void close(TokenSession session) {
    session.session().close();
    opened--;
    loggedIn = loggedIn && opened > 0;
  }

  private void close() {
    threads.close(
        () -> {
          closeIdle();
          Modules.of(settings.module()).giveBack();
        },
        CLOSING_SECONDS);
  }
}
