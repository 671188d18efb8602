package dev.enclave.emulators.internal.aws.kms.model;

import dev.enclave.emulators.internal.aws.common.Partition;
import dev.enclave.emulators.internal.aws.kms.request.Answers;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** KMS API Reference, KeyMetadata. */
public final class KeyMetadata {

  private KeyMetadata() {}

  public static Map<String, Object> of(KmsKey key, Partition partition, Instant now) {
    KmsKey.Identity identity = key.identity();
    KeyState state = key.state(now);
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("AWSAccountId", partition.account());
    metadata.put("KeyId", identity.id());
    metadata.put("Arn", identity.arn());
    metadata.put("CreationDate", Answers.time(identity.created()));
    metadata.put("Enabled", state == KeyState.ENABLED);
    metadata.put("Description", key.description());
    metadata.put("KeyUsage", identity.usage());
    metadata.put("KeyState", state.text());
    key.deletion().ifPresent(when -> metadata.put("DeletionDate", Answers.time(when)));
    metadata.put("Origin", origin(identity));
    identity.place().ifPresent(place -> put(place, metadata));
    metadata.put("KeyManager", "CUSTOMER");
    metadata.put("CustomerMasterKeySpec", identity.spec().name());
    metadata.put("KeySpec", identity.spec().name());
    putAlgorithms(key, metadata);
    metadata.put("MultiRegion", identity.multiRegion());
    if (identity.multiRegion()) {
      metadata.put(
          "MultiRegionConfiguration",
          Map.of(
              "MultiRegionKeyType",
              "PRIMARY",
              "PrimaryKey",
              Map.of("Arn", identity.arn(), "Region", partition.region()),
              "ReplicaKeys",
              List.of()));
    }
    putExpiration(key, metadata);
    return metadata;
  }

  private static String origin(KmsKey.Identity identity) {
    return identity
        .place()
        .map(place -> place.store().origin())
        .orElse(identity.external() ? "EXTERNAL" : "AWS_KMS");
  }

  /** CustomKeyStoreId, CloudHsmClusterId, XksKeyConfiguration: for keys in such a store only. */
  private static void put(CustomKeyStores.Place place, Map<String, Object> metadata) {
    metadata.put("CustomKeyStoreId", place.store().id());
    place.externalKey().ifPresent(id -> metadata.put("XksKeyConfiguration", Map.of("Id", id)));
    if (place.externalKey().isEmpty()) {
      metadata.put("CloudHsmClusterId", place.store().id().replace("cks-", "cluster-"));
    }
  }

  /** Lists of algorithms appear only with the usage they serve. */
  public static void putAlgorithms(KmsKey key, Map<String, Object> answer) {
    switch (key.identity().usage()) {
      case "SIGN_VERIFY" -> answer.put("SigningAlgorithms", key.spec().signingAlgorithms());
      case "ENCRYPT_DECRYPT" ->
          answer.put("EncryptionAlgorithms", key.spec().encryptionAlgorithms());
      default -> answer.put("MacAlgorithms", key.spec().macAlgorithms());
    }
  }

  /** ExpirationModel and ValidTo: only where Origin is EXTERNAL and there is key material. */
  private static void putExpiration(KmsKey key, Map<String, Object> metadata) {
    if (!key.identity().external() || key.materials().isEmpty()) {
      return;
    }
    metadata.put(
        "ExpirationModel",
        key.materialEnds().isPresent() ? "KEY_MATERIAL_EXPIRES" : "KEY_MATERIAL_DOES_NOT_EXPIRE");
    key.materialEnds().ifPresent(when -> metadata.put("ValidTo", Answers.time(when)));
  }
}
