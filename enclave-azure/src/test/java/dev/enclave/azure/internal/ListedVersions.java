package dev.enclave.azure.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.azure.internal.model.VaultChain;
import dev.enclave.azure.internal.model.VaultPart;
import dev.enclave.azure.internal.model.VaultTags;
import dev.enclave.azure.internal.model.VaultTags.Claim;
import dev.enclave.azure.internal.model.VaultVersion;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Versions as a vault would list them, without a vault. */
public final class ListedVersions {

  public static final KeyName NAME = KeyName.of("wallet");

  private ListedVersions() {}

  public static VaultVersion first(String id, long second) {
    return first(id, second, "create-" + id);
  }

  public static VaultVersion first(String id, long second, String operationId) {
    return of(
        id,
        second,
        VaultTags.first(
            NAME,
            SigningAlgorithm.ECDSA_P256_SHA256,
            RotationInterval.NEVER,
            EnvironmentType.PRODUCTION,
            operationId));
  }

  public static VaultVersion next(String id, long second) {
    return of(id, second, first("x", 0).tags().next("rotate-" + id));
  }

  /** A part of what one operation brought from elsewhere. */
  public static VaultVersion part(String id, long second, String operation, VaultPart part) {
    return of(id, second, first("x", 0, operation).tags().restored(part));
  }

  public static VaultVersion stranger(String id, long second) {
    return of(id, second, VaultTags.parse(Map.of(), id));
  }

  /** As the vault's own rotation may make it: with the tags of the version before. */
  public static VaultVersion copy(VaultVersion of, String id, long second) {
    return of(id, second, VaultTags.parse(of.tags().toMap(Optional.of(of.id())), id));
  }

  public static VaultVersion of(String id, long second, VaultTags tags) {
    Instant at = Instant.ofEpochSecond(second);
    return new VaultVersion(
        id,
        "https://v/keys/enclave-wallet/" + id,
        at,
        at,
        true,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        tags);
  }

  /** The same, changed at a second. */
  public static VaultVersion changed(
      VaultVersion version, long second, VaultTags tags, boolean enabled) {
    return new VaultVersion(
        version.id(),
        version.uri(),
        version.createdAt(),
        Instant.ofEpochSecond(second),
        enabled,
        version.notBefore(),
        version.expiresAt(),
        version.recoveryLevel(),
        VaultTags.parse(tags.toMap(Optional.of(version.id())), version.id()));
  }

  /** The same with a claim that was made at a second and not written down. */
  public static VaultVersion claiming(VaultVersion version, int number, long second) {
    return changed(
        version,
        second,
        version.tags().withClaims(List.of(new Claim(number, Optional.empty()))),
        version.enabled());
  }

  public static VaultChain chain(VaultVersion... versions) {
    return VaultChain.of(NAME, List.of(versions), VaultChain.EVERYTHING);
  }
}
