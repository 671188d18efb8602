package dev.enclave.azure.internal.model;

import dev.enclave.KeyVersionId;
import java.time.Instant;
import java.util.Optional;

/**
 * One version of a Key Vault key, as a list of versions shows it.
 *
 * @param id the vault's id of the version
 * @param uri its key identifier, with the version
 * @param createdAt by the vault's clock, to the second
 * @param updatedAt when anything about it was changed last, likewise
 * @param enabled whether the vault uses it
 * @param notBefore from when on it signs
 * @param expiresAt from when on it does not sign any more
 * @param recoveryLevel what becomes of it when it is deleted, in the vault's words
 * @param tags what they say
 */
public record AzureVersion(
    String id,
    String uri,
    Instant createdAt,
    Instant updatedAt,
    boolean enabled,
    Optional<Instant> notBefore,
    Optional<Instant> expiresAt,
    Optional<String> recoveryLevel,
    AzureTags tags) {

  public KeyVersionId version() {
    return KeyVersionId.of(id);
  }

  public long createdSecond() {
    return createdAt.getEpochSecond();
  }

  /** When a claim of this version was made. */
  public long secondOf(AzureTags.Claim claim) {
    return claim.second().orElse(updatedAt.getEpochSecond());
  }

  /**
   * Its tags with the second of each claim, which is not to move when they are written once more.
   */
  public AzureTags datedTags() {
    return tags.withClaims(
        tags.claims().stream()
            .map(
                claim ->
                    new AzureTags.Claim(
                        claim.number(), Optional.of(secondOf(claim)), claim.disables()))
            .toList());
  }

  public AzureVersion with(AzureTags other, boolean nowEnabled) {
    return new AzureVersion(
        id, uri, createdAt, updatedAt, nowEnabled, notBefore, expiresAt, recoveryLevel, other);
  }
}
