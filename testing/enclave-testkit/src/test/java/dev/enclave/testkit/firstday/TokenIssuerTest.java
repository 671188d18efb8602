package dev.enclave.testkit.firstday;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.admin.RotationRequest;
import dev.enclave.testkit.InMemoryEnclave;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(InMemoryEnclave.class)
class TokenIssuerTest {

  private static final String CLAIMS = "{\"sub\":\"user-7\"}";

  /** As who knows the published set alone. */
  private static boolean verifies(String token, String jwks) {
    int dot = token.lastIndexOf('.');
    byte[] signature = Base64.getUrlDecoder().decode(token.substring(dot + 1));
    PublicKeyInfo key = PublicKeySet.fromJwks(jwks).byKeyId(keyId(token)).orElseThrow();
    return SignatureVerifier.of(key)
        .verify(
            Message.of(token.substring(0, dot).getBytes(US_ASCII)),
            signature,
            SignatureEncoding.P1363);
  }

  private static String keyId(String token) {
    String header =
        new String(Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.'))), UTF_8);
    Matcher kid = Pattern.compile("\"kid\":\"([^\"]+)\"").matcher(header);
    assertThat(kid.find()).as(header).isTrue();
    return kid.group(1);
  }

  @Test
  void issuesTokensThatThePublishedKeysVerify(Enclave enclave) {
    TokenIssuer issuer = new TokenIssuer(enclave);
    assertThat(verifies(issuer.issue(CLAIMS), issuer.jwks().json())).isTrue();
  }

  @Test
  void keepsEarlierTokensGood_whenTheKeyIsRotated(Enclave enclave) {
    TokenIssuer issuer = new TokenIssuer(enclave);
    String before = issuer.issue(CLAIMS);
    enclave.admin().key("issuer").rotate(RotationRequest.now());
    String after = issuer.issue(CLAIMS);
    assertThat(keyId(after)).isNotEqualTo(keyId(before));
    assertThat(verifies(before, issuer.jwks().json()) && verifies(after, issuer.jwks().json()))
        .isTrue();
  }
}
