package dev.enclave.azure.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.azure.internal.model.AzurePart;
import dev.enclave.azure.internal.model.AzureTags;
import dev.enclave.azure.internal.model.AzureTags.Claim;
import dev.enclave.azure.internal.model.AzureVersion;
import dev.enclave.azure.internal.model.AzureVersionChain;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Versions as a vault would list them, without a vault. */
public final class ListedVersions {

  public static final KeyName NAME = KeyName.of("wallet");

  private ListedVersions() {}

  public static AzureVersion first(String id, long second) {
    return first(id, second, "create-" + id);
  }

  public static AzureVersion first(String id, long second, String operationId) {
    return of(
        id,
        second,
        AzureTags.first(
            NAME,
            SigningAlgorithm.ECDSA_P256_SHA256,
            RotationInterval.NEVER,
            EnvironmentType.PRODUCTION,
            operationId));
  }

  public static AzureVersion next(String id, long second) {
    return of(id, second, first("x", 0).tags().next("rotate-" + id));
  }

  /** A part of what one operation brought from elsewhere. */
  public static AzureVersion part(String id, long second, String operation, AzurePart part) {
    return of(id, second, first("x", 0, operation).tags().restored(part));
  }

  public static AzureVersion stranger(String id, long second) {
    return of(id, second, AzureTags.parse(Map.of(), id));
  }

  /** As the vault's own rotation may make it: with the tags of the version before. */
  public static AzureVersion copy(AzureVersion of, String id, long second) {
    return of(id, second, AzureTags.parse(of.tags().toMap(Optional.of(of.id())), id));
  }

  public static AzureVersion of(String id, long second, AzureTags tags) {
    Instant at = Instant.ofEpochSecond(second);
    return new AzureVersion(
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
  public static AzureVersion changed(
      AzureVersion version, long second, AzureTags tags, boolean enabled) {
    return new AzureVersion(
        version.id(),
        version.uri(),
        version.createdAt(),
        Instant.ofEpochSecond(second),
        enabled,
        version.notBefore(),
        version.expiresAt(),
        version.recoveryLevel(),
        AzureTags.parse(tags.toMap(Optional.of(version.id())), version.id()));
  }

  /** The same with a claim that was made at a second and not written down. */
  public static AzureVersion claiming(AzureVersion version, int number, long second) {
    return changed(
        version,
        second,
        version.tags().withClaims(List.of(new Claim(number, Optional.empty()))),
        version.enabled());
  }

  public static AzureVersionChain chain(AzureVersion... versions) {
    return AzureVersionChain.of(NAME, List.of(versions), AzureVersionChain.EVERYTHING);
  }
}
