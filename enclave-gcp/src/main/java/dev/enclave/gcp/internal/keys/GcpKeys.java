package dev.enclave.gcp.internal.keys;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import dev.enclave.KeyName;
import dev.enclave.cloud.LastToSign;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.model.GcpKey;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;

/** What the parts of the backend share. */
public record GcpKeys(
    GcpCalls calls, GcpDirectory directory, LastToSign lastToSign, GcpSnapshots snapshots) {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  public GcpActivations activations() {
    return directory.activations();
  }

  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    return snapshots.of(existing(name, call), call);
  }

  public GcpKey existing(KeyName name, CallContext call) throws BackendFailure {
    return directory
        .read(name, call)
        .orElseThrow(() -> GcpRefusals.noKey(name, calls.session().keyRing()));
  }

  /** Waits while KMS generates a version, at most until the deadline. */
  public CryptoKeyVersion generated(CryptoKeyVersion version, CallContext call)
      throws BackendFailure {
    CryptoKeyVersion seen = settled(version, call);
    if (seen.getState() == CryptoKeyVersionState.GENERATION_FAILED) {
      throw GcpRefusals.generationFailed(seen.getName());
    }
    return seen;
  }

  /** Waits while a version is being generated or imported, at most until the deadline. */
  public CryptoKeyVersion settled(CryptoKeyVersion version, CallContext call)
      throws BackendFailure {
    return awaited(
        version,
        seen ->
            seen.getState() == CryptoKeyVersionState.PENDING_GENERATION
                || seen.getState() == CryptoKeyVersionState.PENDING_IMPORT,
        seen -> directory.version(seen.getName(), call),
        CryptoKeyVersion::getName,
        call);
  }

  /** Asks again. */
  @FunctionalInterface
  public interface Reading<T> {
    T again(T seen) throws BackendFailure;
  }

  /** Asks ever less often as long as something is pending, at most until the deadline. */
  public static <T> T awaited(
      T first, Predicate<T> pending, Reading<T> reading, Function<T, String> name, CallContext call)
      throws BackendFailure {
    T seen = first;
    Duration pause = FIRST_PAUSE;
    while (pending.test(seen)) {
      if (call.remaining().compareTo(pause) <= 0) {
        throw GcpRefusals.stillPending(name.apply(seen));
      }
      pause(pause, call);
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
      seen = reading.again(seen);
    }
    return seen;
  }

  private static void pause(Duration pause, CallContext call) throws BackendFailure {
    try {
      call.time().pause(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw BackendFailure.transientFailure(
          dev.enclave.spi.FailureCode.TIMEOUT,
          "Waiting for Google Cloud KMS was interrupted. Ask again.");
    }
  }
}
