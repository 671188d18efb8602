package dev.enclave.gcp.internal.calls;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.cloud.Refusals;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.util.List;

/** What is refused here alone; {@link #COMMON} has what all clouds refuse. */
public final class GcpRefusals {

  public static final Refusals COMMON = new Refusals(BackendId.GCP_KMS, "Google Cloud KMS");

  private GcpRefusals() {}

  public static BackendFailure wrongAnswer(String what) {
    return COMMON.wrongAnswer(what);
  }

  public static BackendFailure noKey(KeyName name, String keyRing) {
    return COMMON
        .noKey(
            name,
            keyRing + " has no CryptoKey of that name",
            "the name and enclave.gcp-kms.key-ring")
        .naming(keyRing);
  }

  public static BackendFailure notAKey() {
    return COMMON.notAKey(
        "projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY, with"
            + " /cryptoKeyVersions/NUMBER for one version of it");
  }

  public static BackendFailure noForeignKey() {
    return COMMON.noForeignKey("the identity's rights");
  }

  /** A CryptoKey of the name is there, without Enclave's labels. */
  public static BackendFailure notOurs(KeyName name, String keyRing) {
    return BackendFailure.permanent(
            FailureCode.NOT_FOUND,
            "CryptoKey "
                + name
                + " in "
                + keyRing
                + " is none of Enclave's: it lacks the labels. To use it as it is, set enclave.keys."
                + name
                + " to its resource name.")
        .naming(keyRing);
  }

  public static BackendFailure mangledRecord(String resource) {
    return BackendFailure.permanent(
            FailureCode.CORRUPT,
            resource
                + " should say which version is active, and its labels do not. Put them back as they"
                + " were; the audit log of Cloud KMS tells who changed them.")
        .naming(resource);
  }

  public static BackendFailure stillPending(String resource) {
    return BackendFailure.transientFailure(
            FailureCode.TIMEOUT,
            "Cloud KMS was still making " + resource + " at the deadline. Ask again.")
        .naming(resource);
  }

  public static BackendFailure generationFailed(String resource) {
    return BackendFailure.permanent(
            FailureCode.REJECTED,
            "Cloud KMS could not generate "
                + resource
                + ". Destroy it, and check that the location has HSMs and the algorithm.")
        .naming(resource);
  }

  public static BackendFailure importFailed(String resource, ImportFailure why) {
    return BackendFailure.permanent(
            FailureCode.REJECTED,
            "Cloud KMS did not import "
                + resource
                + ": "
                + why.words()
                + ". gcloud kms keys versions describe tells its importFailureReason; then restore"
                + " again.")
        .naming(resource);
  }

  public static BackendFailure changedMeanwhile(String resource) {
    return BackendFailure.permanent(
            FailureCode.INVALID_STATE,
            "Somebody changed the state of "
                + resource
                + " while it was being restored. See who, then restore again.")
        .naming(resource);
  }

  public static BackendFailure importJobEnded(String job) {
    return BackendFailure.transientFailure(
            FailureCode.INVALID_STATE, job + " takes no keys any more. Another one is made.")
        .naming(job);
  }

  public static BackendFailure noImportJob(String last) {
    return BackendFailure.permanent(
            FailureCode.LIMIT_EXCEEDED,
            "None of the day's import jobs up to "
                + last
                + " can be used: they have expired, or are of another method or protection level. Look"
                + " at the clock of this machine, and at who makes import jobs of these names.")
        .naming(last);
  }

  public static BackendFailure tooManyActivations(KeyName name) {
    return BackendFailure.permanent(
        FailureCode.LIMIT_EXCEEDED,
        "Key " + name + " has been rotated too often to go on. Make a new key.");
  }

  public static BackendFailure whichVersion(List<Integer> enabled) {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "The key has "
            + (enabled.isEmpty() ? "no enabled version" : "several enabled versions, " + enabled)
            + ", and Cloud KMS does not say which one to sign with. Add /cryptoKeyVersions/ and a"
            + " number to its name.");
  }
}
