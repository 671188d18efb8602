package dev.enclave.emulators.internal.azure.keys.model;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * What a vault is like.
 *
 * @param location its name, by which clients know it wherever they are routed, once it listens
 * @param region of Azure
 * @param retention how long deleted keys can be recovered, 7 to 90 days
 * @param purgeProtection whether they cannot be purged before
 * @param deletionLag how long deleting and recovering take
 * @param lag how late readers see what was created or changed
 * @param hsmPlatform of new HSM keys
 * @param mostItems the most items of a page, under the API's own limit
 * @param throttled whether the documented limits hold
 * @param clock by which versions are made
 */
public record KeyVaultSettings(
    Flavour flavour,
    Supplier<URI> location,
    String region,
    Duration retention,
    boolean purgeProtection,
    Duration deletionLag,
    Duration lag,
    String hsmPlatform,
    int mostItems,
    boolean throttled,
    InstantSource clock) {

  private static final long LONGEST_RETENTION = 90;

  /** The same in another region. */
  public KeyVaultSettings in(String otherRegion) {
    return new KeyVaultSettings(
        flavour,
        location,
        otherRegion,
        retention,
        purgeProtection,
        deletionLag,
        lag,
        hsmPlatform,
        mostItems,
        throttled,
        clock);
  }

  public String url() {
    return location.get().toString();
  }

  public String keyUrl(String name) {
    return url() + "/keys/" + name;
  }

  /** REST API, Get Key, DeletionRecoveryLevel: Customized with fewer than 90 days. */
  public String recoveryLevel() {
    return (retention.toDays() < LONGEST_RETENTION ? "CustomizedRecoverable" : "Recoverable")
        + (purgeProtection ? "" : "+Purgeable");
  }
}
