package dev.enclave.gcp.internal.access;

import dev.enclave.KeyPurpose;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpNames;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.kit.key.KeyFindings;
import dev.enclave.kit.key.VersionLedger;
import dev.enclave.kit.key.VersionLedger.Usable;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.PermissionProber;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Asks Cloud KMS how it is, by one request that makes nothing and counts as no use of a key: which
 * permissions there are, on the key that was read last, else on the key ring. Where there are none
 * on the key ring, it is looked for: one that does not exist grants nothing either.
 *
 * <p>And what the identity may do, by asking Cloud KMS for just that; nothing else is done. Of a
 * server that is not Google's and does not know the question nothing is known.
 */
public record GcpAccess(GcpCalls calls, VersionLedger ledger, KeyFindings noted, WireLogs logs)
    implements PermissionProber {

  private static final String SIGN = "cloudkms.cryptoKeyVersions.useToSign";
  private static final String TRY_IT = "Create a key and sign with it to find out what works there";

  private static final String SIGNING = "signing and sealing";
  private static final String CREATING = "creating, rotating and changing keys";

  /** For keys that are there. */
  public static final List<String> TO_USE =
      named(
          "cryptoKeys.get cryptoKeyVersions.get cryptoKeyVersions.list"
              + " cryptoKeyVersions.viewPublicKey cryptoKeyVersions.useToSign"
              + " cryptoKeyVersions.useToEncrypt cryptoKeyVersions.useToDecrypt");

  /** Besides, for making and changing them. */
  public static final List<String> TO_CHANGE =
      named(
          "cryptoKeys.list cryptoKeys.create cryptoKeyVersions.create cryptoKeyVersions.update"
              + " cryptoKeyVersions.destroy");

  /** Both: with none of them an identity can do nothing. */
  static final List<String> ALL = Stream.concat(TO_USE.stream(), TO_CHANGE.stream()).toList();

  /** Besides, for restoring keys; not asked about, since few ever do. */
  public static final List<String> TO_IMPORT =
      named("importJobs.create importJobs.get importJobs.useToImport");

  private static List<String> named(String permissions) {
    return Stream.of(permissions.split(" ", -1)).map("cloudkms."::concat).toList();
  }

  public HealthReport report(CallContext call) throws BackendFailure {
    List<Finding> findings = new ArrayList<>(logs.findings());
    findings.addAll(noted.all());
    Optional<Usable> last = ledger.lastToSign();
    (last.isPresent() ? ofKey(last.get(), call) : ofKeyRing(call)).ifPresent(findings::add);
    return HealthReport.of(findings);
  }

  private Optional<Finding> ofKey(Usable last, CallContext call) throws BackendFailure {
    String key = GcpNames.keyOf(last.uri());
    Optional<Set<String>> granted = calls.granted(key, List.of(SIGN), call);
    if (granted.isEmpty()) {
      return Optional.of(untold());
    }
    if (granted.get().contains(SIGN) || last.algorithm().purpose() != KeyPurpose.SIGN) {
      return Optional.empty();
    }
    return Optional.of(
        Finding.of(
            Severity.ERROR,
            ErrorCode.ACCESS_DENIED,
            "Google Cloud KMS would not sign with " + key + " for this identity",
            "Grant " + SIGN + " on the key or the key ring"));
  }

  private Optional<Finding> ofKeyRing(CallContext call) throws BackendFailure {
    String ring = calls.session().keyRing();
    Optional<Set<String>> granted = calls.granted(ring, ALL, call);
    if (granted.isEmpty()) {
      return Optional.of(untold());
    }
    return granted.get().isEmpty() ? Optional.of(nothingGranted(ring, call)) : Optional.empty();
  }

  /** Who may see key rings is told; to all others Google answers both cases alike. */
  private Finding nothingGranted(String ring, CallContext call) throws BackendFailure {
    String none = "This identity has none of the permissions that Enclave needs on " + ring;
    String grant = "the roles that doctor --iam prints. Who uses adopted keys alone may ignore it";
    try {
      calls.send(GcpOperation.GET_KEY_RING, ring, call);
    } catch (BackendFailure e) {
      if (e.code() == FailureCode.NOT_FOUND) {
        return Finding.of(
            Severity.ERROR,
            ErrorCode.CONFIGURATION_INVALID_VALUE,
            "Key ring " + ring + " does not exist",
            "Correct enclave.gcp-kms.key-ring, or make the key ring by gcloud kms keyrings create");
      }
      if (e.code() != FailureCode.ACCESS_DENIED) {
        throw e;
      }
      return Finding.of(
          Severity.WARNING,
          ErrorCode.ACCESS_DENIED,
          none
              + ", or there is no such key ring: Google answers both alike. No key can be created"
              + " or used there",
          "Compare enclave.gcp-kms.key-ring with gcloud kms keyrings list; then grant " + grant);
    }
    return Finding.of(Severity.WARNING, ErrorCode.ACCESS_DENIED, none, "Grant " + grant);
  }

  private static Finding untold() {
    return Finding.of(
        Severity.WARNING,
        ErrorCode.UNSUPPORTED_OPERATION,
        "The server at enclave.gcp-kms.endpoint does not tell permissions: it does not know"
            + " TestIamPermissions",
        TRY_IT);
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    String ring = calls.session().keyRing();
    Optional<Set<String>> granted = calls.granted(ring, ALL, call);
    if (granted.isEmpty()) {
      return Stream.concat(
              TO_USE.stream().map(name -> untold(name, SIGNING)),
              TO_CHANGE.stream().map(name -> untold(name, CREATING)))
          .toList();
    }
    Set<String> use = new HashSet<>(granted.get());
    use.retainAll(onKey(ring, call).orElse(granted.get()));
    String fix =
        granted.get().isEmpty()
            ? " on the key ring by a custom role, or correct enclave.gcp-kms.key-ring: a key ring"
                + " that does not exist grants nothing either; doctor --iam prints both roles"
            : " on the key ring by a custom role; doctor --iam prints both";
    List<Permission> answers = new ArrayList<>();
    TO_USE.forEach(name -> answers.add(permission(name, SIGNING, use, fix)));
    TO_CHANGE.forEach(name -> answers.add(permission(name, CREATING, granted.get(), fix)));
    return answers;
  }

  /** A condition or a deny policy may take from a key what its key ring grants. */
  private Optional<Set<String>> onKey(String ring, CallContext call) throws BackendFailure {
    Optional<String> key =
        ledger
            .lastToSign()
            .map(usable -> GcpNames.keyOf(usable.uri()))
            .filter(name -> name.startsWith(ring + "/"));
    return key.isPresent() ? calls.granted(key.get(), TO_USE, call) : Optional.empty();
  }

  private static Permission untold(String name, String neededFor) {
    return Permission.unknown(
        name,
        neededFor,
        "the server at enclave.gcp-kms.endpoint does not know TestIamPermissions",
        TRY_IT);
  }

  private static Permission permission(
      String name, String neededFor, Set<String> granted, String fix) {
    return Permission.of(name, neededFor, granted.contains(name), "Grant " + name + fix);
  }
}
