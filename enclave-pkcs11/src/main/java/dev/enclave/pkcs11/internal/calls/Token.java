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
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The token that the settings name. Every function of its library is called by a thread of this
 * object's own, so that one that does not return costs that thread and not the application's; each
 * call has a session for itself. Thread-safe.
 */
public final class Token {

  public static final Refusals REFUSALS = new Refusals(BackendId.PKCS11, "PKCS#11");

  private static final long IDLE_SECONDS = 20;
  private static final long CLOSING_SECONDS = 5;

  /** A session after one of these never works again. */
  private static final Set<String> LOST =
      Set.of(
          "CKR_SESSION_HANDLE_INVALID",
          "CKR_SESSION_CLOSED",
          "CKR_DEVICE_REMOVED",
          "CKR_TOKEN_NOT_PRESENT",
          "CKR_CRYPTOKI_NOT_INITIALIZED");

  /** Where nothing was done yet, these too may be of a library that has lost its server. */
  private static final Set<String> BROKEN =
      Set.of("CKR_DEVICE_ERROR", "CKR_GENERAL_ERROR", "CKR_FUNCTION_FAILED");

  private static final long CKF_HW_SLOT = 4;

  /** What is done in a session; is repeated once where the session was lost under it. */
  @FunctionalInterface
  public interface Work<T> {
    T in(TokenSession session) throws CryptokiException, BackendFailure;
  }

  /** How a call of a thread of ours ends. */
  private enum Progress {
    RUNNING,
    ENDED,
    ABANDONED
  }

  private final Pkcs11Settings settings;
  private final CryptokiModule module;
  private final ExecutorService threads;
  private final RequestGate gate;
  private final RequestSlots slots;
  private final TokenLock lock;
  private final Pin pin;
  private final TokenInfo info;
  private final SlotInfo slotInfo;
  private final ConcurrentLinkedDeque<TokenSession> idle = new ConcurrentLinkedDeque<>();
  private final AtomicInteger hanging = new AtomicInteger();

  private volatile long slot;
  private int opened;
  private boolean loggedIn;
  private long generation;

