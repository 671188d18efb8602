package dev.enclave.cli.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.cli.Cli;
import dev.enclave.cli.JsonText;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a rotation takes from a key that is an address, and what gives it back. */
class AddressKeysTest {

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it
  private Path folder;

  private Cli cli = Cli.local(Path.of(""));

  @BeforeEach
  void inTheFolder() {
    cli = Cli.local(folder);
  }

  @ParameterizedTest
  @CsvSource({
    "ECDSA_SECP256K1_KECCAK256, never",
    "ECDSA_SECP256K1_KECCAK256, P90D",
    "ECDSA_SECP256K1_SHA256, never",
    "ED25519, never",
    "ECDSA_P384_SHA384, never"
  })
  void rotateNamesTheAddressThatItWouldStrand_untilItIsConfirmed(
      SigningAlgorithm algorithm, String interval) {
    cli.succeed("keys", "create", "coins", "--algorithm=" + algorithm, "--rotation", interval);
    PublicKeyInfo key =
        PublicKeyInfo.fromPem(cli.succeed("keys", "public", "coins").out(), algorithm);

    Cli.Run asked = cli.run("keys", "rotate", "coins");

    assertThat(asked.code()).isEqualTo(2);
    assertThat(asked.err())
        .contains(
            switch (algorithm) {
              case ECDSA_SECP256K1_KECCAK256 -> key.ethereumAddress();
              case ECDSA_SECP256K1_SHA256 -> key.compressedPoint().toHex();
              case ED25519 -> key.rawEd25519().toHex();
              default -> key.fingerprint().toString();
            })
        .contains("version 1", "Nothing was rotated", "first", "--yes");
    assertThat(show("coins")).containsEntry("activeVersion", "1");
    assertThat(cli.succeed("keys", "rotate", "coins", "--yes").out()).contains("version 2");
  }

  @ParameterizedTest
  @CsvSource({"ED25519, P90D", "ECDSA_P256_SHA256, policy", "AES_256_GCM, never"})
  void rotateAsksNothing_whereNoAddressIsStranded(String algorithm, String interval) {
    cli.succeed("keys", "create", "other", "--algorithm", algorithm, "--rotation", interval);

    assertThat(cli.succeed("keys", "rotate", "other").out()).contains("version 2 is active");
  }

  @Test
  void rotationAsksFirst_beforeAnAddressIsRotatedByItself() {
    create();

    Cli.Run asked = cli.run("keys", "rotation", "coins", "P90D");

    assertThat(asked.code()).isEqualTo(2);
    assertThat(asked.err()).contains(" 0x", "PT2160H", "was not changed", "--yes");
    assertThat(show("coins")).containsEntry("rotationInterval", "never");
    cli.succeed("keys", "rotation", "coins", "never");
    assertThat(cli.succeed("keys", "rotation", "coins", "P90D", "--yes").out()).contains("PT2160H");
  }

  @Test
  void enableSaysWhatSigns_whenAnOlderVersionVerifiesAgain() {
    create();
    cli.succeed("keys", "rotate", "coins", "--reason", "compromise", "--yes");

    assertThat(cli.succeed("keys", "enable", "coins").out())
        .contains("Version 1 of coins verifies again and does not sign: version 2 signs.");
  }

  @Test
  void enableFails_whereTheVersionDoesNotSign_andNamesTheWayBack() {
    create();
    cli.succeed("keys", "rotate", "coins", "--yes");

    Cli.Run replaced = cli.run("keys", "enable", "coins", "--version", "1");

    assertThat(replaced.code()).isEqualTo(2);
    assertThat(replaced.err())
        .contains(
            "does not make it sign",
            "version 2 signs",
            "enclave keys plan-reinstatement coins --version 1",
            "nothing depends on version 2 any more; disable and destroy it, which cannot be");
    cli.succeed("keys", "disable", "coins", "--version", "2");
    cli.succeed("keys", "destroy", "coins", "--version", "2", "--yes");
    Cli.Run alone = cli.run("keys", "enable", "coins", "--version", "1");
    assertThat(alone.code()).isEqualTo(2);
    assertThat(alone.err())
        .contains("no version is active", "disable it and enable it")
        .doesNotContain("destroy");
    cli.succeed("keys", "disable", "coins", "--version", "1");
    assertThat(cli.succeed("keys", "enable", "coins").out()).contains("it signs");
    cli.file("message", "pay 10 to Alice");
    cli.succeed("sign", "coins", "message", "--out=signature");
  }

  @Test
  void reinstateGivesTheAddressBack_byAPlan() {
    cli.planReinstatement("coins", "plan.json");

    Cli.Run asked = cli.run("keys", "reinstate", "plan.json");

    assertThat(asked.code()).isEqualTo(2);
    assertThat(asked.err()).contains(" 0x", "Nothing was changed", "version 2", "--yes");
    assertThat(cli.succeed("migrate", "propose", "plan.json").out())
        .contains("signs again", "in place of    version 2", "Proposed plan");
    assertThat(cli.succeed("keys", "reinstate", "plan.json", "--yes").out())
        .contains("Version 1 of ", "signs again, and version 2 only verifies.");
    assertThat(show("coins")).containsEntry("activeVersion", "1");
    assertThat(cli.run("keys", "reinstate", "plan.json", "--yes").code()).isEqualTo(3);
  }

  private void create() {
    cli.succeed("keys", "create", "coins", "--algorithm", "ECDSA_SECP256K1_KECCAK256");
  }

  private Map<String, Object> show(String key) {
    return JsonText.object(cli.succeed("keys", "show", key, "--json").out());
  }
}
