package dev.enclave.gcp.internal.access;

import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.gcp.internal.settings.GcpSettings;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The least that IAM must allow, as custom roles: for signing with keys that are there, and, apart
 * from it, for making and changing them, and for restoring them. All are bound to the key ring,
 * which is to hold the keys of one environment type alone: IAM cannot tell keys apart by a label.
 */
public final class GcpAccessPolicy {

  private GcpAccessPolicy() {}

  /** For this configuration. */
  public static AccessPolicy of(BackendContext context) throws BackendFailure {
    String[] ring = GcpSettings.of(context.settings()).keyRing().split("/", -1);
    return AccessPolicy.of(true, text(ring))
        .withProviderLog(
            "Google logs who signs and decrypts with keys of project "
                + ring[1]
                + " only where Data Access logs of Cloud KMS are on, DATA_READ for signatures and"
                + " ADMIN_READ for readings of keys, which cannot be seen from here; doctor --iam prints what switches them on, and docs/gcp.md the"
                + " query that finds an operation of the audit log.");
  }

  private static String text(String[] ring) {
    return TEMPLATE
        .replace("$project$", ring[1])
        .replace("$location$", ring[3])
        .replace("$ring$", ring[5])
        .replace("$use-comma$", String.join(",", GcpPermissions.TO_USE))
        .replace("$change-comma$", String.join(",", GcpPermissions.TO_CHANGE))
        .replace("$import-comma$", String.join(",", GcpPermissions.TO_IMPORT))
        .replace("$use-hcl$", hcl(GcpPermissions.TO_USE))
        .replace("$change-hcl$", hcl(GcpPermissions.TO_CHANGE))
        .replace("$import-hcl$", hcl(GcpPermissions.TO_IMPORT))
        .stripTrailing();
  }

  private static String hcl(List<String> permissions) {
    return permissions.stream()
        .map(permission -> "    \"" + permission + "\",")
        .collect(Collectors.joining("\n"));
  }

  private static final String TEMPLATE =
      """
      # For signing, verifying and sealing with keys that are there:
      gcloud iam roles create enclaveSigner --project=$project$ --stage=GA \\
        --title="Enclave signer" \\
        --permissions=$use-comma$
      gcloud kms keyrings add-iam-policy-binding $ring$ --project=$project$ \\
        --location=$location$ --member=serviceAccount:<service account> \\
        --role=projects/$project$/roles/enclaveSigner

      # For creating, rotating, switching off and destroying keys, besides:
      gcloud iam roles create enclaveAdministrator --project=$project$ --stage=GA \\
        --title="Enclave administrator" \\
        --permissions=$change-comma$
      gcloud kms keyrings add-iam-policy-binding $ring$ --project=$project$ \\
        --location=$location$ --member=serviceAccount:<service account> \\
        --role=projects/$project$/roles/enclaveAdministrator

      # For restoring backups, besides both; take it away again afterwards:
      gcloud iam roles create enclaveImporter --project=$project$ --stage=GA \\
        --title="Enclave importer" \\
        --permissions=$import-comma$
      gcloud kms keyrings add-iam-policy-binding $ring$ --project=$project$ \\
        --location=$location$ --member=serviceAccount:<service account> \\
        --role=projects/$project$/roles/enclaveImporter

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
      resource "google_project_iam_custom_role" "enclave_signer" {
        project     = "$project$"
        role_id     = "enclaveSigner"
        title       = "Enclave signer"
        permissions = [
      $use-hcl$
        ]
      }

      resource "google_project_iam_custom_role" "enclave_administrator" {
        project     = "$project$"
        role_id     = "enclaveAdministrator"
        title       = "Enclave administrator"
        permissions = [
      $change-hcl$
        ]
      }

      resource "google_project_iam_custom_role" "enclave_importer" {
        project     = "$project$"
        role_id     = "enclaveImporter"
        title       = "Enclave importer"
        permissions = [
      $import-hcl$
        ]
      }

      resource "google_kms_key_ring_iam_member" "wallet_signs" {
        key_ring_id = "projects/$project$/locations/$location$/keyRings/$ring$"
        role        = google_project_iam_custom_role.enclave_signer.id
        member      = "serviceAccount:<service account>"
      }

      resource "google_kms_key_ring_iam_member" "wallet_administers" {
        key_ring_id = "projects/$project$/locations/$location$/keyRings/$ring$"
        role        = google_project_iam_custom_role.enclave_administrator.id
        member      = "serviceAccount:<service account>"
      }
      """;
}
