package dev.enclave.emulators;

import dev.enclave.emulators.internal.azure.keys.Access.BuiltInRole;
import dev.enclave.emulators.internal.azure.keys.model.Flavour;
import dev.enclave.emulators.internal.token.TrustedIssuer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Settings of an {@link AzureKeyVaultServer}.
 *
 * <p>What lags are new keys, new versions and changes: up to a minute in vaults that were given
 * more capacity, and not at all in others. A page of a list has 25 items at most.
 *
 * <p>The principal of a {@link Denial} is an object id or a client id, the action a data action
 * such as {@code Microsoft.KeyVault/vaults/keys/sign/action}, the resource {@code keys/NAME}, or
 * {@code keys} for what concerns no single key.
 *
 * <p>Besides what every service can do wrong, a vault answers with {@code another-key}'s signature,
 * a {@code flipped-bit}, {@code another-key-id}, {@code another-version} or a {@code software-key}
 * where one in an HSM was asked for.
 */
public final class AzureKeyVaultServerBuilder
    extends CloudServerBuilder<AzureKeyVaultServerBuilder> {

  private static final long SHORTEST_RETENTION = 7;
  private static final long LONGEST_RETENTION = 90;

  Flavour flavour = Flavour.PREMIUM;
  Optional<Region> secondRegion = Optional.empty();
  String region = "westeurope";
  String tenant = "8a4c1f0e-52b7-4d0c-9a53-6f2f0f6f7a11";
  String objectId = "3f0b9a56-0c5d-4a43-8f39-5d3c1c1d9e02";
  String clientId = "c1d7e2b4-7f7b-4e06-a1a5-2f64a4d3b803";
  Set<BuiltInRole> roles = EnumSet.of(BuiltInRole.KEY_VAULT_ADMINISTRATOR);
  Duration retention = Duration.ofDays(LONGEST_RETENTION);
  boolean purgeProtection;
  String hsmPlatform = "2";
  Duration eventualDeletion = Duration.ZERO;
  Duration tokenLifetime = Duration.ofHours(24);
  boolean tokenTimesChecked = true;
  boolean throttled;
  final List<TrustedIssuer> trusted = new ArrayList<>();

  /** Another region of the same managed HSM, and how late it is. */
  record Region(String name, Duration late) {}

  AzureKeyVaultServerBuilder() {
    super(25);
    tls = true;
  }

  @Override
  AzureKeyVaultServerBuilder self() {
    return this;
  }

  /** A vault of the standard tier: no HSM keys. */
  public AzureKeyVaultServerBuilder standard() {
    flavour = Flavour.STANDARD;
    return this;
  }

  /** A vault of the premium tier, the default: HSM keys too. */
  public AzureKeyVaultServerBuilder premium() {
    flavour = Flavour.PREMIUM;
    return this;
  }

  /** A managed HSM: HSM keys alone, AES keys among them, and another audience of tokens. */
  public AzureKeyVaultServerBuilder managedHsm() {
    flavour = Flavour.MANAGED_HSM;
    return this;
  }

  /** The region that answers name; by default westeurope. */
  public AzureKeyVaultServerBuilder region(String newRegion) {
    region = Objects.requireNonNull(newRegion);
    return this;
  }

  /**
   * Extends a managed HSM to a second region, which listens at {@link
   * AzureKeyVaultServer#secondRegionUrl}: what is written in either is seen in the other so much
   * later by the server's clock, in Azure up to six minutes. Clients know both by one name, {@link
   * AzureKeyVaultServer#vaultUrl}, and their network routes it to the nearest.
   */
  public AzureKeyVaultServerBuilder secondRegion(String name, Duration late) {
    secondRegion = Optional.of(new Region(name, late));
    return this;
  }

  /** The directory that tokens must be of, a UUID; by default one of our own. */
  public AzureKeyVaultServerBuilder tenant(String newTenant) {
    tenant = Objects.requireNonNull(newTenant);
    return this;
  }

  /**
   * The workload's identity: of its principal and of its application; by default our own.
   * Microsoft's libraries keep tokens for the whole process, and apart for each application.
   */
  public AzureKeyVaultServerBuilder identity(String newObjectId, String newClientId) {
    objectId = Objects.requireNonNull(newObjectId);
    clientId = Objects.requireNonNull(newClientId);
    return this;
  }

  /**
   * A federated credential of the identity's application: a token of another identity provider that
   * proves it, with this issuer, subject and audience. Signatures are checked for servers of this
   * process.
   */
  public AzureKeyVaultServerBuilder trusts(String issuer, String subject, String audience) {
    trusted.add(new TrustedIssuer(issuer, audience, Optional.of(subject)));
    return this;
  }

  /**
   * The built-in roles of the identity by their names in Azure, such as {@code Key Vault Crypto
   * User}; by default Key Vault Administrator.
   *
   * @throws IllegalArgumentException when a role is not known here
   */
  public AzureKeyVaultServerBuilder roles(String... names) {
    Set<BuiltInRole> chosen = EnumSet.noneOf(BuiltInRole.class);
    for (String name : names) {
      chosen.add(role(name));
    }
    roles = chosen;
    return this;
  }

  private static BuiltInRole role(String name) {
    return Arrays.stream(BuiltInRole.values())
        .filter(role -> role.title().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Role \""
                        + name
                        + "\" is not known here. There are "
                        + Arrays.stream(BuiltInRole.values()).map(BuiltInRole::title).toList()
                        + "."));
  }

  /** For how many days deleted keys can be recovered, 7 to 90; by default 90. */
  public AzureKeyVaultServerBuilder retentionDays(int days) {
    if (days < SHORTEST_RETENTION || days > LONGEST_RETENTION) {
      throw new IllegalArgumentException(
          "deleted keys cannot be kept " + days + " days; choose 7 to 90");
    }
    retention = Duration.ofDays(days);
    return this;
  }

  /** Lets no deleted key be purged before its time; by default they can be. */
  public AzureKeyVaultServerBuilder purgeProtection() {
    purgeProtection = true;
    return this;
  }

  /** What new HSM keys have as their hsmPlatform; by default 2, as in Azure. */
  public AzureKeyVaultServerBuilder hsmPlatform(String platform) {
    hsmPlatform = Objects.requireNonNull(platform);
    return this;
  }

  /**
   * How long deleting and recovering a key take, by the server's clock: meanwhile it is found
   * neither among the keys nor among the deleted ones. By default they take no time.
   */
  public AzureKeyVaultServerBuilder eventualDeletion(Duration lag) {
    eventualDeletion = Objects.requireNonNull(lag);
    return this;
  }

  /** How long tokens are valid, by the server's clock; by default 24 hours. */
  public AzureKeyVaultServerBuilder tokenLifetime(Duration lifetime) {
    tokenLifetime = Objects.requireNonNull(lifetime);
    return this;
  }

  /**
   * Accepts tokens before and after their time, and issues them by the system's clock. For tests
   * that move the server's clock by days, while clients keep tokens by theirs.
   */
  public AzureKeyVaultServerBuilder anyTokenTime() {
    tokenTimesChecked = false;
    return this;
  }

  /**
   * Holds callers to the documented limits of transactions in ten seconds, by the server's clock;
   * by default there are none.
   */
  public AzureKeyVaultServerBuilder requestQuotas() {
    throttled = true;
    return this;
  }

  @Override
  public AzureKeyVaultServer start() {
    if (secondRegion.isPresent() && flavour != Flavour.MANAGED_HSM) {
      throw new IllegalStateException(
          "A vault has no second region that takes writes; extend a managed HSM.");
    }
    return new AzureKeyVaultServer(this);
  }
}
