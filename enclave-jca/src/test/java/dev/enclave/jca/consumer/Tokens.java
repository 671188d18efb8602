package dev.enclave.jca.consumer;

import static dev.enclave.SigningAlgorithm.ECDSA_P256_SHA256;
import static dev.enclave.SigningAlgorithm.ED25519;
import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.interfaces.DecodedJWT;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.Ed25519Signer;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.enclave.jca.EnclaveProvider;
import dev.enclave.jca.consumer.Consumer.Refusal;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.io.AbstractDeserializer;
import io.jsonwebtoken.io.AbstractSerializer;
import io.jsonwebtoken.security.SignatureAlgorithm;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Map;
import org.jose4j.jca.ProviderContext;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/** JSON Web Tokens. */
final class Tokens {

  private static final String SUBJECT = "wallet-42";

  private Tokens() {}

  static Consumer nimbus() {
    return new Consumer(
        Consumer.named("Nimbus JOSE", JWSObject.class),
        Map.of(ED25519, new Refusal("wants the private number", "doesn't contain a private part")),
        Tokens::byNimbus);
  }

  private static void byNimbus(Certified key) throws Exception {
    if (key.algorithm() == ED25519) {
      byNimbusOfNumbers(key.version().publicKey().getEncoded());
      return;
    }
    JWSObject token =
        new JWSObject(
            new JWSHeader(JWSAlgorithm.parse(key.algorithm().joseName().orElseThrow())),
            new Payload(Map.of("sub", SUBJECT)));
    PublicKey publicKey = key.version().publicKey();
    JWSSigner signer =
        publicKey instanceof ECPublicKey
            ? new ECDSASigner(
                key.version(), key.algorithm() == ECDSA_P256_SHA256 ? Curve.P_256 : Curve.P_384)
            : new RSASSASigner(key.version());
    signer.getJCAContext().setProvider(Certified.PROVIDER);
    token.sign(signer);

    JWSVerifier verifier =
        publicKey instanceof ECPublicKey ec
            ? new ECDSAVerifier(ec)
            : new RSASSAVerifier((RSAPublicKey) publicKey);
    assertThat(JWSObject.parse(token.serialize()).verify(verifier)).isTrue();
  }

  /** Its signer for Ed25519 has no other constructor. */
  private static void byNimbusOfNumbers(byte[] publicKey) throws JOSEException {
    byte[] x = Arrays.copyOfRange(publicKey, publicKey.length - 32, publicKey.length);
    new Ed25519Signer(new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(x)).build());
  }

  static Consumer jjwt() {
    return Consumer.ofAll(Consumer.named("jjwt", Jwts.class), Tokens::byJjwt);
  }

  private static void byJjwt(Certified key) {
    SignatureAlgorithm algorithm = (SignatureAlgorithm) Jwts.SIG.get().forKey(eddsa(key));
    String token = sign(key.version(), algorithm);

    String subject =
        Jwts.parser()
            .json(new Reading())
            .verifyWith(key.version().publicKey())
            .build()
            .parseSignedClaims(token)
            .getPayload()
            .getSubject();
    assertThat(subject).isEqualTo(SUBJECT);
  }

  @SuppressWarnings("unchecked")
  private static String sign(PrivateKey key, SignatureAlgorithm algorithm) {
    return Jwts.builder()
        .provider(Certified.PROVIDER)
        .json(new Writing())
        .subject(SUBJECT)
        .signWith(key, algorithm)
        .compact();
  }

  static Consumer jose4j() {
    return Consumer.ofAll(
        Consumer.named("jose4j", JsonWebSignature.class),
        key -> verifyByJose4j(key, byJose4j(key)));
  }

  private static String byJose4j(Certified key) throws JoseException {
    ProviderContext providers = new ProviderContext();
    providers.getSuppliedKeyProviderContext().setSignatureProvider(EnclaveProvider.NAME);
    JsonWebSignature token = new JsonWebSignature();
    token.setProviderContext(providers);
    token.setPayload("{\"sub\":\"" + SUBJECT + "\"}");
    token.setAlgorithmHeaderValue(eddsa(key));
    token.setKey(key.version());
    return token.getCompactSerialization();
  }

  private static void verifyByJose4j(Certified key, String signed) throws JoseException {
    JsonWebSignature token = new JsonWebSignature();
    token.setCompactSerialization(signed);
    token.setKey(key.version().publicKey());
    assertThat(token.verifySignature()).isTrue();
    assertThat(token.getPayload()).contains(SUBJECT);
  }

  /** The name that libraries from before RFC 9864 know. */
  private static String eddsa(Certified key) {
    String name = key.algorithm().joseName().orElseThrow();
    return name.equals("Ed25519") ? "EdDSA" : name;
  }

  static Consumer javaJwt() {
    return Consumer.ofAll(Consumer.named("java-jwt", JWT.class), Tokens::byJavaJwt);
  }

  /** It verifies neither RSASSA-PSS nor Ed25519 itself; another library does that. */
  private static void byJavaJwt(Certified key) throws JoseException {
    String token = JWT.create().withSubject(SUBJECT).sign(new JavaJwtAlgorithm(key.key().signer()));

    DecodedJWT decoded = JWT.decode(token);
    assertThat(decoded.getKeyId()).isEqualTo(key.version().keyId());
    PublicKey publicKey = key.version().publicKey();
    switch (decoded.getAlgorithm()) {
      case "ES256" -> Algorithm.ECDSA256((ECPublicKey) publicKey).verify(decoded);
      case "ES384" -> Algorithm.ECDSA384((ECPublicKey) publicKey).verify(decoded);
      case "RS256" -> Algorithm.RSA256((RSAPublicKey) publicKey).verify(decoded);
      default -> verifyByJose4j(key, token);
    }
  }

  /** JSON by Nimbus, so that jjwt needs no library of its own. */
  private static final class Writing extends AbstractSerializer<Map<String, ?>> {

    @Override
    protected void doSerialize(Map<String, ?> object, OutputStream out) throws IOException {
      out.write(JSONObjectUtils.toJSONString(object).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static final class Reading extends AbstractDeserializer<Map<String, ?>> {

    @Override
    protected Map<String, ?> doDeserialize(Reader reader) throws Exception {
      StringWriter text = new StringWriter();
      reader.transferTo(text);
      return JSONObjectUtils.parse(text.toString());
    }
  }
}
