package dev.enclave.gcp.internal;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.ImportJob;
import com.google.cloud.kms.v1.ImportJob.ImportJobState;
import com.google.cloud.kms.v1.ImportJob.ImportMethod;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.protobuf.ByteString;
import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.kit.key.Pending;
import dev.enclave.kit.key.RsaAesTaker;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.kit.key.TaggedService.Making;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureCode;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Brings private keys into Cloud KMS: wrapped for an import job. An import has no checksums; what
 * was damaged does not come out of the wrapping, and the public key that Cloud KMS has afterwards
 * is compared (docs/adr/0029).
 *
 * <p>Import jobs are wrapping keys in an HSM, which last for three days and can never be deleted.
 * So there is one a day for a key ring, by a name that says the day, and whoever needs one first
 * makes it. Thread-safe.
 */
public final class GcpImports extends RsaAesTaker {

  private static final ImportMethod METHOD = ImportMethod.RSA_OAEP_4096_SHA256_AES_256;

  /** Longer than a restoration lasts, and clocks differ. */
  private static final Duration LEAST_LEFT = Duration.ofMinutes(10);

  /** More of one day than this are somebody's mistake. */
  private static final int MOST_A_DAY = 9;

  /** A job that takes keys, and its wrapping key as SubjectPublicKeyInfo. */
  private record Job(ImportJob told, Bytes wrappingKey) {}

  private final GcpCalls calls;
  private final AtomicReference<@Nullable Job> last = new AtomicReference<>();

  public GcpImports(GcpCalls calls, SecureRandom random) {
    super(GcpCalls.REFUSALS, GcpScheme.supported(), random);
    this.calls = calls;
  }

  @Override
  public void requireReady(CallContext call) throws BackendFailure {
    usable(call);
  }

  /**
   * Makes another version of the key, which is pending at first. What Cloud KMS has once imported
   * uses up a number for good, so all is checked before.
   */
  @Override
  public ServiceKey bring(Making into, Version version, CallContext call) throws BackendFailure {
    KeyAlgorithm algorithm = into.algorithm();
    GcpScheme scheme = GcpScheme.of(algorithm);
    String key = GcpNames.key(calls.session().keyRing(), into.name().value());
    Job job = usable(call);
    String name = job.told().getName();
    CryptoKeyVersion made;
    Bytes wrapped = wrapped(version, algorithm, job.wrappingKey());
    ByteString sent = ByteString.copyFrom(wrapped.toByteArray());
    try {
      made =
          calls.send(
              GcpOperation.IMPORT_VERSION,
              key,
              request -> request.setImportJob(name).setAlgorithm(scheme.kms()).setWrappedKey(sent),
              call);
    } catch (BackendFailure e) {
      throw refused(job, e, call);
    }
    if (!made.getImportJob().equals(name) || made.getAlgorithm() != scheme.kms()) {
      throw GcpCalls.wrongAnswer(Texts.ANOTHER_IMPORTED.with(), key);
    }
    return GcpKeys.of(made, key);
  }

  /** Passes a refused import on; if it is because the job has ended, it may be tried again. */
  private BackendFailure refused(Job job, BackendFailure failure, CallContext call)
      throws BackendFailure {
    if (failure.code() != FailureCode.INVALID_STATE && failure.code() != FailureCode.NOT_FOUND) {
      return failure;
    }
    last.compareAndSet(job, null);
    String name = job.told().getName();
    return find(name, call).filter(now -> now.getState() == ImportJobState.ACTIVE).isPresent()
        ? failure
        : Texts.TAKES_NO_KEYS.transientFailure(FailureCode.INVALID_STATE, name).naming(name);
  }

  // Import jobs

  /** A job that takes keys for some time yet; made if there is none. */
  private Job usable(CallContext call) throws BackendFailure {
    Job known = last.get();
    if (known != null && lasts(known.told(), call)) {
      return known;
    }
    String first = "enclave-" + call.time().now().atOffset(ZoneOffset.UTC).toLocalDate();
    String name = "";
    for (int number = 1; number <= MOST_A_DAY; number++) {
      String id = first + (number == 1 ? "" : "-" + number);
      name = calls.session().keyRing() + "/importJobs/" + id;
      ImportJob there = ready(id, name, call);
      if (fits(there) && lasts(there, call)) {
        Job job = new Job(there, wrappingKey(there.getPublicKey().getPem(), name));
        GcpStatement.requireOn(there.getAttestation(), job.wrappingKey());
        last.set(job);
        return job;
      }
    }
    throw Texts.NO_IMPORT_JOB.permanent(FailureCode.LIMIT_EXCEEDED, name).naming(name);
  }

  private static boolean lasts(ImportJob job, CallContext call) {
    return call.time().now().plus(LEAST_LEFT).isBefore(GcpKeys.instant(job.getExpireTime()));
  }

  private Optional<ImportJob> find(String name, CallContext call) throws BackendFailure {
    return calls.find(GcpOperation.GET_IMPORT_JOB, name, call);
  }

  /** The job of that id, made if need be, no longer pending. */
  private ImportJob ready(String id, String name, CallContext call) throws BackendFailure {
    Optional<ImportJob> there = find(name, call);
    if (there.isEmpty()) {
      ImportJob.Builder asked =
          ImportJob.newBuilder().setImportMethod(METHOD).setProtectionLevel(ProtectionLevel.HSM);
      there =
          calls.claim(
              GcpOperation.CREATE_IMPORT_JOB,
              calls.session().keyRing(),
              request -> request.setImportJobId(id).setImportJob(asked),
              call);
    }
    ImportJob first =
        there.isPresent()
            ? there.get()
            : find(name, call)
                .orElseThrow(() -> GcpCalls.REFUSALS.notSeenYet(Texts.IMPORT_JOB.with(id)));
    if (!first.getName().equals(name)) {
      throw GcpCalls.wrongAnswer(Texts.ANOTHER_IMPORT_JOB.with(), name);
    }
    return Pending.awaited(
        first,
        job -> job.getState() == ImportJobState.PENDING_GENERATION,
        job -> find(name, call).orElse(job),
        job -> GcpKeys.stillPending(name),
        call);
  }

  /** Whoever made it: what counts is where its wrapping key lies, and how it wraps. */
  private static boolean fits(ImportJob job) {
    return job.getState() == ImportJobState.ACTIVE
        && job.getImportMethod() == METHOD
        && job.getProtectionLevel() == ProtectionLevel.HSM;
  }
}
