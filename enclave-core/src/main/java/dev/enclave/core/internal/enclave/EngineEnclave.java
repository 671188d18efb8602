package dev.enclave.core.internal.enclave;

import dev.enclave.DeferrableResult;
import dev.enclave.Enclave;
import dev.enclave.EnclaveKey;
import dev.enclave.Fallback;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.Keys;
import dev.enclave.SealedBytes;
import dev.enclave.SecurityPolicy;
import dev.enclave.SignOptions;
import dev.enclave.SigningKey;
import dev.enclave.WrappingKey;
import dev.enclave.admin.Administration;
import dev.enclave.core.internal.backend.BackendOpener;
import dev.enclave.core.internal.backend.Engine;
import dev.enclave.core.internal.deferral.EngineDeferredOperations;
import dev.enclave.core.internal.fallback.SoftwareFallback;
import dev.enclave.core.internal.lifecycle.CreateOperation;
import dev.enclave.core.internal.operation.KeptOperation;
import dev.enclave.deferred.DeferredOperations;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.error.ErrorCategory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** The Enclave applications hold: one engine seen as one caller. Thread-safe. */
public final class EngineEnclave implements Enclave {

  private final KeyLookup lookup;
  private final Resolution resolution;
  private final Supplier<List<Finding>> beside;
  private final Runnable closer;

  private EngineEnclave(
      KeyLookup lookup, Resolution resolution, Supplier<List<Finding>> beside, Runnable closer) {
    this.lookup = lookup;
    this.resolution = resolution;
    this.beside = beside;
    this.closer = closer;
  }

  /**
   * The Enclave that owns the engine; its caller is the application itself.
   *
   * @param fallback what signs while the backend does not answer, if anything does
   * @param deferred what keeps operations for later, if anything does
   * @param beside what is wrong beside the backend
   * @param closer closes all that the start has opened
   */
  public static Enclave over(
      Engine engine,
      Optional<SoftwareFallback> fallback,
      Optional<EngineDeferredOperations> deferred,
      Supplier<List<Finding>> beside,
      Runnable closer) {
    KeyLookup lookup =
        new KeyLookup(
            engine.operations(), engine.keys(), engine.rules(), fallback, deferred, "application");
    return new EngineEnclave(lookup, engine.resolution(), beside, closer);
  }

  /** Runs what was kept, as whoever asked for it. */
  public <R> R run(KeptOperation<R> kept) {
    return kept.run(lookup.operations());
  }

  @Override
  public <K extends EnclaveKey> K createKey(KeySpec<K> spec) {
    Objects.requireNonNull(spec, "spec");
    return lookup.as(
        spec.keyType(),
        new CreateOperation(spec, false).create(lookup.operations(), lookup.caller()));
  }

  @Override
  public <K extends EnclaveKey> DeferrableResult<K> createKeyOrDefer(KeySpec<K> spec) {
    Objects.requireNonNull(spec, "spec");
    return lookup
        .deferred(lookup.caller())
        .createOrDefer(spec, found -> lookup.as(spec.keyType(), found));
  }

  @Override
  public <K extends EnclaveKey> K ensureKey(KeySpec<K> spec) {
    Objects.requireNonNull(spec, "spec");
    return lookup.as(
        spec.keyType(),
        new CreateOperation(spec, false).ensure(lookup.operations(), lookup.caller()));
  }

  @Override
  public Keys<SigningKey> signingKeys() {
    return new EngineKeys<>(lookup, SigningKey.class);
  }

  @Override
  public Keys<WrappingKey> wrappingKeys() {
    return new EngineKeys<>(lookup, WrappingKey.class);
  }

  @Override
  public SealedBytes seal(KeyName kek, byte[] plaintext, byte[] associatedData) {
    Objects.requireNonNull(kek, "kek");
    Objects.requireNonNull(plaintext, "plaintext");
    Objects.requireNonNull(associatedData, "associatedData");
    return wrappingKeys().key(kek).seal(plaintext, associatedData);
  }

  @Override
  public byte[] unseal(SealedBytes box, byte[] associatedData) {
    Objects.requireNonNull(box, "box");
    Objects.requireNonNull(associatedData, "associatedData");
    return wrappingKeys().key(box.kek()).unseal(box, associatedData);
  }

  @Override
  public SealedBytes reseal(SealedBytes box, byte[] associatedData) {
    Objects.requireNonNull(box, "box");
    Objects.requireNonNull(associatedData, "associatedData");
    return wrappingKeys().key(box.kek()).reseal(box, associatedData);
  }

  @Override
  public Administration admin() {
    return new EngineAdministration(lookup);
  }

  @Override
  public Fallback fallback() {
    return new EngineFallback(lookup);
  }

  @Override
  public Optional<DeferredOperations> deferred() {
    return lookup.deferred().map(deferred -> deferred.by(lookup.caller()));
  }

  @Override
  public Enclave by(String newCaller) {
    Objects.requireNonNull(newCaller, "newCaller");
    String valid = SignOptions.by(newCaller).caller().orElseThrow();
    return new EngineEnclave(lookup.by(valid), resolution, beside, () -> {});
  }

  @Override
  public HealthReport health() {
    lookup.operations().requireOpen();
    List<Finding> findings =
        new ArrayList<>(bridged(BackendOpener.health(lookup.keys().resolved()).findings()));
    findings.addAll(beside.get());
    return HealthReport.of(findings);
  }

  /** An outage that companions bridge is a reduced mode: a service that still signs is healthy. */
  private List<Finding> bridged(List<Finding> findings) {
    boolean bridging = lookup.fallback().filter(SoftwareFallback::standsIn).isPresent();
    return findings.stream()
        .map(
            finding ->
                bridging && finding.category() == ErrorCategory.CONNECTIVITY
                    ? Finding.of(
                        Severity.WARNING, finding.code(), finding.observed(), finding.fix())
                    : finding)
        .toList();
  }

  @Override
  public Resolution resolution() {
    return resolution;
  }

  @Override
  public SecurityPolicy policy() {
    return lookup.rules().policy();
  }

  @Override
  public void close() {
    closer.run();
  }

  @Override
  public String toString() {
    return "Enclave[" + resolution.chosen() + ", " + lookup.caller() + "]";
  }
}
