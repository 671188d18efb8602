package dev.enclave.azure.internal;

import dev.enclave.azure.internal.settings.AzureCloud;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The least that Azure must allow, as role definitions: for using keys that are there, and, apart
 * from it, for making and changing them, and for restoring them. Azure knows no condition on a
 * key's tags, so a role holds for the whole vault, or for single keys by name. A managed HSM has
 * roles of its own, and encrypts by AES keys besides.
 */
public final class AzureAccessPolicy {

  /** A key whose last version is destroyed is deleted, and then read once more. */
  private static final String MAKING =
      "GET_KEY SIGN CREATE_KEY UPDATE_KEY DELETE_KEY GET_DELETED_KEY";

  private static final String USING = "GET_KEY SIGN UNWRAP_KEY";

  private static final String ROLE =
      """
      {
        "Name": "Enclave $role$",
        "IsCustom": true,
        "Description": "Keys of Enclave in one vault",
        "Actions": [],
        "NotActions": [],
        "DataActions": [
          $actions$
        ],
        "NotDataActions": [],
        "AssignableScopes": ["/subscriptions/<subscription>/resourceGroups/<group>/providers/\
      Microsoft.KeyVault/vaults/$vault$$scope$"]
      }
      """;

  private static final String ASSIGNMENT =
      """
      az keyvault role assignment create --hsm-name $vault$ --role "Enclave $role$" \
      --scope /keys$scope$ --assignee <identity>
      """;

  private static final String LOCAL_ROLE =
      """
      az keyvault role definition create --hsm-name $vault$ --role-definition '{
        "roleName": "Enclave $role$",
        "description": "Keys of Enclave",
        "actions": [],
        "notActions": [],
        "dataActions": [
          $actions$
        ],
        "notDataActions": []
      }'
      """
          + ASSIGNMENT;

  /** What a vault logs by itself is nothing (Key Vault, "Logging"). */
  private static final String LOGGING =
      """

      # A vault logs who uses its keys only once it has a diagnostic setting. Its rows come into the
      # table AZKVAuditLogs, which the guide's query reads, only as the last line says:
      az monitor diagnostic-settings create --name enclave-audit --resource <resource id> \\
        --workspace <workspace id> --logs '[{"category":"AuditEvent","enabled":true}]' \\
        --export-to-resource-specific true\
      """;

  private AzureAccessPolicy() {}

  /** For this configuration. */
  public static AccessPolicy of(BackendContext context) throws BackendFailure {
    String host = AzureSettings.of(context.settings()).vault().host();
    boolean hsm = AzureCloud.of(host).filter(AzureCloud.Place::managedHsm).isPresent();
    String form = hsm ? LOCAL_ROLE : ROLE;
    String text =
        (hsm
                ? "# A managed HSM has roles of its own. For signing, verifying and sealing:\n"
                    + role(form, "Key User", USING + " ENCRYPT DECRYPT")
                : "# For signing, verifying and sealing with keys that are there:\n"
                    + role(form, "Key User", USING))
            + "\n# For creating, rotating, switching off and destroying keys, besides:\n"
            + role(form, "Key Maker", MAKING)
            + "\n# For restoring backups, besides both; take it away again afterwards:\n"
            + role(form, "Key Restorer", "IMPORT_KEY")
            + "\n# For a key that something else made (enclave.keys.<name>), "
            + (hsm
                ? "the first role at its own scope:\n"
                    + ASSIGNMENT.replace("$role$", "Key User").replace("$scope$", "/<key name>")
                : "with its own name:\n"
                    + role(form.replace("$scope$", "/keys/<key name>"), "Adopted Key User", USING));
    return AccessPolicy.of(true, text.replace("$vault$", host.replaceFirst("\\..*", "")) + LOGGING)
        .withProviderLog(Texts.DIAGNOSTIC_SETTING.with(host));
  }

  private static String role(String form, String name, String operations) {
    return form.replace("$role$", name)
        .replace("$scope$", "")
        .replace(
            "$actions$",
            Stream.of(operations.split(" ", -1))
                .map(AzureOperation::valueOf)
                .map(operation -> operation.dataAction(form.contains("--hsm-name")))
                .distinct()
                .map(action -> '"' + action + '"')
                .collect(Collectors.joining(",\n    ")));
  }
}
