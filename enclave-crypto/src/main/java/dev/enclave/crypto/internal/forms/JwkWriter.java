package dev.enclave.crypto.internal.forms;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.crypto.internal.encoding.PublicKeys;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.util.BigIntegers;

/** Writes JWKs (RFC 7517; members by RFC 7518 §6, RFC 8037 §2, RFC 8812 §3.1). */
public final class JwkWriter {

  /** Says what JOSE names do not: the modulus size, Keccak-256. */
  static final String ALGORITHM_MEMBER = "enclave_algorithm";

  private static final JsonFactory JSON = new JsonFactory();

  private JwkWriter() {}

  public static String jwk(PublicKeyInfo key, Optional<String> keyId) {
    return write(json -> writeKey(json, key, keyId));
  }

  public static String jwks(PublicKeySet keys) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("keys");
          for (PublicKeySet.Entry entry : keys.entries()) {
            writeKey(json, entry.key(), Optional.of(entry.keyId()).filter(id -> !id.isEmpty()));
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void writeKey(JsonGenerator json, PublicKeyInfo key, Optional<String> keyId)
      throws IOException {
    KeyAlgorithm algorithm = key.algorithm();
    AsymmetricKeyParameter parsed = PublicKeys.parse(key.spki().toByteArray(), algorithm);
    json.writeStartObject();
    if (parsed instanceof ECPublicKeyParameters ec) {
      byte[] point = ec.getQ().getEncoded(false);
      int length = point.length / 2;
      json.writeStringField("kty", "EC");
      json.writeStringField("crv", algorithm.curve().orElseThrow());
      json.writeStringField("x", base64(Arrays.copyOfRange(point, 1, 1 + length)));
      json.writeStringField("y", base64(Arrays.copyOfRange(point, 1 + length, point.length)));
    } else if (parsed instanceof Ed25519PublicKeyParameters ed) {
      json.writeStringField("kty", "OKP");
      json.writeStringField("crv", "Ed25519");
      json.writeStringField("x", base64(ed.getEncoded()));
    } else {
      RSAKeyParameters rsa = (RSAKeyParameters) parsed;
      json.writeStringField("kty", "RSA");
      json.writeStringField("n", base64(rsa.getModulus()));
      json.writeStringField("e", base64(rsa.getExponent()));
    }
    if (keyId.isPresent()) {
      json.writeStringField("kid", requireText(keyId.get()));
    }
    if (algorithm.joseName().isPresent()) {
      json.writeStringField("alg", algorithm.joseName().get());
    }
    json.writeStringField("use", algorithm.purpose() == KeyPurpose.SIGN ? "sig" : "enc");
    json.writeStringField(ALGORITHM_MEMBER, algorithm.name());
    json.writeEndObject();
  }

  private static String requireText(String keyId) {
    if (!JsonText.wellFormed(keyId)) {
      throw Texts.KEY_ID_NO_TEXT.as(ErrorCode.INVALID_ARGUMENT);
    }
    return keyId;
  }

  private static String base64(BigInteger value) {
    return base64(BigIntegers.asUnsignedByteArray(value));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String write(Body body) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      body.write(json);
    } catch (IOException e) {
      throw new IllegalStateException("a string cannot be full");
    }
    return text.toString();
  }

  @FunctionalInterface
  private interface Body {
    void write(JsonGenerator json) throws IOException;
  }
}
