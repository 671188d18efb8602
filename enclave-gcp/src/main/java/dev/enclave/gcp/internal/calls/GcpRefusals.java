package dev.enclave.gcp.internal.calls;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.protobuf.Timestamp;
import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.gcp.internal.model.GcpLabels;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.ledger.Decision;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What is refused here alone; {@link #COMMON} has what all clouds refuse. */
public final class GcpRefusals {

  public static final Refusals COMMON = new Refusals(BackendId.GCP_KMS, "Google Cloud KMS");

  private GcpRefusals() {}

  public static BackendFailure wrongAnswer(String what) {
    return COMMON.wrongAnswer(what);
  }

  public static BackendFailure noKey(KeyName name, String keyRing) {
    String looked = keyRing + " has no CryptoKey of that name";
    return COMMON.noKey(name, looked, "the name and enclave.gcp-kms.key-ring").naming(keyRing);
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
            "CryptoKey " + name + " in " + keyRing + " is none of Enclave's: it lacks the labels.",
            "To use it as it is, set enclave.keys." + name + " to its resource name.")
        .naming(keyRing);
  }

  public static BackendFailure mangledRecord(String resource) {
    return BackendFailure.permanent(
            FailureCode.CORRUPT,
            resource + " should say which version is active, and its labels do not.",
            "Put them back as they were; the audit log of Cloud KMS tells who changed them.")
        .naming(resource);
  }

  /** Its CryptoKey is gone, with all its versions. */
  public static BackendFailure deletedKey(KeyName name) {
    return BackendFailure.permanent(
            FailureCode.ALREADY_EXISTS,
            "CryptoKey %s was deleted, and Google Cloud KMS never frees the name of a CryptoKey."
                .formatted(name),
            "Take another name.")
        .naming(name.value());
  }

  /**
   * The record of an activation was deleted: what it said nobody knows.
   *
   * @param newest the newest enabled version of the key
   */
  public static BackendFailure deletedRecord(
      String keyRing, KeyName name, int number, Optional<CryptoKeyVersion> newest) {
    String deleted = GcpNames.key(keyRing, GcpNames.recordId(name, number));
    return BackendFailure.permanent(
            FailureCode.CORRUPT,
            ("%s was deleted. It said which version of key %s is active, so that nothing signs with"
                    + " the key: the record before it names a version that was replaced.")
                .formatted(deleted, name),
            "The audit log of Cloud KMS tells who deleted it. "
                + newest
                    .map(version -> recordAgain(keyRing, name, number + 1, version))
                    .orElse("No version of the key is enabled."))
        .naming(deleted);
  }

  private static String recordAgain(
      String keyRing, KeyName name, int number, CryptoKeyVersion version) {
    String[] ring = keyRing.split("/", -1);
    int active = GcpNames.numberOf(version.getName()).orElseThrow();
    Set<String> used =
        IntStream.rangeClosed(1, active).mapToObj(Integer::toString).collect(Collectors.toSet());
    Decision again =
        new Decision(
            number,
            Optional.of(Integer.toString(active)),
            used,
            Set.of(),
            Set.of(),
            "by-hand",
            new TreeMap<>(),
            Optional.empty(),
            Optional.empty());
    Map<String, String> labels = GcpLabels.of(name, again);
    Timestamp made = version.getCreateTime();
    return ("The newest enabled version is version %s, made %s. If that is the one to sign with,"
            + " record it, by the next number if this one is taken: gcloud kms keys create %s"
            + " --keyring=%s --location=%s --project=%s --purpose=encryption"
            + " --protection-level=hsm --import-only --skip-initial-version-creation --labels=%s")
        .formatted(
            active,
            Instant.ofEpochSecond(made.getSeconds(), made.getNanos()),
            GcpNames.recordId(name, number),
            ring[5],
            ring[3],
            ring[1],
            new TreeMap<>(labels)
                .entrySet().stream()
                    .map(label -> label.getKey() + "=" + label.getValue())
                    .collect(Collectors.joining(",")));
  }

  public static BackendFailure stillPending(String resource) {
    return BackendFailure.transientFailure(
            FailureCode.TIMEOUT,
            "Cloud KMS was still making " + resource + " at the deadline.",
            "Ask again.")
        .naming(resource);
  }

  public static BackendFailure generationFailed(String resource) {
    return BackendFailure.permanent(
            FailureCode.REJECTED,
            "Cloud KMS could not generate " + resource + ".",
            "Destroy it, and check that the location has HSMs and the algorithm.")
        .naming(resource);
  }

  /**
   * Told apart by Google's sentence, as far as that goes ("Troubleshooting failed imports", Cloud
   * KMS documentation), which is not repeated: nothing is decided by it.
   */
  public static BackendFailure importFailed(String resource, String reason) {
    String text = reason.toLowerCase(Locale.ROOT);
    String why =
        Stream.of("length", "too short", "64-bit blocks").anyMatch(text::contains)
            ? "its length is wrong"
            : Stream.of("unwrapped", "formatted", "malformed").anyMatch(text::contains)
                ? "it could not be unwrapped, or is laid out wrongly"
                : "for a reason that is not told apart here";
    return BackendFailure.permanent(
            FailureCode.REJECTED,
            "Cloud KMS did not import " + resource + ": " + why + ".",
            "gcloud kms keys versions describe tells its importFailureReason; then restore"
                + " again.")
        .naming(resource);
  }

  public static BackendFailure changedMeanwhile(String resource) {
    return BackendFailure.permanent(
            FailureCode.INVALID_STATE,
            "Somebody changed the state of " + resource + " while it was being restored.",
            "See who, then restore again.")
        .naming(resource);
  }

  public static BackendFailure importJobEnded(String job) {
    return BackendFailure.transientFailure(
            FailureCode.INVALID_STATE, job + " takes no keys any more.", "Another one is made.")
        .naming(job);
  }

  public static BackendFailure noImportJob(String last) {
    return BackendFailure.permanent(
            FailureCode.LIMIT_EXCEEDED,
            ("None of the day's import jobs up to %s can be used: they have expired, or are of"
                    + " another method or protection level.")
                .formatted(last),
            "Look at the clock of this machine, and at who makes import jobs of these names.")
        .naming(last);
  }

  public static BackendFailure tooManyActivations(KeyName name) {
    return BackendFailure.permanent(
        FailureCode.LIMIT_EXCEEDED,
        "Key " + name + " has been rotated too often to go on.",
        "Make a new key.");
  }

  public static BackendFailure whichVersion(List<Integer> enabled) {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "The key has "
            + (enabled.isEmpty() ? "no enabled version" : "several enabled versions, " + enabled)
            + ", and Cloud KMS does not say which one to sign with.",
        "Add /cryptoKeyVersions/ and a number to its name.");
  }
}
