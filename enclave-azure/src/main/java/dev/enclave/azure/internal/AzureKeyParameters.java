package dev.enclave.azure.internal;

import com.azure.security.keyvault.keys.models.JsonWebKey;
import com.azure.security.keyvault.keys.models.KeyCurveName;
import com.azure.security.keyvault.keys.models.KeyType;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.Assurance;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The type and the public parameters of a version's key, as the vault says; they never change.
 *
 * @param type {@code kty}, such as {@code EC-HSM}
 * @param platform {@code hsmPlatform}: 0 for software, 1 and 2 for HSMs
 * @param exportable whether the vault releases the private key to who meets a policy
 * @param curve of an elliptic curve
 * @param x its point
 * @param y its point
 * @param modulus of RSA
 * @param exponent of RSA
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
public record AzureKeyParameters(
    String type,
    Optional<String> platform,
    boolean exportable,
    Optional<String> curve,
    byte[] x,
    byte[] y,
    byte[] modulus,
    byte[] exponent) {

  private static final String HSM = "-HSM";

  public static AzureKeyParameters of(KeyVaultKey key) {
    JsonWebKey jwk = key.getKey();
    KeyType type = jwk.getKeyType();
    KeyCurveName curve = jwk.getCurveName();
    return new AzureKeyParameters(
        type == null ? "" : type.toString(),
        Optional.ofNullable(key.getProperties().getHsmPlatform()),
        Boolean.TRUE.equals(key.getProperties().isExportable())
            || key.getProperties().getReleasePolicy() != null,
        Optional.ofNullable(curve).map(KeyCurveName::toString),
        present(jwk.getX()),
        present(jwk.getY()),
        present(jwk.getN()),
        present(jwk.getE()));
  }

  static byte[] present(byte @Nullable [] bytes) {
    return bytes == null ? new byte[0] : bytes;
  }

  /**
   * The vault's word for it: the type says that the private key is kept in an HSM ("About keys"),
   * and the platform does not take that back. The REST API calls the platform optional, so one that
   * is missing takes nothing back. A key that the vault may release is no better than one in
   * software: whoever meets its policy, or may change it, has the private key.
   */
  public Assurance assurance(boolean believed) {
    return believed && !exportable && type.endsWith(HSM) && platform.filter("0"::equals).isEmpty()
        ? Assurance.HSM
        : Assurance.SOFTWARE;
  }

  /** What it can be used as; several where the vault leaves padding or hash to each request. */
  public List<KeyAlgorithm> algorithms() {
    return KeyAlgorithm.all().stream().filter(this::isOf).toList();
  }

  /** Whether it is of the kind that the algorithm needs. */
  public boolean isOf(KeyAlgorithm algorithm) {
    return switch (algorithm.family()) {
      case ECDSA ->
          isType("EC")
              && curve.filter(new AzureScheme(algorithm).curve().toString()::equals).isPresent();
      case RSA_PSS, RSA_PKCS1, RSA_OAEP ->
          isType("RSA") && stripped(modulus).length * Byte.SIZE == algorithm.keyBits();
      case AES_GCM -> isType("oct");
      case EDDSA -> false;
    };
  }

  private boolean isType(String wanted) {
    return type.equals(wanted) || type.equals(wanted + HSM);
  }

  /** The public key, for an algorithm that it {@link #isOf}; none for AES, or if it is none. */
  public Optional<PublicKeyInfo> publicKey(KeyAlgorithm algorithm) {
    try {
      return switch (algorithm.family()) {
        case AES_GCM, EDDSA -> Optional.empty();
        case ECDSA -> Optional.of(PublicKeyInfo.fromJwk(elliptic(algorithm), algorithm));
        case RSA_PSS, RSA_PKCS1, RSA_OAEP ->
            Optional.of(
                PublicKeyInfo.fromJwk(
                    "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"}"
                        .formatted(base64(stripped(modulus)), base64(stripped(exponent))),
                    algorithm));
      };
    } catch (EnclaveException e) {
      return Optional.empty();
    }
  }

  private String elliptic(KeyAlgorithm algorithm) {
    int length = new AzureScheme(algorithm).signatureLength() / 2;
    String name = curve.map(c -> c.equals("P-256K") ? "secp256k1" : plain(c, "")).orElse("");
    return "{\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}"
        .formatted(name, base64(padded(x, length)), base64(padded(y, length)));
  }

  /** To the field's length: some libraries drop leading zeros. */
  private static byte[] padded(byte[] number, int length) {
    byte[] plain = stripped(number);
    int zeros = Math.max(0, length - plain.length);
    return ByteBuffer.allocate(zeros + plain.length).position(zeros).put(plain).array();
  }

  private static byte[] stripped(byte[] number) {
    int from = 0;
    while (from < number.length - 1 && number[from] == 0) {
      from++;
    }
    return Arrays.copyOfRange(number, from, number.length);
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** As messages name it. */
  public String named() {
    return plain(type, "?")
        + curve.map(c -> " " + plain(c, "?")).orElse("")
        + (isType("EC") || modulus.length == 0
            ? ""
            : Texts.OF_BITS.with(stripped(modulus).length * Byte.SIZE));
  }

  private static String plain(String text, String other) {
    return text.replaceAll("[^A-Za-z0-9-]", other);
  }
}
