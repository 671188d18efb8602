package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.PublicKeySet;
import dev.enclave.error.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JWKs and JWK sets that must or must not verify a JWS. Symmetric keys and JWE are left out. */
@Tag("needs-wycheproof")
@Tag("each-engine")
class WycheproofJwsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "json_web_crypto_test.json",
        "json_web_key_test.json",
        "json_web_signature_test.json"
      })
  void agreesWithWycheproof(String file) {
    List<Json> groups = Wycheproof.groups(file);
    List<String> wrong = new ArrayList<>();
    int accepted = 0;
    int rejected = 0;
    int leftOut = 0;
    for (Json group : groups) {
      Optional<PublicKeySet> keys = keys(group);
      for (Json test : group.objects("tests")) {
        Optional<String> jws = test.optional("jws");
        boolean valid = test.text("result").equals("valid");
        // A key that we refuse or do not offer verifies nothing, which is right for invalid ones.
        if (jws.isEmpty() || !group.members().containsKey("public") || (keys.isEmpty() && valid)) {
          leftOut++;
        } else if (keys.isPresent() && Jws.verify(jws.get(), keys.get()) != valid) {
          wrong.add(test.text("tcId") + " " + test.text("comment"));
        } else if (valid) {
          accepted++;
        } else {
          rejected++;
        }
      }
    }
    System.out.printf(
        "wycheproof %-46s accepted %4d, rejected %4d, wrong %d; tests left out %d%n",
        file, accepted, rejected, wrong.size(), leftOut);
    assertThat(wrong).isEmpty();
    assertThat(accepted).isPositive();
    assertThat(rejected).isPositive();
  }

  private static Optional<PublicKeySet> keys(Json group) {
    if (!(group.members().get("public") instanceof Json key)) {
      return Optional.empty();
    }
    Json set = key.members().containsKey("keys") ? key : new Json(Map.of("keys", List.of(key)));
    try {
      return Optional.of(PublicKeySet.fromJwks(set.write()));
    } catch (UsageException noneCanBeUsed) {
      return Optional.empty();
    }
  }
}
