package dev.enclave.aws;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.aws.internal.access.AwsAccessPolicy;
import dev.enclave.aws.internal.backend.AwsKmsBackend;
import dev.enclave.aws.internal.connect.AwsSessions;
import dev.enclave.aws.internal.settings.AwsSettings;
import dev.enclave.aws.internal.texts.Texts;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.AccessPolicyWriter;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.ConformanceSupport;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.List;

/**
 * Opens the AWS KMS backend: keys of one account and region, which never leave KMS.
 *
 * <p>In PRODUCTION and STAGING with a role's credentials alone, over TLS, at AWS's own endpoints or
 * at those that {@code enclave.aws-kms.allowed-endpoints} names. The AWS SDK looks for nothing by
 * itself: region, endpoints and credentials come from {@code enclave.aws-kms.*} and from the
 * environment snapshot. Thread-safe.
 */
public final class AwsKmsBackendProvider
    implements BackendProvider, AccessPolicyWriter, ConformanceSupport {

  @Override
  public BackendId id() {
    return BackendId.AWS_KMS;
  }

  @Override
  public List<SettingSpec> settings() {
    return AwsSettings.SPECS;
  }

  @Override
  public Assurance assuranceCeiling() {
    return Assurance.HSM;
  }

  @Override
  public Detection detect(DetectionContext context) {
    return AwsSettings.detect(context);
  }

  @Override
  public AccessPolicy accessPolicy(BackendContext context) throws BackendFailure {
    return AwsAccessPolicy.of(context);
  }

  /**
   * What a run of the contracts needs, counted by the journal of our own server; a test compares.
   * Prices: aws.amazon.com/kms/pricing, read in November 2026: a dollar a key and month by the
   * hour, nothing for a key that is to be deleted; 3 cents for 10,000 requests, 15 cents where an
   * elliptic curve or a long RSA key works.
   */
  @Override
  public Estimate estimate() {
    return Estimate.of(240, 8700, Texts.ESTIMATE.with());
  }

  @Override
  public BareKeys bareKeys(BackendContext context) throws BackendFailure {
    return AwsKmsBackend.bareKeys(AwsSessions.open(context));
  }

  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    return AwsKmsBackend.over(AwsSessions.open(context), context);
  }
}
