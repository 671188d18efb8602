package dev.enclave.azure.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.spi.BackendFailure;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The role definitions that doctor prints, as JSON. */
public final class PrintedRoles {

  public static final String USING = "signing";
  public static final String MAKING = "creating";
  public static final String RESTORING = "restoring";
  public static final String ADOPTED = "a key that something else made";

  private static final Pattern ACTION = Pattern.compile("\"(Microsoft\\.KeyVault/[A-Za-z/]+)\"");

  private PrintedRoles() {}

  /** The role under the heading that begins so. */
  public static String of(String heading, boolean managedHsm) {
    String host = managedHsm ? "wallets.managedhsm.azure.net" : "wallets.vault.azure.net";
    try {
      String text =
          AzureAccessPolicy.of(
                  Openings.in(EnvironmentType.PRODUCTION)
                      .with(AzureSettings.VAULT_URL, "https://" + host)
                      .context())
              .text();
      String part =
          Arrays.stream(text.split("(?m)^# (A managed HSM has roles of its own\\. )?For ", -1))
              .filter(each -> each.startsWith(heading))
              .findFirst()
              .orElseThrow();
      return part.contains("\n}")
          ? part.substring(part.indexOf('{'), part.lastIndexOf("\n}") + 2)
          // The first role, at the scope of one key.
          : of(USING, managedHsm)
              .replaceFirst("\\{", "{\"assignableScopes\":[\"/keys/<key name>\"],");
    } catch (BackendFailure e) {
      throw new AssertionError(e);
    }
  }

  /** The data actions that a role allows. */
  public static List<String> allowed(String role) {
    return ACTION.matcher(role).results().map((MatchResult found) -> found.group(1)).toList();
  }

  /** The same without an action. */
  public static String without(String action, String role) {
    return role.replace("\"" + action + "\"", "\"Microsoft.KeyVault/none\"");
  }
}
