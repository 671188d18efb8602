package dev.enclave.azure.internal.settings;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A cloud of Azure: where its vaults are, what tokens for them must be for, and who hands those
 * out. From "Key Vault: Authentication, requests and responses", "About Managed HSM", and the lists
 * of endpoints for Azure operated by 21Vianet and for Azure Government.
 */
public enum AzureCloud {
  PUBLIC("vault.azure.net", "managedhsm.azure.net", "https://login.microsoftonline.com/", ""),
  CHINA("vault.azure.cn", "managedhsm.azure.cn", "https://login.chinacloudapi.cn/", "China"),
  US_GOVERNMENT(
      "vault.usgovcloudapi.net",
      "managedhsm.usgovcloudapi.net",
      "https://login.microsoftonline.us/",
      "USGov");

  /** A name that a customer gives to a vault or a managed HSM. */
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{1,22}[a-z0-9]");

  private final String vaults;
  private final String managedHsms;
  private final String authority;
  private final String suffix;

  AzureCloud(String vaults, String managedHsms, String authority, String suffix) {
    this.vaults = vaults;
    this.managedHsms = managedHsms;
    this.authority = authority;
    this.suffix = suffix;
  }

  /** What a host of Microsoft's own is: a managed HSM or a vault of a cloud. */
  public record Place(AzureCloud cloud, boolean managedHsm) {

    String domain() {
      return managedHsm ? cloud.managedHsms : cloud.vaults;
    }

    /** What a token must be for. */
    String audience() {
      return "https://" + domain();
    }
  }

  /** The cloud that has this vault or managed HSM; none if the host is not Microsoft's. */
  public static Optional<Place> of(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    String name = lower.replaceFirst("\\..*", "");
    return NAME.matcher(name).matches()
        ? places().filter(place -> lower.equals(name + "." + place.domain())).findFirst()
        : Optional.empty();
  }

  /** The kinds of places of all clouds. */
  static Stream<Place> places() {
    return Arrays.stream(values())
        .flatMap(cloud -> Stream.of(new Place(cloud, false), new Place(cloud, true)));
  }

  /** The cloud whose Microsoft Entra is at this address. */
  public static Optional<AzureCloud> byAuthority(String address) {
    String whole = address.endsWith("/") ? address : address + "/";
    return Arrays.stream(values()).filter(cloud -> cloud.authority.equals(whole)).findFirst();
  }

  /**
   * What tokens of other identity providers must be for ("Important considerations and restrictions
   * for federated identity credentials").
   */
  public String exchangeAudience() {
    return "api://AzureADTokenExchange" + suffix;
  }

  /** Where Microsoft Entra is, with a slash at the end. */
  public String authority() {
    return authority;
  }
}