  private Token(Pkcs11Settings settings, CryptokiModule module, ExecutorService threads, long slot)
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
    long most = settings.sessions();
    for (long limit : new long[] {info.maxSessionCount(), info.maxRwSessionCount()}) {
      most = limit > 0 ? Math.min(most, limit) : most;
    }
    this.slots =
        new RequestSlots(
            (int) most,
            Texts.RAISE_SESSIONS.with(settings.section().fullName(Pkcs11Settings.SESSIONS)));
  }

  /** Loads the library and finds the token; does not log in. */
  public static Token open(Pkcs11Settings settings, CallContext call) throws BackendFailure {
    AtomicInteger started = new AtomicInteger();
    ExecutorService threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            work -> {
              Thread thread = new Thread(work, "enclave-pkcs11-" + started.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    RemoteRequest request = new RemoteRequest("open", false, settings.module().toString());
    try {
      return awaited(
          request,
          call,
          threads,
          new AtomicInteger(),
          request::late,
          () -> found(settings, threads));
    } catch (BackendFailure | RuntimeException e) {
      threads.shutdown();
      throw e;
    }
  }

  private static Token found(Pkcs11Settings settings, ExecutorService threads)
      throws BackendFailure {
    boolean opened = false;
    try {
      CryptokiModule module = Modules.take(settings.module());
      try {
        Token token = new Token(settings, module, threads, locate(settings, module));
        opened = true;
        return token;
      } finally {
        if (!opened) {
          Modules.giveBack(settings.module());
        }
      }
    } catch (ModuleLoadException e) {
      throw BackendFailure.permanent(FailureCode.MISCONFIGURED, String.valueOf(e.getMessage()))
          .naming(settings.module().toString());
    } catch (CryptokiException e) {
      throw new RemoteRequest("open", false, settings.module().toString())
          .refused(TokenErrors.of(e), said(e), Optional.empty(), 1);
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

  public CryptokiModule module() {
    return module;
  }

  public long slot() {
    return slot;
  }

  /** Does it in a session, as the user of the token. */
  public <T> T run(RemoteRequest request, CallContext call, Work<T> work) throws BackendFailure {
    gate.requireOpen();
    if (hanging.get() >= settings.sessions()) {
      throw Texts.ALL_HANG.transientFailure(FailureCode.UNAVAILABLE, hanging.get());
    }
    try (RequestSlots.Slot place = slots.enter(request, gate.timeLeft(call), call)) {
      return awaited(
          request, call, threads, hanging, place::late, () -> attempts(request, call, work));
    } catch (BackendFailure e) {
      throw gate.closed() ? REFUSALS.closed() : e;
    }
  }

  /** The same by who holds the lock of the token, against all others who do. */
  public <T> T change(RemoteRequest request, CallContext call, Work<T> work) throws BackendFailure {
    return run(request, call, session -> lock.holding(session, call, work));
  }

  /** What a thread of ours comes to; who waits for it waits until the deadline. */
  private static <T> T awaited(
      RemoteRequest request,
      CallContext call,
      ExecutorService threads,
      AtomicInteger hanging,
      Supplier<BackendFailure> late,
      Callable<T> work)
      throws BackendFailure {
    AtomicReference<Progress> progress = new AtomicReference<>(Progress.RUNNING);
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              try {
                return work.call();
              } finally {
                if (!progress.compareAndSet(Progress.RUNNING, Progress.ENDED)) {
                  hanging.decrementAndGet();
                }
              }
            });
    try {
      threads.execute(task);
      return task.get(call.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      abandon(progress, hanging);
      throw late.get();
    } catch (InterruptedException e) {
      abandon(progress, hanging);
      Thread.currentThread().interrupt();
      throw request.changes()
          ? Texts.INTERRUPTED.ambiguous(FailureCode.TIMEOUT, request.named())
          : Texts.INTERRUPTED.transientFailure(FailureCode.TIMEOUT, request.named());
    } catch (RejectedExecutionException e) {
      throw REFUSALS.closed();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BackendFailure failure) {
        throw failure;
      }
      if (e.getCause() instanceof RuntimeException broken) {
        throw broken;
      }
      if (e.getCause() instanceof Error broken) {
        throw broken;
      }
      throw new IllegalStateException("a call threw what none declares");
    }
  }

  private static void abandon(AtomicReference<Progress> progress, AtomicInteger hanging) {
    hanging.incrementAndGet();
    if (!progress.compareAndSet(Progress.RUNNING, Progress.ABANDONED)) {
      hanging.decrementAndGet();
    }
  }

  private <T> T attempts(RemoteRequest request, CallContext call, Work<T> work)
      throws BackendFailure {
    for (int attempt = 1; ; attempt++) {
      @Nullable TokenSession session = null;
      try {
        session = idle.pollFirst();
        if (session == null) {
          session = openSession();
        }
        T done = work.in(session);
        idle.addFirst(session);
        if (gate.closed()) {
          closeIdle();
        }
        return done;
      } catch (BackendFailure e) {
        if (session != null) {
          idle.addFirst(session);
        }
        throw e;
      } catch (CryptokiException e) {
        if (session != null) {
          close(session);
        }
        if (attempt > 2 || !mended(e, attempt, session == null)) {
          throw request.refused(TokenErrors.of(e), said(e), Optional.empty(), call.attempt());
        }
      }
    }
  }

  static String said(CryptokiException e) {
    return String.valueOf(e.getMessage()).replaceFirst("\\.$", "");
  }

  /** Whether it is worth another attempt: all that is lost is thrown away. */
  private boolean mended(CryptokiException failure, int attempt, boolean nothingDone)
      throws BackendFailure {
    if (failure.name().equals("CKR_USER_NOT_LOGGED_IN")) {
      closeIdle();
      synchronized (this) {
        loggedIn = false;
      }
      return attempt == 1;
    }
    if (!LOST.contains(failure.name()) && !(nothingDone && BROKEN.contains(failure.name()))) {
      return false;
    }
    closeIdle();
    synchronized (this) {
      loggedIn = false;
      try {
        if (attempt == 1 && !failure.name().equals("CKR_CRYPTOKI_NOT_INITIALIZED")) {
          slot = locate(settings, module);
          return true;
        }
      } catch (CryptokiException e) {
        // The library itself has lost its state.
      }
      try {
        if (!module.reinitialize(generation)) {
          throw Texts.RESTART.transientFailure(FailureCode.UNAVAILABLE, settings.module());
        }
        generation = module.generation();
        slot = locate(settings, module);
        return true;
      } catch (CryptokiException e) {
        return false;
      }
    }
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
    if (hanging.get() > 0) {
      findings.add(Texts.THREADS_HANG.warning(ErrorCode.POLICY_NOT_MET, hanging.get()));
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

  /** Waits a few seconds; a library that hangs is left to its thread. */
  private void close() {
    FutureTask<@Nullable Void> closing =
        new FutureTask<>(
            () -> {
              closeIdle();
              Modules.giveBack(settings.module());
            },
            null);
    threads.execute(closing);
    threads.shutdown();
    try {
      closing.get(CLOSING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // Nothing of it is used any more.
    }
  }
}
