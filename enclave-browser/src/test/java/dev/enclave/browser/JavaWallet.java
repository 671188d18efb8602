package dev.enclave.browser;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.enclave.Bytes;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes what a browser's wallet writes, with the JDK's own signatures, and whatever else. */
final class JavaWallet {

  static final String ORIGIN = "https://wallet.example";

  private final SigningAlgorithm algorithm;
  private final KeyPair pair;
  private final PublicKeyInfo key;

  private JavaWallet(SigningAlgorithm algorithm, KeyPair pair) {
    this.algorithm = algorithm;
    this.pair = pair;
    this.key = PublicKeyInfo.fromSpki(pair.getPublic().getEncoded(), algorithm);
  }

  static JavaWallet create(SigningAlgorithm algorithm) {
    try {
      KeyPairGenerator generator;
      if (algorithm == SigningAlgorithm.ED25519) {
        generator = KeyPairGenerator.getInstance("Ed25519");
      } else {
        generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
      }
      return new JavaWallet(algorithm, generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  PublicKeyInfo key() {
    return key;
  }

  String id() {
    return key.fingerprint().toString();
  }

  String register(Challenge challenge) {
    return sign(with(claims(challenge), "key", base64(key.spki().toByteArray())));
  }

  String sign(Challenge challenge, String text) {
    return sign(with(claims(challenge), "text", text));
  }

  String rotate(Challenge challenge, JavaWallet successor) {
    return sign(with(claims(challenge), "proof", successor.succeed(challenge, id())));
  }

  String succeed(Challenge challenge, String predecessor) {
    Map<String, Object> claims = claims(challenge);
    claims.put("action", "succeed");
    claims.put("predecessor", predecessor);
    claims.put("key", base64(key.spki().toByteArray()));
    return sign(claims);
  }

  String revoke(Challenge challenge) {
    return sign(claims(challenge));
  }

  /** What every request states, to be changed. */
  static Map<String, Object> claims(Challenge challenge) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("action", challenge.action().spelled());
    claims.put("origin", ORIGIN);
    claims.put("purpose", challenge.purpose());
    claims.put("nonce", challenge.nonce());
    claims.put("exp", challenge.expiresAt().getEpochSecond());
    return claims;
  }

  static Map<String, Object> with(Map<String, Object> claims, String name, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(claims);
    changed.put(name, value);
    return changed;
  }

  String sign(Map<String, Object> claims) {
    return sign(
        "{\"typ\":\"enclave-wallet+jws\",\"alg\":\""
            + algorithm.joseName().orElseThrow()
            + "\",\"kid\":\""
            + id()
            + "\"}",
        json(claims));
  }

  /** A signature over whatever header and payload. */
  String sign(String header, String payload) {
    String signed = base64(header.getBytes(UTF_8)) + "." + base64(payload.getBytes(UTF_8));
    return signed + "." + base64(signature(signed.getBytes(UTF_8)));
  }

  byte[] signature(byte[] message) {
    try {
      Signature signer =
          Signature.getInstance(
              algorithm == SigningAlgorithm.ED25519 ? "Ed25519" : "SHA256withECDSAinP1363Format");
      signer.initSign(pair.getPrivate());
      signer.update(message);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static String json(Map<String, Object> claims) {
    StringBuilder json = new StringBuilder("{");
    claims.forEach(
        (name, value) -> {
          json.append(json.length() == 1 ? "" : ",").append('"').append(name).append("\":");
          if (value instanceof String text) {
            String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
            json.append('"').append(escaped).append('"');
          } else {
            json.append(value);
          }
        });
    return json.append('}').toString();
  }

  static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static Bytes decoded(String base64) {
    return Bytes.of(Base64.getUrlDecoder().decode(base64));
  }
}
