package dev.enclave.azure.internal.settings;

import dev.enclave.kit.setup.Origin;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
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

  private static final AzureCloud.Place VAULT = new AzureCloud.Place(AzureCloud.PUBLIC, false);
  private static final AzureCloud.Place MANAGED_HSM = new AzureCloud.Place(AzureCloud.PUBLIC, true);
  private static final String AUTHORITY_HOST = "AZURE_AUTHORITY_HOST";

  /**
   * Decides and checks.
   *
   * @throws BackendFailure {@link FailureCode#REFUSED} for what must not be, here
   */
  public static AzureEndpoint of(AzureSettings settings, BackendContext context)
      throws BackendFailure {
    Origin origin = settings.vault();
    Optional<AzureCloud.Place> place =
        origin.port() == 443 ? AzureCloud.of(origin.host()) : Optional.empty();
    if (place.isEmpty() && AzureSettings.strict(context.environment())) {
      throw refused(
          "Setting "
              + settings.fullName(AzureSettings.VAULT_URL)
              + " is "
              + origin
              + ", which is no vault or managed HSM of Microsoft's, and "
              + context.environment()
              + " refuses others.",
          "Set it to the vault's own address, such as"
              + " https://wallets.vault.azure.net; a private endpoint has the same.");
    }
    if (place.isEmpty() && !origin.loopback() && below(origin).isEmpty()) {
      throw refused(
          "Setting "
              + settings.fullName(AzureSettings.VAULT_URL)
              + " is "
              + origin
              + ", which is neither below a domain of Microsoft's nor on this machine, and no token"
              + " goes there.",
          "Set it to the vault's own address, or to an emulator's on this machine, such as"
              + " https://localhost:8443.");
    }
    if (place.isPresent() && settings.trustedCertificate().isPresent()) {
      throw refused(
          "Setting "
              + settings.fullName(AzureSettings.TRUSTED_CERTIFICATE)
              + " is set, and "
              + origin
              + " is Microsoft's own, whose certificate needs no setting.",
          "Remove it.");
    }
    return new AzureEndpoint(
        origin, place, place.isPresent() || settings.allowedEndpoints().contains(origin));
  }

  /** Whether it is a managed HSM. */
  public boolean managedHsm() {
    return place.filter(AzureCloud.Place::managedHsm).isPresent();
  }

  /** Whether private keys can be brought in: not in Azure operated by 21Vianet. */
  public boolean imports() {
    return place.filter(p -> p.cloud() == AzureCloud.CHINA).isEmpty();
  }

  /** What tokens are for: an emulator on this machine is taken for a vault. */
  public String audience() {
    return place.or(() -> below(origin)).orElse(VAULT).audience();
  }

  /** Another port, or a name that no vault has, below the public cloud's domains. */
  private static Optional<AzureCloud.Place> below(Origin origin) {
    return Stream.of(VAULT, MANAGED_HSM).filter(kind -> kind.isAbove(origin.host())).findFirst();
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
        "Variable "
            + AUTHORITY_HOST
            + " names another place for tokens than "
            + own
            + ", where "
            + origin
            + " takes them from.",
        "Unset it, or correct " + settings.fullName(AzureSettings.VAULT_URL) + ".");
  }

  private static BackendFailure refused(String observed, String advice) {
    return BackendFailure.permanent(FailureCode.REFUSED, observed, advice);
  }
}
