package dev.enclave.gcp;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.gcp.internal.GcpAccess;
import dev.enclave.gcp.internal.GcpCalls;
import dev.enclave.gcp.internal.GcpKmsBackend;
import dev.enclave.gcp.internal.GcpSession;
import dev.enclave.gcp.internal.GcpSettings;
import dev.enclave.gcp.internal.GcpStatement;
import dev.enclave.gcp.internal.Texts;
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
    this(context -> GcpKmsBackend.over(GcpSession.open(context), context));
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
    return GcpAccess.policy(context);
  }

  /**
   * What a run of the contracts needs, counted by the journal of our own server; a test compares.
   * Prices: cloud.google.com/kms/pricing, as of 2026: by month and active version in an HSM, 1 USD
   * to 2.50 USD, by the hour; 3 cents to 15 cents for 10,000 operations. A CryptoKey without an
   * active version costs nothing, and stays listed.
   */
  @Override
  public Estimate estimate() {
    return Estimate.of(285, 5400, Texts.ESTIMATE.with());
  }

  @Override
  public BareKeys bareKeys(BackendContext context) throws BackendFailure {
    return new GcpKmsBackend.Bare(new GcpCalls(GcpSession.open(context)));
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
