package dev.enclave.emulators.internal.vault.transit;

import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.EdwardsMaterial;
import dev.enclave.emulators.internal.crypto.Hash;
import dev.enclave.emulators.internal.crypto.PrivateKeys;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.crypto.SecretMaterial;
import dev.enclave.emulators.internal.crypto.SigningMaterial;
import dev.enclave.emulators.internal.vault.common.GoBase64;
import dev.enclave.emulators.internal.vault.common.Input;
import dev.enclave.emulators.internal.vault.common.Operation;
import dev.enclave.emulators.internal.vault.common.PathTable;
import dev.enclave.emulators.internal.vault.common.PathTable.Parameters;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.vault.transit.TransitKey.Traits;
import dev.enclave.emulators.internal.x509.Pem;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code path_wrapping_key.go}, path_import.go. */
final class Transfer {

  private static final int WRAPPING_BITS = 4096;
  private static final int EPHEMERAL_BYTES = 32;
  private static final int SHORTEST_HMAC = 32;
  private static final int LONGEST_HMAC = 512;

  private final Keys keys;
  private final boolean openBao;
  private final SecureRandom random;
  private @Nullable RsaMaterial wrappingKey;

  Transfer(Keys keys, TransitSettings settings) {
    this.keys = keys;
    openBao = settings.openBao();
    random = settings.random();
  }

  void register(PathTable paths) {
    paths
        .on("wrapping_key", Operation.READ, "transit/wrapping_key", this::readWrappingKey)
        .on("keys/{name}/import", Operation.UPDATE, "transit/keys/import", this::importKey)
        .on(
            "keys/{name}/import_version",
            Operation.UPDATE,
            "transit/keys/import_version",
            this::importVersion);
  }

  /** Made when it is first needed: that takes seconds. */
  private synchronized RsaMaterial wrappingKey() {
    RsaMaterial known = wrappingKey;
    if (known == null) {
      known = RsaMaterial.generate(WRAPPING_BITS, random);
      wrappingKey = known;
    }
    return known;
  }

  private VaultAnswer readWrappingKey(VaultCall call, Parameters path) {
    return VaultAnswer.of(Map.of("public_key", Pem.publicKey(wrappingKey().publicKey())));
  }

  private VaultAnswer importKey(VaultCall call, Parameters path) {
    Input input = Input.of(call);
    Duration rotation = Duration.ofSeconds(input.seconds("auto_rotate_period").orElse(0L));
    boolean rotates = input.flag("allow_rotation").orElse(false);
    if (input.has("convergent_encryption")) {
      throw VaultFailure.ofCore(
          500, "import cannot be used on keys with convergent encryption enabled");
    }
    if (!rotation.isZero() && !rotates) {
      throw VaultFailure.ofCore(
          500, "allow_rotation must be set to true if auto-rotation is enabled");
    }
    String title = input.text("type").orElse(KeyType.AES256_GCM96.title()).toLowerCase(Locale.ROOT);
    KeyType type =
        KeyType.of(title)
            .filter(each -> each != KeyType.MANAGED_KEY)
            .filter(each -> each != KeyType.XCHACHA20_POLY1305 || openBao)
            .orElseThrow(() -> VaultFailure.invalid("unknown key type: " + title));
    String name = path.get("name");
    if (keys.get(name, call).isPresent()) {
      throw exists();
    }
    KeyVersion version = unwrapped(input, type, call);
    Traits traits =
        new Traits(
            type,
            type == KeyType.HMAC ? version.secret().length : 0,
            input.flag("derived").orElse(false),
            false,
            input.flag("exportable").orElse(false),
            input.flag("allow_plaintext_backup").orElse(false),
            rotates);
    if (!keys.create(
        name, call, () -> TransitKey.of(name, traits, true, rotation).withVersion(version, true))) {
      throw exists();
    }
    return VaultAnswer.nothing();
  }

  private static VaultFailure exists() {
    return VaultFailure.ofCore(
        500,
        "the import path cannot be used with an existing key; use import-version to rotate an"
            + " existing imported key");
  }

  private VaultAnswer importVersion(VaultCall call, Parameters path) {
    String name = path.get("name");
    Input input = Input.of(call);
    VaultFailure missing =
        VaultFailure.ofCore(
            500,
            "no key found with name " + name + "; to import a new key, use the import/ endpoint");
    TransitKey key = keys.get(name, call).orElseThrow(() -> missing);
    requireImported(key);
    KeyVersion version = unwrapped(input, key.type(), call);
    keys.change(
        name,
        call,
        missing,
        old -> {
          requireImported(old);
          return old.withVersion(version, true);
        });
    return VaultAnswer.nothing();
  }

