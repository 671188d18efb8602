package dev.enclave.core.internal.key;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.SecurityPolicy;
import dev.enclave.SigningAlgorithm;
import dev.enclave.core.internal.call.Backoff;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.policy.KeyPolicy;
import dev.enclave.core.internal.support.HandTime;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.SigningBackend;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One key of a remote backend that can be read, and counts how often it was. */
public final class ReadKey implements SigningBackend {

  private static final BackendId ID = BackendId.of("read");
  private static final KeyName NAME = KeyName.of("wallet");

  private int readings;
  private @Nullable BackendFailure failure;
  private Runnable work = () -> {};

  /** A place for the key in which nothing has been read yet. */
  public CachedKey slot(HandTime time, ReadingAge age, BackgroundReads reads) {
    RetryingCaller caller = new RetryingCaller(ID, List.of(), Backoff.DEFAULT, time, new Random(1));
    return new CachedKey(
        OpenBackend.of(ID, this, caller, Optional.empty(), List.of()),
        NAME,
        Optional.empty(),
        new CachedKey.Readings(
            new KeyPolicy(SecurityPolicy.defaultsFor(EnvironmentType.LOCAL), true),
            time,
            age,
            reads),
        stranger -> {});
  }

  public int readings() {
    return readings;
  }

  /** What every reading from now on fails with. */
  public void failing(BackendFailure with) {
    failure = with;
  }

  public void answering() {
    failure = null;
  }

  /** How long every reading from now on takes. */
  public void taking(HandTime time, Duration duration) {
    work = () -> time.advance(duration);
  }

  @Override
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    readings++;
    work.run();
    if (failure != null) {
      throw failure;
    }
    return KeySnapshot.of(
            name,
            SigningAlgorithm.ED25519,
            List.of(
                KeyVersion.of(KeyVersionId.of("1"), KeyState.ACTIVE, Instant.EPOCH, "uri:wallet/1")
                    .withAssurance(Assurance.HSM)
                    .withOrigin(KeyOrigin.GENERATED)),
            "uri:wallet")
        .withStamp(StampReading.of(EnvironmentType.LOCAL))
        .withCreatedAt(Instant.EPOCH);
  }

  @Override
  public BackendDescription describe() {
    return BackendDescription.of(ID, "here", Set.of(BackendTrait.REMOTE), List.of());
  }

  @Override
  public HealthReport health(CallContext call) {
    return HealthReport.of(List.of());
  }

  @Override
  public void close() {}
}
