package dev.enclave.gcp;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.gcp.internal.access.GcpAccessPolicy;
import dev.enclave.gcp.internal.backend.GcpBareKeys;
import dev.enclave.gcp.internal.backend.GcpKmsBackend;
import dev.enclave.gcp.internal.keys.GcpStatement;
import dev.enclave.gcp.internal.settings.GcpSettings;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.AccessPolicyWriter;
import dev.enclave.spi.backend.Attester.Attestation;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.ConformanceSupport;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.backend.StatementReader;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.List;
import java.util.Optional;

/**
 * Opens the Google Cloud KMS backend: keys of one key ring, which never leave KMS.
 *
 * <p>In PRODUCTION and STAGING with an attached service account or workload identity alone, over
 * TLS, at Google's own endpoints. Nothing is looked for anywhere but in {@code enclave.gcp-kms.*}
 * and in the environment snapshot. Thread-safe.
 */
public final class GcpKmsBackendProvider
    implements BackendProvider, AccessPolicyWriter, ConformanceSupport, StatementReader {

  /** Opens a backend. */
  @FunctionalInterface
  interface Opening {
    SigningBackend open(BackendContext context) throws BackendFailure;
  }

  private final Opening opening;

  /** Over the network that this process is in. */
  public GcpKmsBackendProvider() {
    this(GcpKmsBackend::open);
  }

  /** Over another one. */
  GcpKmsBackendProvider(Opening opening) {
    this.opening = opening;
  }

  @Override
  public BackendId id() {
    return BackendId.GCP_KMS;
  }

  @Override
  public List<SettingSpec> settings() {
    return GcpSettings.SPECS;
  }

  @Override
  public Assurance assuranceCeiling() {
    return Assurance.HSM;
  }

  @Override
  public Detection detect(DetectionContext context) {
    return GcpSettings.PLACES.detect(context);
  }

  @Override
  public AccessPolicy accessPolicy(BackendContext context) throws BackendFailure {
    return GcpAccessPolicy.of(context);
  }

  @Override
  public Estimate estimate() {
    return GcpBareKeys.estimate();
  }

  @Override
  public BareKeys bareKeys(BackendContext context) throws BackendFailure {
    return GcpBareKeys.open(context);
  }

  @Override
  public Optional<Attestation> readStatement(
      Bytes statement, List<Bytes> certificates, Optional<Bytes> publicKey) throws BackendFailure {
    return GcpStatement.ofFile(statement, certificates, publicKey);
  }

  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    return opening.open(context);
  }
}
