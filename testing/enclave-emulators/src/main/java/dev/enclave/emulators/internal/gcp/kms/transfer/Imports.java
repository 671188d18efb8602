package dev.enclave.emulators.internal.gcp.kms.transfer;

import com.google.cloud.kms.v1.ImportCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.ImportJob.ImportMethod;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.enclave.emulators.internal.crypto.Hash;
import dev.enclave.emulators.internal.crypto.KeyUnwrapping;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.kms.model.Algorithm;
import dev.enclave.emulators.internal.gcp.kms.model.Job;
import dev.enclave.emulators.internal.gcp.kms.model.Key;
import dev.enclave.emulators.internal.gcp.kms.model.KeySettings;
import dev.enclave.emulators.internal.gcp.kms.model.Kind;
import dev.enclave.emulators.internal.gcp.kms.model.Version;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;
import java.time.Instant;
import java.util.Optional;

/**
 * service.proto, ImportCryptoKeyVersion. What the request says wrongly is refused; what turns out
 * to be wrong inside the wrapping makes a version that failed ("Troubleshooting failed imports",
 * resources.proto, IMPORT_FAILED).
 */
public final class Imports {

  /** Octets of AES key wrap with padding (RFC 5649). */
  private static final int BLOCK = 8;

  private final Shared shared;

  public Imports(Shared shared) {
    this.shared = shared;
  }

  public void register(Operations operations) {
    operations.put(
        Shared.SERVICE,
        "ImportCryptoKeyVersion",
        ImportCryptoKeyVersionRequest.getDefaultInstance(),
        this::importVersion);
  }

  private Message importVersion(Call call, ImportCryptoKeyVersionRequest request) {
    String parent = Kind.CRYPTO_KEY.check("parent", request.getParent());
    String jobName = Kind.IMPORT_JOB.check("import_job", request.getImportJob());
    boolean again = !request.getCryptoKeyVersion().isEmpty();
    call.require("cloudkms.importJobs.useToImport", jobName);
    if (again) {
      call.require(
          "cloudkms.cryptoKeyVersions.update",
          Kind.CRYPTO_KEY_VERSION.check("crypto_key_version", request.getCryptoKeyVersion()));
    } else {
      call.require("cloudkms.cryptoKeyVersions.create", parent);
    }
    Key key = shared.resources().key(parent);
    Job job = shared.resources().job(jobName);
    Algorithm algorithm =
        KeySettings.algorithm(
            request.getAlgorithm(),
            key.settings().getPurpose(),
            key.template().getProtectionLevel());
    checkJob(job, key, algorithm);
    ByteString wrapped = wrappedKey(request);
    RsaMaterial wrappingKey = job.usable(call.now());
    Optional<Version> before =
        again ? Optional.of(existing(call, key, request.getCryptoKeyVersion())) : Optional.empty();
    checkLength(job.method(), wrappingKey.modulusBytes(), wrapped.size());
    Version version =
        before.orElseGet(() -> shared.versionFactory().addEmpty(key, algorithm, call.now()));
    call.about(version.name());
    Instant ready = call.now().plus(shared.settings().generationTime());
    Optional<Material> material =
        unwrap(job.method(), wrappingKey, wrapped.toByteArray())
            .flatMap(formatted -> algorithm.imported(formatted, shared.random()));
    if (material.isEmpty()) {
      version.notImported(
          job.name(),
          "The key material in the import request couldn't be unwrapped or wasn't formatted"
              + " correctly",
          ready);
    } else if (!version.accepts(algorithm, material.get())) {
      version.notImported(job.name(), "The key material is not that of the version before.", ready);
    } else {
      version.imported(
          job.name(),
          algorithm,
          material.get(),
          shared.versionFactory().statement(version.level(), version.name(), material.get(), false),
          ready);
    }
    return version.describe(call.now(), true);
  }

  /**
   * resources.proto, ImportJob.protection_level: "must match"; ImportMethod: RSA_OAEP_3072_SHA256
   * and RSA_OAEP_4096_SHA256 "cannot be used to wrap RSA keys for import".
   */
  private static void checkJob(Job job, Key key, Algorithm algorithm) {
    if (job.level() != key.template().getProtectionLevel()) {
      throw GcpFailure.invalid(
          "The protection level of the import job does not match the one of the key.");
    }
    if (algorithm.family() == Algorithm.Family.RSA && direct(job.method())) {
      throw GcpFailure.invalid("Import method " + job.method() + " cannot wrap RSA keys.");
    }
  }

  private static boolean direct(ImportMethod method) {
    return method == ImportMethod.RSA_OAEP_3072_SHA256
        || method == ImportMethod.RSA_OAEP_4096_SHA256;
  }

  /**
   * "Length errors are a specific variety of formatting error that Cloud KMS can detect before it
   * attempts to unwrap your key material" ("Troubleshooting failed imports"): no version is made.
   */
  private static void checkLength(ImportMethod method, int modulus, int length) {
    if (direct(method)) {
      if (length != modulus) {
        throw GcpFailure.invalid("Wrapped key has invalid length of " + length + ".");
      }
    } else if (length < modulus + 2 * BLOCK) {
      throw GcpFailure.invalid("Wrapped key is too short.");
    } else if ((length - modulus) % BLOCK != 0) {
      throw GcpFailure.invalid("Wrapped key does not consist of 64-bit blocks.");
    }
  }

  /** service.proto: "Either that field or this field (but not both) must be specified." */
  private static ByteString wrappedKey(ImportCryptoKeyVersionRequest request) {
    boolean both = !request.getWrappedKey().isEmpty() && request.hasRsaAesWrappedKey();
    ByteString wrapped =
        request.hasRsaAesWrappedKey() ? request.getRsaAesWrappedKey() : request.getWrappedKey();
    if (both || wrapped.isEmpty()) {
      throw GcpFailure.invalid("Exactly one of wrapped_key and rsa_aes_wrapped_key must be set.");
    }
    return wrapped;
  }

  private Version existing(Call call, Key key, String name) {
    if (!Kind.parentOf(name).equals(key.name())) {
      throw GcpFailure.invalid("The crypto_key_version field must name a child of parent.");
    }
    Version version = shared.resources().version(name);
    if (!version.reimportEligible(call.now())) {
      throw GcpFailure.precondition(
          "NOT_REIMPORT_ELIGIBLE", name, name + " is not eligible for reimport.");
    }
    return version;
  }

  /** service.proto, ImportCryptoKeyVersionRequest.wrapped_key: both formats. */
  private static Optional<byte[]> unwrap(ImportMethod method, RsaMaterial key, byte[] wrapped) {
    Hash hash = method.name().contains("_SHA1") ? Hash.SHA_1 : Hash.SHA_256;
    return direct(method) ? key.decrypt(hash, wrapped) : KeyUnwrapping.rsaAes(key, hash, wrapped);
  }
}
