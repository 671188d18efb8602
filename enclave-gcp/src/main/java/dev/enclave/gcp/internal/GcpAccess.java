package dev.enclave.gcp.internal;

import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.key.KeyFindings;
import dev.enclave.kit.key.VersionLedger;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.PermissionProber;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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

  private static final String SIGN = GcpOperation.SIGN.permission();
  private static final String TRY_IT = Texts.TRY_IT.with();
  private static final String UNKNOWN_REQUEST = Texts.UNKNOWN_REQUEST.with();

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

  private static final String ROLE =
      """
      # For $reason$:
      gcloud iam roles create enclave$Role$ --project=$project$ --stage=GA \\
        --title="Enclave $role$" \\
        --permissions=$comma$
      gcloud kms keyrings add-iam-policy-binding $ring$ --project=$project$ \\
        --location=$location$ --member=serviceAccount:<service account> \\
        --role=projects/$project$/roles/enclave$Role$

      """;

  private static final String BETWEEN =
      """
      # For a key that something else made (enclave.keys.<name>), on that key alone, the first role:
      gcloud kms keys add-iam-policy-binding <key> --project=$project$ \\
        --location=$location$ --keyring=$ring$ --member=serviceAccount:<service account> \\
        --role=projects/$project$/roles/enclaveSigner

      # Google logs who signs and decrypts (DATA_READ) and who reads keys (ADMIN_READ) only where
      # Data Access logs are on. Add this to the project's policy, which gcloud projects
      # get-iam-policy shows; an identity among exemptedMembers there leaves no trace:
      auditConfigs:
      - service: cloudkms.googleapis.com
        auditLogConfigs:
        - logType: DATA_READ
        - logType: ADMIN_READ

      # The same in Terraform:
      """;

  private static final String ROLE_IN_TERRAFORM =
      """
      resource "google_project_iam_custom_role" "enclave_$role$" {
        project     = "$project$"
        role_id     = "enclave$Role$"
        title       = "Enclave $role$"
        permissions = [
      $hcl$
        ]
      }

      """;

  private static final String MEMBER_IN_TERRAFORM =
      """
      resource "google_kms_key_ring_iam_member" "wallet_$reason$" {
        key_ring_id = "projects/$project$/locations/$location$/keyRings/$ring$"
        role        = google_project_iam_custom_role.enclave_$role$.id
        member      = "serviceAccount:<service account>"
      }

      """;

  private static List<String> named(String permissions) {
    return Stream.of(permissions.split(" ", -1)).map("cloudkms."::concat).toList();
  }

  public HealthReport report(CallContext call) throws BackendFailure {
    List<Finding> findings = new ArrayList<>(logs.findings());
    findings.addAll(noted.all());
    String ring = calls.session().keyRing();
    Optional<String> last = ledger.lastToSign().map(VersionLedger.Usable::uri).map(GcpNames::keyOf);
    String asked = last.orElse(ring);
    Optional<Set<String>> granted =
        calls.granted(asked, last.isPresent() ? List.of(SIGN) : ALL, call);
    if (granted.isEmpty()) {
      findings.add(
          Texts.PERMISSIONS_NOT_TOLD.finding(
              Severity.WARNING, ErrorCode.UNSUPPORTED_OPERATION, UNKNOWN_REQUEST, TRY_IT));
    } else if (last.isEmpty() && granted.get().isEmpty()) {
      findings.add(nothingGranted(ring, call));
    } else if (last.isPresent() && !granted.get().contains(SIGN)) {
      findings.add(
          Texts.WOULD_NOT_SIGN.finding(Severity.ERROR, ErrorCode.ACCESS_DENIED, asked, SIGN));
    }
    return HealthReport.of(findings);
  }

  /** Who may see key rings is told; to all others Google answers both cases alike. */
  private Finding nothingGranted(String ring, CallContext call) throws BackendFailure {
    String none = Texts.NOTHING_GRANTED.with(ring);
    String grant = Texts.ROLES_OF_DOCTOR.with();
    var seen =
        RequestGate.unless(
            FailureCode.ACCESS_DENIED, () -> calls.find(GcpOperation.GET_KEY_RING, ring, call));
    if (seen.isEmpty()) {
      return Texts.NOTHING_GRANTED_OR_NO_RING.finding(
          Severity.WARNING, ErrorCode.ACCESS_DENIED, none, grant);
    }
    return seen.get().isPresent()
        ? Finding.of(Severity.WARNING, ErrorCode.ACCESS_DENIED, none, Texts.GRANT.with(grant))
        : Texts.NO_KEY_RING.finding(Severity.ERROR, ErrorCode.CONFIGURATION_INVALID_VALUE, ring);
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    String ring = calls.session().keyRing();
    Optional<Set<String>> granted = calls.granted(ring, ALL, call);
    Set<String> held = new HashSet<>(granted.orElse(Set.of()));
    String fix = held.isEmpty() ? Texts.BY_ROLE_OR_RING.with() : Texts.BY_ROLE.with();
    Optional<String> key = ledger.lastToSign().map(VersionLedger.Usable::uri).map(GcpNames::keyOf);
    if (granted.isPresent() && key.filter(name -> name.startsWith(ring + "/")).isPresent()) {
      // A condition or a deny policy may take from a key what its key ring grants.
      Optional<Set<String>> onKey = calls.granted(key.get(), TO_USE, call);
      onKey.ifPresent(on -> held.removeIf(name -> TO_USE.contains(name) && !on.contains(name)));
    }
    List<Permission> answers = new ArrayList<>();
    for (String name : ALL) {
      String neededFor = TO_USE.contains(name) ? Texts.SIGNING.with() : Texts.CREATING.with();
      answers.add(
          granted.isPresent()
              ? Permission.of(
                  name, neededFor, held.contains(name), Texts.GRANT_PERMISSION.with(name, fix))
              : Permission.unknown(
                  name, neededFor, Texts.SERVER_DOES_NOT_KNOW.with(UNKNOWN_REQUEST), TRY_IT));
    }
    return answers;
  }

  // What it needs

  /**
   * The least that IAM must allow, as custom roles: for signing with keys that are there, and,
   * apart from it, for making and changing them, and for restoring them. All are bound to the key
   * ring, which is to hold the keys of one environment type alone: IAM cannot tell keys apart by a
   * label.
   */
  public static AccessPolicy policy(BackendContext context) throws BackendFailure {
    String[] ring = GcpSettings.of(context.settings()).keyRing().split("/", -1);
    String text =
        roles(ROLE)
            + BETWEEN
            + roles(ROLE_IN_TERRAFORM)
            + role(MEMBER_IN_TERRAFORM, "Signer", "signs", TO_USE)
            + role(MEMBER_IN_TERRAFORM, "Administrator", "administers", TO_CHANGE);
    return AccessPolicy.of(
            true,
            text.replace("$project$", ring[1])
                .replace("$location$", ring[3])
                .replace("$ring$", ring[5])
                .stripTrailing())
        .withProviderLog(Texts.DATA_ACCESS_LOGS.with(ring[1]));
  }

  private static String roles(String form) {
    String using = Texts.ROLE_FOR_USE.with();
    String changing = Texts.ROLE_FOR_CHANGES.with();
    String restoring = Texts.ROLE_FOR_RESTORING.with();
    return role(form, "Signer", using, TO_USE)
        + role(form, "Administrator", changing, TO_CHANGE)
        + role(form, "Importer", restoring, TO_IMPORT);
  }

  private static String role(String form, String name, String reason, List<String> permissions) {
    return form.replace("$reason$", reason)
        .replace("$Role$", name)
        .replace("$role$", name.toLowerCase(Locale.ROOT))
        .replace("$comma$", String.join(",", permissions))
        .replace("$hcl$", "    \"" + String.join("\",\n    \"", permissions) + "\",");
  }
}
