package dev.enclave.emulators.internal.vault.transit;

import dev.enclave.emulators.internal.crypto.EdwardsMaterial;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.crypto.SigningMaterial;
import dev.enclave.emulators.internal.vault.common.GoBase64;
import dev.enclave.emulators.internal.vault.common.Input;
import dev.enclave.emulators.internal.vault.common.Operation;
import dev.enclave.emulators.internal.vault.common.PathTable;
import dev.enclave.emulators.internal.vault.common.PathTable.Parameters;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.x509.Pem;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.jspecify.annotations.Nullable;

/** {@code path_export.go}, without certificate chains. */
final class Export {

  private static final String ENCRYPTION = "encryption-key";
  private static final String SIGNING = "signing-key";
  private static final String HMAC = "hmac-key";
  private static final String PUBLIC = "public-key";

  private final Keys keys;

  Export(Keys keys) {
    this.keys = keys;
  }

  void register(PathTable paths) {
    paths.on(
        "export/(?<type>[\\w-]+)/{name}(?:/(?<version>\\w+))?",
        Operation.READ,
        "transit/export",
        this::export);
  }

  private VaultAnswer export(VaultCall call, Parameters path) {
    String type = path.get("type");
    if (!Set.of(ENCRYPTION, SIGNING, HMAC, PUBLIC).contains(type)) {
      throw VaultFailure.invalid("invalid export type: " + type);
    }
    String format = Input.of(call).textOrEmpty("format");
    if (!Set.of("", "raw", "der", "pem").contains(format)) {
      throw VaultFailure.invalid("invalid format: " + format);
    }
    TransitKey key = keys.get(path.get("name"), call).orElseThrow(VaultFailure::notFound);
    requireExportable(key, type);
    Map<String, @Nullable Object> exported = new LinkedHashMap<>();
    if (path.get("version").isEmpty()) {
      key.versions()
          .tailMap(key.limits().decryption())
          .forEach(
              (number, version) ->
                  exported.put(number.toString(), written(key, version, type, format)));
    } else {
      int number = number(key, path.get("version"));
      exported.put(Integer.toString(number), written(key, version(key, number), type, format));
    }
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("name", key.name());
    data.put("type", key.type().title());
    data.put("keys", exported);
    return VaultAnswer.of(data);
  }

  private static void requireExportable(TransitKey key, String type) {
    if (!key.traits().exportable() && !type.equals(PUBLIC)) {
      throw VaultFailure.invalid("private key material is not exportable");
    }
    if (key.softDeleted()) {
      throw VaultFailure.ofCore(500, Refusals.SOFT_DELETED);
    }
    if (type.equals(ENCRYPTION) && !key.type().encrypts()) {
      throw VaultFailure.invalid("encryption not supported for the key");
    }
    if (type.equals(SIGNING) && !key.type().signs()) {
      throw VaultFailure.invalid("signing not supported for the key");
    }
  }

  private static int number(TransitKey key, String version) {
    if (version.equals("latest")) {
      return key.latest();
    }
    try {
      return Integer.parseInt(version.startsWith("v") ? version.substring(1) : version);
    } catch (NumberFormatException e) {
      throw VaultFailure.invalid("invalid key version");
    }
  }

  private static KeyVersion version(TransitKey key, int number) {
    if (number < key.limits().decryption()) {
      throw VaultFailure.invalid("version for export is below minimum decryption version");
    }
    return key.version(number)
        .orElseThrow(() -> VaultFailure.invalid("version does not exist or cannot be found"));
  }

  private static String written(TransitKey key, KeyVersion version, String type, String format) {
    if (type.equals(HMAC) || (type.equals(ENCRYPTION) && key.type().symmetric())) {
      if (format.equals("der") || format.equals("pem")) {
        throw VaultFailure.ofCore(
            500, "unknown format for HMAC key; supported values are `` or `raw`");
      }
      return GoBase64.encode(type.equals(HMAC) ? version.hmacKey() : version.secret());
    }
    if (version.pair().isEmpty() || key.type() == KeyType.MANAGED_KEY) {
      throw VaultFailure.ofCore(
          500, "unknown key type " + key.type().title() + " for export type " + type);
    }
    SigningMaterial pair = version.pair().get();
    return type.equals(PUBLIC)
        ? publicKey(pair, version, format)
        : privateKey(pair, version, format);
  }

  private static String publicKey(SigningMaterial pair, KeyVersion version, String format) {
    if (pair instanceof EdwardsMaterial && (format.isEmpty() || format.equals("raw"))) {
      return version.publicKey();
    }
    requireNotRaw(pair, format);
    return format.equals("der")
        ? GoBase64.encode(pair.publicKey())
        : trimmed(pair, Pem.publicKey(pair.publicKey()));
  }

  /** Without a format: PKCS#1, SEC 1, or the 64 bytes of seed and public key. */
  private static String privateKey(SigningMaterial pair, KeyVersion version, String format) {
    if (pair instanceof EdwardsMaterial && (format.isEmpty() || format.equals("raw"))) {
      return GoBase64.encode(version.secret());
    }
    requireNotRaw(pair, format);
    byte[] encoded = pair.privateKey();
    if (format.equals("der")) {
      return GoBase64.encode(encoded);
    }
    if (format.equals("pem")) {
      return trimmed(pair, Pem.privateKey(encoded));
    }
    try {
      byte[] inner =
          PrivateKeyInfo.getInstance(encoded).parsePrivateKey().toASN1Primitive().getEncoded("DER");
      String label = pair instanceof RsaMaterial ? "RSA PRIVATE KEY" : "EC PRIVATE KEY";
      return trimmed(pair, Pem.of(label, inner));
    } catch (IOException e) {
      throw new IllegalStateException("A private key could not be encoded.", e);
    }
  }

  private static void requireNotRaw(SigningMaterial pair, String format) {
    if (format.equals("raw")) {
      throw VaultFailure.ofCore(
          500,
          "unknown key format for "
              + (pair instanceof RsaMaterial ? "rsa" : "ec")
              + " key; supported values are ``, `der`, or `pem`");
    }
  }

  /** RSA keys alone keep the line break at their end. */
  private static String trimmed(SigningMaterial pair, String pem) {
    return pair instanceof RsaMaterial ? pem : pem.strip();
  }
}
