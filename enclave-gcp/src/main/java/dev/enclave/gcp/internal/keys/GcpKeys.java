package dev.enclave.gcp.internal.keys;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import dev.enclave.KeyName;
import dev.enclave.kit.key.LastToSign;
import dev.enclave.kit.key.Pending;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.model.GcpKey;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;

/** What the parts of the backend share. */
public record GcpKeys(
    GcpCalls calls, GcpDirectory directory, LastToSign lastToSign, GcpSnapshots snapshots) {

  public GcpActivations activations() {
    return directory.activations();
  }

  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    return snapshots.of(explained(existing(name, call), call), call);
  }

  /**
   * By the last record that there is. A record that was deleted would bring the version before back
   * to signing: where no record names a newer version, though no rotation can be about to, deleted
   * records are looked for.
   */
  private GcpKey explained(GcpKey key, CallContext call) throws BackendFailure {
    boolean doubtful =
        key.unexplained().filter(version -> snapshots.noted().isOld(version, call)).isPresent();
    return doubtful ? activations().pastDeleted(key, call).map(key::after).orElse(key) : key;
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
    return Pending.awaited(
        version,
        seen ->
            seen.getState() == CryptoKeyVersionState.PENDING_GENERATION
                || seen.getState() == CryptoKeyVersionState.PENDING_IMPORT,
        seen -> directory.version(seen.getName(), call),
        seen -> GcpRefusals.stillPending(seen.getName()),
        call);
  }
}
