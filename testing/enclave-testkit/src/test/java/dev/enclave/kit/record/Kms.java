package dev.enclave.kit.record;

import dev.enclave.Assurance;
import dev.enclave.Bytes;
import dev.enclave.KeyVersionId;
import dev.enclave.crypto.DataKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.kit.kek.RecordKek;
import dev.enclave.kit.kek.RecordKek.Wrapped;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A key service in memory that counts, and can be made to fail. */
final class Kms {

  final AtomicInteger unwraps = new AtomicInteger();
  final AtomicInteger wraps = new AtomicInteger();
  final AtomicInteger atOnce = new AtomicInteger();
  final AtomicInteger mostAtOnce = new AtomicInteger();
  private final SecureRandom random = new SecureRandom();
  private final Map<String, DataKey> masters = new ConcurrentHashMap<>();
  private final AtomicInteger version = new AtomicInteger();
  private volatile Optional<BackendFailure> failure = Optional.empty();
  private volatile Runnable during = () -> {};

  Kms() {
    rotate();
  }

  /** Another version wraps from now on: {@code kek-1}, {@code kek-2} and so on. */
  void rotate() {
    masters.put("kek-" + (version.get() + 1), DataKey.generate(random));
    version.incrementAndGet();
  }

  /** A version opens nothing any more. */
  void disable(String id) {
    masters.remove(id);
  }

  private String current() {
    return "kek-" + version.get();
  }

  /** Answers everything with a failure from now on. */
  void failWith(BackendFailure with) {
    failure = Optional.of(with);
  }

  void recover() {
    failure = Optional.empty();
  }

  /** What is done in the middle of every unwrapping. */
  void during(Runnable step) {
    during = step;
  }

  RecordKek kek(Duration lifetime) {
    return new Kek(lifetime);
  }

  private void answer() throws BackendFailure {
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  private final class Kek implements RecordKek {

    private final Duration lifetime;

    Kek(Duration lifetime) {
      this.lifetime = lifetime;
    }

    @Override
    public Wrapped wrap(SecretBytes dataKey, Bytes associatedData, CallContext call)
        throws BackendFailure {
      wraps.incrementAndGet();
      answer();
      byte[] nonce = new byte[12];
      random.nextBytes(nonce);
      byte[] raw = dataKey.exposeSecret();
      String id = current();
      byte[] sealed = master(id).encrypt(Bytes.of(nonce), associatedData, raw).toByteArray();
      Arrays.fill(raw, (byte) 0);
      byte[] wrapped = Arrays.copyOf(nonce, nonce.length + sealed.length);
      System.arraycopy(sealed, 0, wrapped, nonce.length, sealed.length);
      return new Wrapped(id, Bytes.of(wrapped));
    }

    @Override
    public SecretBytes unwrap(Wrapped wrapped, Bytes associatedData, CallContext call)
        throws BackendFailure {
      unwraps.incrementAndGet();
      mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
      try {
        during.run();
        answer();
        byte[] all = wrapped.wrapped().toByteArray();
        if (!masters.containsKey(wrapped.kek()) || all.length < 12) {
          throw corrupt();
        }
        return SecretBytes.takeOver(
            master(wrapped.kek())
                .decrypt(
                    Bytes.of(Arrays.copyOf(all, 12)),
                    associatedData,
                    Bytes.of(Arrays.copyOfRange(all, 12, all.length))));
      } catch (EnclaveException e) {
        throw corrupt();
      } finally {
        atOnce.decrementAndGet();
      }
    }

    private DataKey master(String id) {
      return Objects.requireNonNull(masters.get(id));
    }

    private BackendFailure corrupt() {
      return BackendFailure.permanent(
          FailureCode.CORRUPT, "Its data key was not wrapped by the key service.");
    }

    @Override
    public boolean isCurrent(Wrapped wrapped) {
      return wrapped.kek().equals(current());
    }

    @Override
    public Optional<KeyVersionId> version(CallContext call) throws BackendFailure {
      answer();
      return Optional.of(KeyVersionId.of(current()));
    }

    @Override
    public boolean rotates() {
      return true;
    }

    @Override
    public Duration lifetime() {
      return lifetime;
    }

    @Override
    public Assurance assurance() {
      return Assurance.HSM_WRAPPED;
    }

    @Override
    public void close() {
      // The service goes on.
    }
  }
}
