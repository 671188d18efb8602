package dev.enclave.campaign.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SealedBytes;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What Enclave has said that it did; checked later through another Enclave. */
public final class Claims {

  public static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  public static final byte[] PLAINTEXT = "the seed".getBytes(StandardCharsets.UTF_8);
  public static final byte[] CONTEXT = "row 7".getBytes(StandardCharsets.UTF_8);

  /** For who signs once in a cold process, or often while nothing is repeated. */
  public static final SignOptions PATIENTLY =
      SignOptions.defaults().deadline(Duration.ofMinutes(1));

  private final List<Consumer<Enclave>> checks = new ArrayList<>();

  /** A key is there, and its active version is this one or a later one. */
  void there(SigningKey key) {
    PublicKeyInfo publicKey = key.publicKey();
    String name = key.handle().name().value();
    checks.add(
        enclave -> {
          SigningKey found = enclave.signingKeys().key(key.handle());
          assertThat(found.info().versions().stream().map(v -> v.publicKey().orElseThrow()))
              .as("the acknowledged versions of " + name)
              .contains(publicKey);
        });
  }

  /** A signature that was released verifies, by mathematics alone. */
  public void released(SigningKey key, SignatureValue signature) {
    PublicKeyInfo publicKey =
        key.info().versions().stream()
            .filter(version -> version.id().equals(signature.version()))
            .findFirst()
            .flatMap(version -> version.publicKey())
            .orElseThrow();
    assertThat(SignatureVerifier.of(publicKey).verify(MESSAGE, signature)).isTrue();
  }

  /** A version has this state, or one that is further. */
  void state(String name, KeyVersionId version, KeyState state) {
    checks.add(
        enclave -> {
          KeyInfo info = enclave.admin().key(name).info();
          KeyState found =
              info.versions().stream()
                  .filter(v -> v.id().equals(version))
                  .findFirst()
                  .orElseThrow()
                  .state();
          assertThat(found).as("version " + version + " of " + name).isEqualTo(state);
        });
  }

  /** A sealed box opens. */
  void sealed(SealedBytes box) {
    checks.add(enclave -> assertThat(enclave.unseal(box, CONTEXT)).isEqualTo(PLAINTEXT));
  }

  public void check(Enclave other) {
    checks.forEach(check -> check.accept(other));
  }
}
