package dev.enclave.jca.consumer;

import static dev.enclave.SigningAlgorithm.ECDSA_P256_SHA256;
import static dev.enclave.SigningAlgorithm.ECDSA_P384_SHA384;
import static dev.enclave.SigningAlgorithm.ED25519;
import static dev.enclave.SigningAlgorithm.RSA_PKCS1_2048_SHA256;
import static dev.enclave.SigningAlgorithm.RSA_PSS_2048_SHA256;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.util.JSONObjectUtils;
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
import java.util.EnumSet;
import java.util.Map;

/** JSON Web Tokens. */
final class Tokens {

  private static final String CLAIMS = "{\"sub\":\"wallet-42\"}";

  private Tokens() {}

  static Consumer nimbus() {
    return new Consumer(
        "Nimbus JOSE",
        EnumSet.of(
            ECDSA_P256_SHA256, ECDSA_P384_SHA384, RSA_PKCS1_2048_SHA256, RSA_PSS_2048_SHA256),
        Tokens::byNimbus);
  }

  private static void byNimbus(Certified key) throws Exception {
    JWSObject token =
        new JWSObject(
            new JWSHeader(JWSAlgorithm.parse(key.algorithm().joseName().orElseThrow())),
            new Payload(CLAIMS));
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

  static Consumer jjwt() {
    return new Consumer(
        "jjwt",
        EnumSet.of(
            ED25519,
            ECDSA_P256_SHA256,
            ECDSA_P384_SHA384,
            RSA_PKCS1_2048_SHA256,
            RSA_PSS_2048_SHA256),
        Tokens::byJjwt);
  }

  private static void byJjwt(Certified key) {
    String name = key.algorithm().joseName().orElseThrow();
    SignatureAlgorithm algorithm =
        (SignatureAlgorithm) Jwts.SIG.get().forKey(name.equals("Ed25519") ? "EdDSA" : name);
    String token = sign(key.version(), algorithm);

    byte[] content =
        Jwts.parser()
            .json(new Reading())
            .verifyWith(key.version().publicKey())
            .build()
            .parseSignedContent(token)
            .getPayload();
    assertThat(content).asString(StandardCharsets.UTF_8).isEqualTo(CLAIMS);
  }

  @SuppressWarnings("unchecked")
  private static String sign(PrivateKey key, SignatureAlgorithm algorithm) {
    return Jwts.builder()
        .provider(Certified.PROVIDER)
        .json(new Writing())
        .content(CLAIMS)
        .signWith(key, algorithm)
        .compact();
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
