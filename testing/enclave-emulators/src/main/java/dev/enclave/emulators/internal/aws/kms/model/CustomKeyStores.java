package dev.enclave.emulators.internal.aws.kms.model;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.kms.request.Input;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * KMS Developer Guide, "Key stores": AWS CloudHSM key stores and external key stores, which are
 * connected or not. Material lies here all the same; what differs is what KMS says and refuses.
 * Thread-safe.
 */
public final class CustomKeyStores {

  /**
   * One store.
   *
   * @param id as KMS names it, {@code cks-} and more
   * @param origin of its keys: AWS_CLOUDHSM or EXTERNAL_KEY_STORE
   */
  public record Store(String id, String origin) {

    public Store {
      if (!id.matches("cks-[0-9a-f]{1,60}")) {
        throw new IllegalArgumentException(
            "a custom key store's id is cks- and hexadecimal digits, not " + id);
      }
    }
  }

  /**
   * Where a key is.
   *
   * @param store the store
   * @param externalKey the key's name outside AWS, for an external key store
   */
  public record Place(Store store, Optional<String> externalKey) {}

  private final Map<String, Store> stores = new ConcurrentHashMap<>();
  private final Map<String, Boolean> disconnected = new ConcurrentHashMap<>();

  /** Adds one, connected. */
  public void add(Store store) {
    stores.put(store.id(), store);
  }

  /** Connects or disconnects one. */
  public void connected(String id, boolean connected) {
    if (!stores.containsKey(id)) {
      throw new IllegalArgumentException("there is no custom key store " + id + " here");
    }
    if (connected) {
      disconnected.remove(id);
    } else {
      disconnected.put(id, true);
    }
  }

  public boolean reached(Store store) {
    return !disconnected.containsKey(store.id());
  }

  /**
   * The store that a key is to be made in. KMS API Reference, CreateKey: CustomKeyStoreId: Origin
   * must be AWS_CLOUDHSM or EXTERNAL_KEY_STORE with it, and with those only; "the ConnectionState
   * of the custom key store must be CONNECTED"; symmetric encryption keys of one Region alone;
   * XksKeyId: required for EXTERNAL_KEY_STORE and for nothing else.
   */
  public Optional<Place> forKey(Input input, String origin, String keySpec, boolean multiRegion) {
    Optional<String> id = input.text("CustomKeyStoreId", 1, 64);
    Optional<String> external = input.text("XksKeyId", 1, 128);
    input.check();
    boolean custom = origin.equals("AWS_CLOUDHSM") || origin.equals("EXTERNAL_KEY_STORE");
    if (custom != id.isPresent()) {
      throw AwsFailure.of(
          "ValidationException",
          custom
              ? "Origin " + origin + " requires a CustomKeyStoreId."
              : "CustomKeyStoreId requires Origin AWS_CLOUDHSM or EXTERNAL_KEY_STORE.");
    }
    if (external.isPresent() != origin.equals("EXTERNAL_KEY_STORE")) {
      throw AwsFailure.of(
          "ValidationException", "XksKeyId belongs to Origin EXTERNAL_KEY_STORE, and only to it.");
    }
    if (id.isEmpty()) {
      return Optional.empty();
    }
    Store store = stores.get(id.get());
    if (store == null) {
      throw AwsFailure.of("CustomKeyStoreNotFoundException", "");
    }
    if (!keySpec.equals("SYMMETRIC_DEFAULT") || multiRegion) {
      throw AwsFailure.of(
          "UnsupportedOperationException",
          "Custom key stores hold symmetric encryption keys of one Region alone.");
    }
    if (!store.origin().equals(origin) || !reached(store)) {
      throw AwsFailure.of("CustomKeyStoreInvalidStateException", "");
    }
    return Optional.of(new Place(store, external));
  }
}
