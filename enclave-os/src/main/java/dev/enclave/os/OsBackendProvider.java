package dev.enclave.os;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.os.internal.OsSettings;
import dev.enclave.os.internal.OsStore;
import dev.enclave.os.internal.Texts;
import dev.enclave.software.embed.EmbeddedStore;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.AccessPolicyWriter;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.Reinitialiser;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.backend.StoreRemover;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.List;

/**
 * Opens the backend of the operating system's store: a random sealing key lies there, and private
 * keys in sealed files beside it. On Linux the store is the Secret Service.
 *
 * <p>Every key's assurance is OS_SEALED: private keys are used in this process's memory. Settings:
 * {@code enclave.os.directory}, {@code enclave.os.unlock-timeout}. Thread-safe.
 */
public final class OsBackendProvider
    implements BackendProvider, AccessPolicyWriter, Reinitialiser, StoreRemover {

  @Override
  public BackendId id() {
    return BackendId.OS;
  }

  @Override
  public List<SettingSpec> settings() {
    return OsSettings.SPECS;
  }

  @Override
  public Assurance assuranceCeiling() {
    return Assurance.OS_SEALED;
  }

  /** By files and variables alone: asks no bus and shows no prompt. */
  @Override
  public Detection detect(DetectionContext context) {
    return OsStores.of(context.environment())
        .map(store -> store.detect(context.environment()))
        .orElseGet(() -> new Detection.Absent(OsStores.unknown(context.environment())));
  }

  @Override
  public List<String> createsOnOpening(BackendContext context) throws BackendFailure {
    return store(context).creates(context);
  }

  /** A user's own store needs no policy of a platform. */
  @Override
  public AccessPolicy accessPolicy(BackendContext context) {
    return AccessPolicy.of(false, Texts.NO_ACCESS_POLICY.with());
  }

  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    return store(context).open(context);
  }

  @Override
  public List<KeyName> atStake(BackendContext context) throws BackendFailure {
    return store(context).atStake(context);
  }

  @Override
  public String reinitialise(BackendContext context, List<KeyName> givenUp) throws BackendFailure {
    return store(context).reinitialise(context, givenUp);
  }

  @Override
  public void removeStore(BackendContext context) throws BackendFailure {
    store(context).remove(context);
  }

  private static EmbeddedStore store(BackendContext context) throws BackendFailure {
    OsStore store =
        OsStores.of(context.snapshot())
            .orElseThrow(
                () ->
                    Texts.USE_ANOTHER_BACKEND.permanent(
                        FailureCode.MISCONFIGURED, OsStores.unknown(context.snapshot())));
    return new EmbeddedStore(store.kind(context));
  }
}
