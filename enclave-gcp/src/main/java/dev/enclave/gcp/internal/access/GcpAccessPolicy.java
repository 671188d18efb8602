package dev.enclave.gcp.internal.access;

import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.gcp.internal.settings.GcpSettings;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import java.util.List;
import java.util.Locale;

/**
 * The least that IAM must allow, as custom roles: for signing with keys that are there, and, apart
 * from it, for making and changing them, and for restoring them. All are bound to the key ring,
 * which is to hold the keys of one environment type alone: IAM cannot tell keys apart by a label.
 */
public final class GcpAccessPolicy {

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
      resource "google_kms_key_ring_iam_member" "wallet_$does$" {
        key_ring_id = "projects/$project$/locations/$location$/keyRings/$ring$"
        role        = google_project_iam_custom_role.enclave_$role$.id
        member      = "serviceAccount:<service account>"
      }

      """;

  private GcpAccessPolicy() {}

  /** For this configuration. */
  public static AccessPolicy of(BackendContext context) throws BackendFailure {
    String[] ring = GcpSettings.of(context.settings()).keyRing().split("/", -1);
    String text =
        roles(ROLE)
            + BETWEEN
            + roles(ROLE_IN_TERRAFORM)
            + MEMBER_IN_TERRAFORM.replace("$does$", "signs").replace("$role$", "signer")
            + MEMBER_IN_TERRAFORM
                .replace("$does$", "administers")
                .replace("$role$", "administrator");
    return AccessPolicy.of(
            true,
            text.replace("$project$", ring[1])
                .replace("$location$", ring[3])
                .replace("$ring$", ring[5])
                .stripTrailing())
        .withProviderLog(
            "Google logs who signs and decrypts with keys of project "
                + ring[1]
                + " only where Data Access logs of Cloud KMS are on, DATA_READ for signatures and"
                + " ADMIN_READ for readings of keys, which cannot be seen from here; doctor --iam"
                + " prints what switches them on, and docs/gcp.md the query that finds an operation"
                + " of the audit log.");
  }

  private static String roles(String form) {
    String using = "signing, verifying and sealing with keys that are there";
    String changing = "creating, rotating, switching off and destroying keys, besides";
    String restoring = "restoring backups, besides both; take it away again afterwards";
    return role(form, "Signer", using, GcpAccess.TO_USE)
        + role(form, "Administrator", changing, GcpAccess.TO_CHANGE)
        + role(form, "Importer", restoring, GcpAccess.TO_IMPORT);
  }

  private static String role(String form, String name, String reason, List<String> permissions) {
    return form.replace("$reason$", reason)
        .replace("$Role$", name)
        .replace("$role$", name.toLowerCase(Locale.ROOT))
        .replace("$comma$", String.join(",", permissions))
        .replace("$hcl$", "    \"" + String.join("\",\n    \"", permissions) + "\",");
  }
}
