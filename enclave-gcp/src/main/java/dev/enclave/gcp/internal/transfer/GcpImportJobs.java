package dev.enclave.gcp.internal.transfer;

import com.google.cloud.kms.v1.CreateImportJobRequest;
import com.google.cloud.kms.v1.GetImportJobRequest;
import com.google.cloud.kms.v1.ImportJob;
import com.google.cloud.kms.v1.ImportJob.ImportJobState;
import com.google.cloud.kms.v1.ImportJob.ImportMethod;
import com.google.cloud.kms.v1.ProtectionLevel;
import dev.enclave.Bytes;
import dev.enclave.PublicKeyInfo;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.error.EnclaveException;
import dev.enclave.gcp.internal.attest.GcpAttestations;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.keys.GcpKeys;
import dev.enclave.kit.key.Pending;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Import jobs: wrapping keys in an HSM, which last for three days and can never be deleted. So
 * there is one a day for a key ring, by a name that says the day, and whoever needs one first makes
 * it. Thread-safe.
 */
final class GcpImportJobs {

  static final ImportMethod METHOD = ImportMethod.RSA_OAEP_4096_SHA256_AES_256;

  /** What the wrapping key of {@link #METHOD} is, as a public key. */
  private static final WrappingAlgorithm WRAPPING = WrappingAlgorithm.RSA_OAEP_4096_SHA256;

  /** Longer than a restoration lasts, and clocks differ. */
  private static final Duration LEAST_LEFT = Duration.ofMinutes(10);

  /** More of one day than this are somebody's mistake. */
  private static final int MOST_A_DAY = 9;

  /**
   * A job that takes keys.
   *
   * @param name its resource name
   * @param wrappingKey RSA of 4096 bits, SubjectPublicKeyInfo
   * @param expiresAt when it takes none any more
   */
  record Job(String name, Bytes wrappingKey, Instant expiresAt) {}

  private final GcpCalls calls;
  private final AtomicReference<@Nullable Job> last = new AtomicReference<>();

  GcpImportJobs(GcpCalls calls) {
    this.calls = calls;
  }

  /** A job that takes keys for some time yet; made if there is none. */
  Job usable(CallContext call) throws BackendFailure {
    Job known = last.get();
    if (known != null && lasts(known.expiresAt(), call)) {
      return known;
    }
    for (int number = 1; number <= MOST_A_DAY; number++) {
      String id = id(call.time().now(), number);
      ImportJob there = ready(id, call);
      if (fits(there) && lasts(GcpKeys.instant(there.getExpireTime()), call)) {
        Job job = checked(there);
        last.set(job);
        return job;
      }
    }
    throw GcpRefusals.noImportJob(name(id(call.time().now(), MOST_A_DAY)));
  }

  private static boolean lasts(Instant expiresAt, CallContext call) {
    return call.time().now().plus(LEAST_LEFT).isBefore(expiresAt);
  }

  private static String id(Instant now, int number) {
    String day = now.atOffset(ZoneOffset.UTC).toLocalDate().toString();
    return "enclave-" + day + (number == 1 ? "" : "-" + number);
  }

  private String name(String id) {
    return calls.session().keyRing() + "/importJobs/" + id;
  }

  /** The job of that id, made if need be, no longer pending. */
  private ImportJob ready(String id, CallContext call) throws BackendFailure {
    Optional<ImportJob> there = find(id, call);
    if (there.isEmpty()) {
      there =
          calls.claim(GcpOperation.CREATE_IMPORT_JOB, calls.session().keyRing(), asked(id), call);
    }
    ImportJob first =
        there.isPresent()
            ? there.get()
            : find(id, call).orElseThrow(() -> GcpRefusals.COMMON.notSeenYet("Import job " + id));
    return Pending.awaited(
        requireNamed(first, id),
        job -> job.getState() == ImportJobState.PENDING_GENERATION,
        job -> find(id, call).orElse(job),
        job -> GcpRefusals.stillPending(job.getName()),
        call);
  }

  private CreateImportJobRequest asked(String id) {
    return CreateImportJobRequest.newBuilder()
        .setParent(calls.session().keyRing())
        .setImportJobId(id)
        .setImportJob(
            ImportJob.newBuilder().setImportMethod(METHOD).setProtectionLevel(ProtectionLevel.HSM))
        .build();
  }

  private Optional<ImportJob> find(String id, CallContext call) throws BackendFailure {
    Optional<ImportJob> found =
        calls.find(
            GcpOperation.GET_IMPORT_JOB,
            name(id),
            GetImportJobRequest.newBuilder().setName(name(id)).build(),
            call);
    if (found.isPresent()) {
      requireNamed(found.get(), id);
    }
    return found;
  }

  private ImportJob requireNamed(ImportJob job, String id) throws BackendFailure {
    if (!job.getName().equals(name(id))) {
      throw GcpRefusals.wrongAnswer("another import job was sent than " + id).naming(id);
    }
    return job;
  }

  /** Whoever made it: what counts is where its wrapping key lies, and how it wraps. */
  private static boolean fits(ImportJob job) {
    return job.getState() == ImportJobState.ACTIVE
        && job.getImportMethod() == METHOD
        && job.getProtectionLevel() == ProtectionLevel.HSM;
  }

  private static Job checked(ImportJob job) throws BackendFailure {
    try {
      Bytes wrappingKey = PublicKeyInfo.fromPem(job.getPublicKey().getPem(), WRAPPING).spki();
      GcpAttestations.requireOn(job.getAttestation(), wrappingKey);
      return new Job(job.getName(), wrappingKey, GcpKeys.instant(job.getExpireTime()));
    } catch (EnclaveException e) {
      throw GcpRefusals.wrongAnswer(
              "the wrapping key of "
                  + job.getName()
                  + " is no RSA key of "
                  + WRAPPING.keyBits()
                  + " bits")
          .naming(job.getName());
    }
  }

  /** Passes a refused import on; if it is because the job has ended, it may be tried again. */
  BackendFailure refused(Job job, BackendFailure failure, CallContext call) throws BackendFailure {
    if (failure.code() != FailureCode.INVALID_STATE && failure.code() != FailureCode.NOT_FOUND) {
      return failure;
    }
    last.compareAndSet(job, null);
    String id = job.name().substring(job.name().lastIndexOf('/') + 1);
    boolean active =
        find(id, call).filter(now -> now.getState() == ImportJobState.ACTIVE).isPresent();
    return active ? failure : GcpRefusals.importJobEnded(job.name());
  }
}
