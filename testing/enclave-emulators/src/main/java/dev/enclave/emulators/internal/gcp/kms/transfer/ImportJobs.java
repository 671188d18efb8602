package dev.enclave.emulators.internal.gcp.kms.transfer;

import com.google.cloud.kms.v1.CreateImportJobRequest;
import com.google.cloud.kms.v1.GetImportJobRequest;
import com.google.cloud.kms.v1.ImportJob;
import com.google.cloud.kms.v1.ImportJob.ImportMethod;
import com.google.cloud.kms.v1.ListImportJobsRequest;
import com.google.cloud.kms.v1.ListImportJobsResponse;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.cloud.kms.v1.PublicKey.PublicKeyFormat;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.kms.model.Job;
import dev.enclave.emulators.internal.gcp.kms.model.Kind;
import dev.enclave.emulators.internal.gcp.kms.model.Ring;
import dev.enclave.emulators.internal.gcp.kms.shared.Lists;
import dev.enclave.emulators.internal.gcp.kms.shared.Paging;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;
import java.util.function.Function;

/** Import jobs: made, looked at and listed ("Importing a key"). */
public final class ImportJobs {

  private final Shared shared;
  private final WrappingKeys wrappingKeys = new WrappingKeys();

  public ImportJobs(Shared shared) {
    this.shared = shared;
  }

  public void register(Operations operations) {
    operations.put(
        Shared.SERVICE,
        "CreateImportJob",
        CreateImportJobRequest.getDefaultInstance(),
        this::create);
    operations.put(
        Shared.SERVICE, "GetImportJob", GetImportJobRequest.getDefaultInstance(), this::get);
    operations.put(
        Shared.SERVICE, "ListImportJobs", ListImportJobsRequest.getDefaultInstance(), this::list);
  }

  /** service.proto, CreateImportJob. */
  private Message create(Call call, CreateImportJobRequest request) {
    String parent = Kind.KEY_RING.check("parent", request.getParent());
    String name = parent + "/importJobs/" + Kind.checkId("import_job_id", request.getImportJobId());
    call.require("cloudkms.importJobs.create", parent);
    call.about(name);
    ImportJob asked = request.getImportJob();
    int bits = bits(asked.getImportMethod());
    ProtectionLevel level = level(asked.getProtectionLevel());
    Ring ring = shared.resources().ring(parent);
    if (ring.jobs().containsKey(name)) {
      throw GcpFailure.alreadyExists(Kind.IMPORT_JOB.text(), name);
    }
    RsaMaterial wrappingKey = wrappingKeys.next(bits);
    Job job =
        new Job(
            name,
            asked.getImportMethod(),
            level,
            wrappingKey,
            call.now(),
            call.now().plus(shared.settings().generationTime()),
            shared.versionFactory().statement(level, name, wrappingKey, true));
    if (ring.jobs().putIfAbsent(name, job) != null) {
      throw GcpFailure.alreadyExists(Kind.IMPORT_JOB.text(), name);
    }
    return job.describe(call.now(), PublicKeyFormat.PUBLIC_KEY_FORMAT_UNSPECIFIED);
  }

  /** resources.proto, ImportMethod: "a 3072 bit RSA key" or "a 4096 bit RSA key". */
  private static int bits(ImportMethod method) {
    return switch (method) {
      case RSA_OAEP_3072_SHA1_AES_256, RSA_OAEP_3072_SHA256_AES_256, RSA_OAEP_3072_SHA256 -> 3072;
      case RSA_OAEP_4096_SHA1_AES_256, RSA_OAEP_4096_SHA256_AES_256, RSA_OAEP_4096_SHA256 -> 4096;
      case IMPORT_METHOD_UNSPECIFIED, UNRECOGNIZED ->
          throw GcpFailure.invalid("The import_job.import_method field must be specified.");
      default ->
          throw GcpFailure.of(
              Code.UNIMPLEMENTED, "Import method " + method + " is not served here.");
    };
  }

  private static ProtectionLevel level(ProtectionLevel level) {
    return switch (level) {
      case SOFTWARE, HSM -> level;
      case PROTECTION_LEVEL_UNSPECIFIED, UNRECOGNIZED ->
          throw GcpFailure.invalid("The import_job.protection_level field must be specified.");
      default ->
          throw GcpFailure.of(
              Code.UNIMPLEMENTED, "Protection level " + level + " is not served here.");
    };
  }

  /** service.proto, GetImportJob. */
  private Message get(Call call, GetImportJobRequest request) {
    String name = Kind.IMPORT_JOB.check("name", request.getName());
    call.require("cloudkms.importJobs.get", name);
    return shared.resources().job(name).describe(call.now(), request.getPublicKeyFormat());
  }

  /** service.proto, ListImportJobs. */
  private Message list(Call call, ListImportJobsRequest request) {
    String parent = Kind.KEY_RING.check("parent", request.getParent());
    call.require("cloudkms.importJobs.list", parent);
    Lists.refuseFilter(request.getFilter(), request.getOrderBy());
    Ring ring = shared.resources().ring(parent);
    Paging.Page<Job> page =
        Paging.read(request.getPageSize(), request.getPageToken(), shared.settings().mostItems())
            .of(ring.jobs(), Function.identity());
    ListImportJobsResponse.Builder answer =
        ListImportJobsResponse.newBuilder()
            .setNextPageToken(page.nextToken())
            .setTotalSize(ring.jobs().size());
    page.items()
        .forEach(
            job ->
                answer.addImportJobs(
                    job.describe(call.now(), PublicKeyFormat.PUBLIC_KEY_FORMAT_UNSPECIFIED)));
    return answer.build();
  }
}
