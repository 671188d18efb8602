package dev.enclave.gcp.internal.transfer;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.ImportCryptoKeyVersionRequest;
import com.google.protobuf.ByteString;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.crypto.LocalKey;
import dev.enclave.crypto.RsaAesKeyWrap;
import dev.enclave.error.EnclaveException;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.keys.GcpKeys;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.gcp.internal.model.GcpScheme;
import dev.enclave.kit.ledger.KeyTaker;
import dev.enclave.kit.ledger.ServiceKey;
import dev.enclave.kit.ledger.TaggedService.Making;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.KeyImporter.ImportSupport;
import java.security.SecureRandom;
import java.util.stream.Collectors;

/**
 * Brings private keys into Cloud KMS: wrapped by RSA_OAEP_4096_SHA256_AES_256 for an import job. An
 * import has no checksums; what was damaged does not come out of the wrapping, and the public key
 * that Cloud KMS has afterwards is compared (docs/adr/0029).
 */
public final class GcpImports implements KeyTaker {

  private static final ImportSupport SUPPORT =
      ImportSupport.of(
          GcpScheme.supported().stream()
              .map(AlgorithmSupport::algorithm)
              .filter(algorithm -> algorithm.purpose() == KeyPurpose.SIGN)
              .collect(Collectors.toUnmodifiableSet()),
          false);

  private final GcpCalls calls;
  private final GcpImportJobs jobs;
  private final SecureRandom random;

  public GcpImports(GcpCalls calls, SecureRandom random) {
    this.calls = calls;
    this.jobs = new GcpImportJobs(calls);
    this.random = random;
  }

  @Override
  public ImportSupport support() {
    return SUPPORT;
  }

  @Override
  public BackendFailure notTaken(KeyAlgorithm algorithm) {
    return GcpRefusals.COMMON.notImported(
        algorithm, "it has no keys for it. Restore it in another backend.");
  }

  /** What Cloud KMS has once imported uses up a number for good. */
  @Override
  public void check(Version version, KeyAlgorithm algorithm) throws BackendFailure {
    formatted(version, algorithm).close();
  }

  /** PKCS#8 as RFC 5208 has it, whatever else the encoding that was given carries. */
  private SecretBytes formatted(Version version, KeyAlgorithm algorithm) throws BackendFailure {
    try (LocalKey key = LocalKey.decode(algorithm, version.material().orElseThrow(), random)) {
      if (!key.publicKey().equals(version.publicKey())) {
        throw GcpRefusals.COMMON.notItsPublicKey(version.id(), "Nothing was sent.");
      }
      return key.encode();
    } catch (EnclaveException e) {
      throw GcpRefusals.COMMON.notOfTheAlgorithm(version.id(), algorithm);
    }
  }

  @Override
  public void requireReady(CallContext call) throws BackendFailure {
    jobs.usable(call);
  }

  /** Makes another version of the key, which is pending at first. */
  @Override
  public ServiceKey bring(Making into, Version version, CallContext call) throws BackendFailure {
    KeyAlgorithm algorithm = into.algorithm();
    String key = GcpNames.key(calls.session().keyRing(), into.name().value());
    GcpImportJobs.Job job = jobs.usable(call);
    ByteString wrapped = wrapped(job, version, algorithm);
    CryptoKeyVersion made;
    try {
      made =
          calls.send(
              GcpOperation.IMPORT_VERSION,
              key,
              ImportCryptoKeyVersionRequest.newBuilder()
                  .setParent(key)
                  .setImportJob(job.name())
                  .setAlgorithm(GcpScheme.of(algorithm).kms())
                  .setWrappedKey(wrapped)
                  .build(),
              call);
    } catch (BackendFailure e) {
      throw jobs.refused(job, e, call);
    }
    if (!GcpNames.isVersion(made.getName())
        || !GcpNames.keyOf(made.getName()).equals(key)
        || !made.getImportJob().equals(job.name())
        || made.getAlgorithm() != GcpScheme.of(algorithm).kms()) {
      throw GcpRefusals.wrongAnswer("it imported something else than was sent for " + key)
          .naming(key);
    }
    return GcpKeys.of(made);
  }

  private ByteString wrapped(GcpImportJobs.Job job, Version version, KeyAlgorithm algorithm)
      throws BackendFailure {
    try (SecretBytes pkcs8 = formatted(version, algorithm)) {
      return ByteString.copyFrom(
          RsaAesKeyWrap.SHA_256.wrap(job.wrappingKey(), pkcs8, random).toByteArray());
    }
  }
}
