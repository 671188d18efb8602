package dev.enclave.gcp.internal.transfer;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.ImportCryptoKeyVersionRequest;
import com.google.protobuf.ByteString;
import dev.enclave.KeyAlgorithm;
import dev.enclave.crypto.LocalKey;
import dev.enclave.crypto.RsaAesKeyWrap;
import dev.enclave.error.EnclaveException;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.keys.GcpKeys;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.gcp.internal.model.GcpScheme;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;

/**
 * Brings private keys into Cloud KMS: wrapped by RSA_OAEP_4096_SHA256_AES_256 for an import job. An
 * import has no checksums; what was damaged does not come out of the wrapping, and the public key
 * that Cloud KMS has afterwards is compared.
 */
public final class GcpImports {

  private final GcpKeys keys;
  private final GcpImportJobs jobs;
  private final SecureRandom random;

  public GcpImports(GcpKeys keys, SecureRandom random) {
    this.keys = keys;
    this.jobs = new GcpImportJobs(keys.calls());
    this.random = random;
  }

  /**
   * Checks, before anything is asked, that it is a private key of the algorithm, and the one of its
   * public key: what Cloud KMS has once imported uses up a number for good.
   */
  void requireWhole(Version version, KeyAlgorithm algorithm) throws BackendFailure {
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

  /** Checks that keys can be wrapped for Cloud KMS. */
  void requireJob(CallContext call) throws BackendFailure {
    jobs.usable(call);
  }

  /** Makes another version of the key, which is pending at first. */
  CryptoKeyVersion bring(String key, Version version, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    GcpImportJobs.Job job = jobs.usable(call);
    ByteString wrapped = wrapped(job, version, algorithm);
    CryptoKeyVersion made;
    try {
      made =
          keys.calls()
              .send(
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
    return made;
  }

  private ByteString wrapped(GcpImportJobs.Job job, Version version, KeyAlgorithm algorithm)
      throws BackendFailure {
    try (SecretBytes pkcs8 = formatted(version, algorithm)) {
      return ByteString.copyFrom(
          RsaAesKeyWrap.SHA_256.wrap(job.wrappingKey(), pkcs8, random).toByteArray());
    }
  }

  /** Whether an enabled version has the private half of that public key. */
  boolean match(CryptoKeyVersion there, Version version, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    return keys.snapshots().publicKey(there, algorithm, call).equals(version.publicKey());
  }
}
