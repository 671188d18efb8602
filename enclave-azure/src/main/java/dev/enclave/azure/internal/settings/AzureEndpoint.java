package dev.enclave.azure.internal.settings;

import static dev.enclave.kit.Failures.refused;

import dev.enclave.kit.setup.Origin;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where requests go, and what follows from it.
 *
 * @param origin the vault
 * @param place what Microsoft has there; none for somebody else's host
 * @param trusted whether who answers there is Microsoft, or somebody the operator trusts as much
 */
public record AzureEndpoint(Origin origin, Optional<AzureCloud.Place> place, boolean trusted) {

  private static final String AUTHORITY_HOST = "AZURE_AUTHORITY_HOST";

  /** Decides, and refuses what must not be, here. */
  public static AzureEndpoint of(AzureSettings settings, BackendContext context)
      throws BackendFailure {
    Origin origin = settings.vault();
    Optional<AzureCloud.Place> place =
        origin.port() == 443 ? AzureCloud.of(origin.host()) : Optional.empty();
    if (place.isEmpty() && context.environment().isStrict()) {
      throw elsewhere(
          settings,
          "no vault or managed HSM of Microsoft's, and %s refuses others"
              .formatted(context.environment()),
          "Set it to the vault's own address, such as https://wallets.vault.azure.net; a private"
              + " endpoint has the same.");
    }
    if (place.isEmpty() && !origin.loopback() && below(origin).isEmpty()) {
      throw elsewhere(
          settings,
          "neither below a domain of Microsoft's nor on this machine, and no token goes there",
          "Set it to the vault's own address, or to an emulator's on this machine, such as"
              + " https://localhost:8443.");
    }
    if (place.isPresent() && settings.trustedCertificate().isPresent()) {
      throw refused(
          "Setting %s is set, and %s is Microsoft's own, whose certificate needs no setting."
              .formatted(settings.section().fullName(AzureSettings.TRUSTED_CERTIFICATE), origin),
          "Remove it.");
    }
    return new AzureEndpoint(
        origin, place, place.isPresent() || settings.allowedEndpoints().contains(origin));
  }

  private static BackendFailure elsewhere(AzureSettings settings, String what, String advice) {
    return refused(
        "Setting %s is %s, which is %s."
            .formatted(
                settings.section().fullName(AzureSettings.VAULT_URL), settings.vault(), what),
        advice);
  }

  /** Whether it is a managed HSM. */
  public boolean managedHsm() {
    return place.filter(AzureCloud.Place::managedHsm).isPresent();
  }

  /** Whether private keys can be brought in: not in Azure operated by 21Vianet. */
  public boolean imports() {
    return place.filter(p -> p.cloud() == AzureCloud.CHINA).isEmpty();
  }

  /** What tokens are for: one audience, but for an emulator on this machine, which says it. */
  public List<String> audiences() {
    Optional<AzureCloud.Place> known = place.or(() -> below(origin));
    return known.isPresent()
        ? List.of(known.get().audience())
        : kinds().map(AzureCloud.Place::audience).toList();
  }

  /** Another port, or a name that no vault has, below the public cloud's domains. */
  private static Optional<AzureCloud.Place> below(Origin origin) {
    return kinds().filter(kind -> origin.host().endsWith("." + kind.domain())).findFirst();
  }

  private static Stream<AzureCloud.Place> kinds() {
    return AzureCloud.places().filter(kind -> kind.cloud() == AzureCloud.PUBLIC);
  }

  /**
   * Where Microsoft Entra is. A variable may say the same, as the platform sets it, or in
   * development an address that settings trust.
   */
  public String authority(AzureSettings settings, EnvironmentSnapshot environment)
      throws BackendFailure {
    String own = place.map(p -> p.cloud().authority()).orElse(AzureCloud.PUBLIC.authority());
    Optional<String> named = environment.variable(AUTHORITY_HOST).map(String::strip);
    if (named.isEmpty()
        || AzureCloud.byAuthority(named.get()).filter(c -> c.authority().equals(own)).isPresent()) {
      return own;
    }
    Optional<Origin> other = Origin.parseTls(named.get());
    if (place.isEmpty() && other.filter(settings.allowedEndpoints()::contains).isPresent()) {
      return other.get() + "/";
    }
    throw refused(
        "Variable %s names another place for tokens than %s, where %s takes them from."
            .formatted(AUTHORITY_HOST, own, origin),
        "Unset it, or correct " + settings.section().fullName(AzureSettings.VAULT_URL) + ".");
  }
}
