package dev.enclave.emulators.internal.azure.keys.model;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** REST API, Create Key, JsonWebKeyType. */
public enum KeyType {
  EC("EC", Family.EC, false),
  EC_HSM("EC-HSM", Family.EC, true),
  RSA("RSA", Family.RSA, false),
  RSA_HSM("RSA-HSM", Family.RSA, true),
  OCT("oct", Family.OCT, false),
  OCT_HSM("oct-HSM", Family.OCT, true);

  /** Kinds of key material. */
  public enum Family {
    EC,
    RSA,
    OCT
  }

  /** What BYOK's key exchange keys are for, and for nothing else. */
  public static final String IMPORT = "import";

  private final String wireName;
  private final Family family;
  private final boolean hsm;

  KeyType(String wireName, Family family, boolean hsm) {
    this.wireName = wireName;
    this.family = family;
    this.hsm = hsm;
  }

  public static Optional<KeyType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.wireName.equals(name)).findFirst();
  }

  /** Its {@code kty}. */
  public String wireName() {
    return wireName;
  }

  public Family family() {
    return family;
  }

  public boolean hsm() {
    return hsm;
  }

  /** The same kind of key, in an HSM or not. */
  public KeyType protectedBy(boolean inHsm) {
    return Arrays.stream(values())
        .filter(type -> type.family == family && type.hsm == inHsm)
        .findFirst()
        .orElseThrow();
  }

  /**
   * About keys, Supported algorithms: what a key of this type can be used for; all of it unless
   * key_ops say less.
   */
  public List<String> operations() {
    return switch (family) {
      case EC -> List.of("sign", "verify");
      case RSA -> List.of("encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey");
      case OCT -> List.of("encrypt", "decrypt", "wrapKey", "unwrapKey");
    };
  }
}
