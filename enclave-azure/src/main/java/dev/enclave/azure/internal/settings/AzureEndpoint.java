package dev.enclave.azure.internal.settings;

import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.kit.setup.Origin;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
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
          Texts.NO_VAULT_OF_MICROSOFT.with(context.environment()),
          Texts.SET_TO_VAULT.with());
    }
    if (place.isEmpty() && !origin.loopback() && below(origin).isEmpty()) {
      throw elsewhere(
          settings,
          Texts.NEITHER_VAULT_NOR_LOCAL.observed(),
          Texts.NEITHER_VAULT_NOR_LOCAL.advice());
    }
    if (place.isPresent() && settings.trustedCertificate().isPresent()) {
      throw Texts.CERTIFICATE_NEEDS_NONE.permanent(
          FailureCode.REFUSED,
          settings.section().fullName(AzureSettings.TRUSTED_CERTIFICATE),
          origin);
    }
    return new AzureEndpoint(
        origin, place, place.isPresent() || settings.allowedEndpoints().contains(origin));
  }

  private static BackendFailure elsewhere(AzureSettings settings, String what, String advice) {
    return Texts.VAULT_URL_WRONG.permanent(
        FailureCode.REFUSED,
        settings.section().fullName(AzureSettings.VAULT_URL),
        settings.vault(),
        what,
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
    throw Texts.AUTHORITY_ELSEWHERE.permanent(
        FailureCode.REFUSED,
        AUTHORITY_HOST,
        own,
        origin,
        settings.section().fullName(AzureSettings.VAULT_URL));
  }
}