  private static void requireImported(TransitKey key) {
    if (!key.imported()) {
      throw VaultFailure.ofCore(
          500, "the import_version endpoint can only be used with an imported key");
    }
    if (key.softDeleted()) {
      throw VaultFailure.ofCore(500, Refusals.SOFT_DELETED);
    }
  }

  /** {@code path_import.go}, extractKeyFromFields and decryptImportedKey. */
  private KeyVersion unwrapped(Input input, KeyType type, VaultCall call) {
    if (!input.has("ciphertext")) {
      throw VaultFailure.ofCore(500, "import of a public key alone is not served by this emulator");
    }
    Hash hash = hash(input.text("hash_function").orElse("SHA256"));
    String text = input.textOrEmpty("ciphertext");
    byte[] wrapped =
        GoBase64.decode(text).orElseThrow(() -> VaultFailure.ofCore(500, GoBase64.error(text)));
    RsaMaterial key = wrappingKey();
    if (wrapped.length <= key.modulusBytes()) {
      throw VaultFailure.ofCore(500, "provided ciphertext is too short");
    }
    byte[] ephemeral =
        key.decrypt(hash, Arrays.copyOf(wrapped, key.modulusBytes()))
            .orElseThrow(() -> VaultFailure.ofCore(500, "crypto/rsa: decryption error"));
    if (ephemeral.length != EPHEMERAL_BYTES) {
      throw VaultFailure.ofCore(500, "expected ephemeral AES key to be 256-bit");
    }
    byte[] material =
        SecretMaterial.of(ephemeral)
            .unwrapPadded(Arrays.copyOfRange(wrapped, key.modulusBytes(), wrapped.length))
            .orElseThrow(() -> VaultFailure.ofCore(500, "kwp: unwrap failed integrity check"));
    return version(type, material, call);
  }

  private static Hash hash(String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "SHA1" -> Hash.SHA_1;
      case "SHA224" -> Hash.SHA_224;
      case "SHA256" -> Hash.SHA_256;
      case "SHA384" -> Hash.SHA_384;
      case "SHA512" -> Hash.SHA_512;
      default -> throw VaultFailure.invalid("unknown hash function: " + name);
    };
  }

  /** {@code policy.go}, ImportPublicOrPrivate and parseFromKey. */
  private KeyVersion version(KeyType type, byte[] material, VaultCall call) {
    if (type.symmetric() || type == KeyType.HMAC) {
      boolean fits =
          type.symmetric()
              ? material.length == type.secretBytes()
              : material.length >= SHORTEST_HMAC && material.length <= LONGEST_HMAC;
      if (!fits) {
        throw failed("invalid key size " + material.length + " bytes for key type " + type.title());
      }
      return KeyVersion.ofSecret(type, material, call.time(), random);
    }
    SigningMaterial pair =
        PrivateKeys.parse(material, random)
            .orElseThrow(() -> failed("error parsing asymmetric key: asn1: structure error"));
    requireType(type, pair);
    return KeyVersion.ofPair(pair, call.time(), random);
  }

  private static void requireType(KeyType type, SigningMaterial pair) {
    if (pair instanceof EcMaterial ec) {
      if (type.curve().isEmpty()) {
        throw wrongType(type, "*ecdsa.PrivateKey");
      }
      if (type.curve().get() != ec.curve()) {
        throw failed(
            "invalid curve: expected "
                + type.versionName()
                + ", got "
                + ec.curve().name().replace('_', '-'));
      }
    } else if (pair instanceof EdwardsMaterial) {
      if (type != KeyType.ED25519) {
        throw wrongType(type, "ed25519.PrivateKey");
      }
    } else if (!type.rsa()) {
      throw wrongType(type, "*rsa.PrivateKey");
    } else if (((RsaMaterial) pair).bits() != type.rsaBits()) {
      throw failed(
          "invalid key size: expected "
              + type.rsaBits() / 8
              + " bytes, got "
              + ((RsaMaterial) pair).modulusBytes()
              + " bytes");
    }
  }

  private static VaultFailure wrongType(KeyType type, String got) {
    return failed("invalid key type: expected " + type.title() + ", got " + got);
  }

  private static VaultFailure failed(String why) {
    return VaultFailure.ofCore(500, "error importing key: " + why);
  }
}
