package dev.enclave.pkcs11.internal.calls;

import dev.enclave.crypto.Hashing;
import dev.enclave.cryptoki.CryptokiException;
import dev.enclave.kit.claim.FileChecks;
import dev.enclave.kit.claim.FileClaim;
import dev.enclave.kit.claim.OwnerRights;
import dev.enclave.kit.claim.ProcessUser;
import dev.enclave.kit.claim.UnsafeFileException;
import dev.enclave.pkcs11.internal.calls.Token.Work;
import dev.enclave.pkcs11.internal.settings.Pkcs11Settings;
import dev.enclave.pkcs11.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Held by who reads objects of a token and changes them by what was read: against all threads and
 * processes of this host, by a file, and against other hosts that share the token, by a claim in
 * it. Thread-safe.
 */
final class TokenLock {

  private static final Duration PAUSE = Duration.ofMillis(5);
  private static final int NAME_BYTES = 10;

  /** Of the process, whose backends take turns without polling the file. */
  private static final Map<Path, ReentrantLock> OF_PROCESS = new ConcurrentHashMap<>();

  private final Path directory;
  private final ReentrantLock threads;

  private final Optional<HostClaims> hosts;

  /** Of the thread that has the lock. */
  private @Nullable FileClaim held;

  /** Of the token of that authority. */
  TokenLock(Pkcs11Settings settings, String authority) {
    byte[] digest = Hashing.sha256().digest(authority.getBytes(StandardCharsets.UTF_8));
    directory = settings.locks().resolve(HexFormat.of().formatHex(digest, 0, NAME_BYTES));
    threads = OF_PROCESS.computeIfAbsent(directory, unused -> new ReentrantLock(true));
    hosts = settings.settle().map(HostClaims::new);
  }

  /** Does it under the lock, for which it waits as long as half of the time that is left. */
  <T> T holding(TokenSession session, CallContext call, Work<T> work)
      throws CryptokiException, BackendFailure {
    take(call);
    try {
      if (hosts.isEmpty()) {
        return work.in(session);
      }
      TokenClaims place = new TokenClaims(session);
      String claim = hosts.get().take(place, call);
      try {
        return work.in(session);
      } finally {
        hosts.get().remove(place, claim);
      }
    } finally {
      release();
    }
  }

  private void take(CallContext call) throws BackendFailure {
    boolean taken = false;
    // Half of the time is the change's own: whoever only waited can say that nothing was done.
    Deadline wait = Deadline.in(call.remaining().dividedBy(2), call.time());
    try {
      if (!threads.tryLock(wait.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        throw Texts.LOCK_HELD.transientFailure(FailureCode.TIMEOUT, directory);
      }
      held = claim(wait, call.time());
      taken = true;
    } catch (UnsafeFileException e) {
      throw BackendFailure.permanent(FailureCode.MISCONFIGURED, e.observed()).advising(e.advice());
    } catch (IOException e) {
      throw Texts.LOCK_IMPOSSIBLE.permanent(
          FailureCode.MISCONFIGURED, directory, e.getClass().getSimpleName());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Texts.LOCK_HELD.transientFailure(FailureCode.TIMEOUT, directory);
    } finally {
      if (!taken && threads.isHeldByCurrentThread()) {
        threads.unlock();
      }
    }
  }

  private FileClaim claim(Deadline wait, TimeSource time)
      throws IOException, InterruptedException, BackendFailure {
    if (!Files.exists(directory)) {
      Files.createDirectories(directory, OwnerRights.directory(directory));
    }
    new FileChecks(new ProcessUser()).directory(directory);
    while (true) {
      Optional<FileClaim> claim =
          FileClaim.tryTake(directory.resolve("gate"), 0, directory.resolve("lock"));
      if (claim.isPresent()) {
        return claim.get();
      }
      if (wait.remaining().compareTo(PAUSE) <= 0) {
        throw Texts.LOCK_HELD.transientFailure(FailureCode.TIMEOUT, directory);
      }
      time.pause(PAUSE);
    }
  }

  private void release() {
    try {
      if (held != null) {
        held.close();
      }
    } catch (IOException e) {
      // The file is closed all the same, and the lock with it.
    } finally {
      held = null;
      threads.unlock();
    }
  }
}
