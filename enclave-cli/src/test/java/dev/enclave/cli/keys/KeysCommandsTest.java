package dev.enclave.cli.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.SigningAlgorithm;
import dev.enclave.cli.Cli;
import dev.enclave.cli.JsonText;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysCommandsTest {

  private final Cli cli;

  KeysCommandsTest(@TempDir Path folder) {
    cli = Cli.local(folder);
    cli.succeed("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
  }

  @Test
  void createShowsTheHandleAndTheFirstVersion() {
    Cli.Run run = cli.run("keys", "create", "other", "--algorithm", "ed25519");

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("Created other.", "enclave:v1:software:", "version 1");
  }

  @Test
  void createWarnsWhereThePlaceIsWeak() {
    Cli.Run run = cli.run("keys", "create", "other", "--algorithm", "ED25519");

    assertThat(run.err()).startsWith("warning: ").contains("passphrase", "Fix: ");
  }

  @Test
  void createMakesAKekWhereTheAlgorithmWraps() {
    Cli.Run run = cli.run("keys", "create", "kek", "--algorithm", "AES_256_GCM", "--json");

    assertThat(JsonText.object(run.out())).containsEntry("purpose", "WRAP");
  }

  @Test
  void createHonoursTheRotationInterval() {
    Map<String, Object> key =
        JsonText.object(
            cli.succeed(
                    "keys", "create", "x", "--algorithm", "ED25519", "--rotation", "P90D", "--json")
                .out());

    assertThat(JsonText.text(key, "nextRotationAt")).isGreaterThan(JsonText.text(key, "createdAt"));
  }

  @Test
  void createPlacesTheKeyOnTheNamedBackend() {
    Cli.Run run =
        cli.run("keys", "create", "x", "--algorithm", "ED25519", "--on", "software", "--json");

    assertThat(JsonText.object(run.out())).containsEntry("backend", "software");
  }

  @Test
  void listNamesEveryKey() {
    cli.succeed("keys", "create", "kek", "--algorithm", "AES_256_GCM");

    Cli.Run run = cli.run("keys", "list");

    assertThat(run.out().lines().map(line -> line.split(" ", -1)[0]))
        .containsExactly("NAME", "kek", "wallet");
  }

  @Test
  void listSaysHowToMakeTheFirstKey(@TempDir Path empty) {
    assertThat(Cli.local(empty).run("keys", "list").out()).contains("There are no keys");
  }

  @Test
  void listAnswersInJson() {
    Map<String, Object> answer = JsonText.object(cli.succeed("keys", "list", "--json").out());

    assertThat(JsonText.objects(answer, "keys")).hasSize(1);
  }

  @Test
  void listGivesNamesAlone() {
    cli.succeed("keys", "create", "kek", "--algorithm", "AES_256_GCM");

    assertThat(cli.succeed("keys", "list", "--names").out().lines())
        .containsExactly("kek", "wallet");
    assertThat(JsonText.object(cli.succeed("keys", "list", "--names", "--json").out()))
        .isEqualTo(Map.of("names", List.of("kek", "wallet")));
  }

  @Test
  void listOfNamesIsEmpty_whereThereAreNone(@TempDir Path empty) {
    assertThat(Cli.local(empty).succeed("keys", "list", "--names").out()).isEmpty();
  }

  @Test
  void dueShowsWhatComesWhen_theFirstFirst() {
    MutableClock clock = new MutableClock();
    Cli then = cli.with(clock);
    then.succeed("keys", "create", "later", "--algorithm", "ED25519", "--rotation", "P90D");
    then.succeed("keys", "create", "sooner", "--algorithm", "ED25519", "--rotation", "P10D");
    clock.advance(Duration.ofDays(15));

    List<String> lines = then.succeed("keys", "due").out().lines().toList();

    assertThat(lines.get(0)).matches("NAME +DUE +IN +PUBLISHED +INTERVAL +ACTIVE +LAST ROTATED");
    assertThat(lines.get(1))
        .matches("sooner +2026-01-11T00:00:00Z +due for 5 days +not ahead +PT240H +1 +never");
    assertThat(lines.get(2))
        .matches("later +2026-04-01T00:00:00Z +75 days +not ahead +PT2160H +1 +never");
    assertThat(lines.get(3)).isEqualTo("1 key is never due.");
    Map<String, Object> within =
        JsonText.object(then.succeed("keys", "due", "--within", "P1D", "--json").out());
    assertThat(JsonText.objects(within, "keys"))
        .extracting(key -> key.get("name"))
        .containsExactly("sooner");
    assertThat(cli.run("keys", "due", "--within", "soon").err())
        .contains("Duration \"soon\" is not understood");
  }

  @Test
  void dueShowsWhenTheNextVersionIsPublished_whereThatIsAhead() {
    MutableClock clock = new MutableClock();
    Cli then =
        cli.with(clock)
            .variable("ENCLAVE_ROTATION_PUBLISH_AHEAD", "P7D")
            .variable("ENCLAVE_ROTATION_INTERVAL", "P30D");
    then.succeed("keys", "create", "issuer", "--algorithm", "ECDSA_P256_SHA256");
    assertThat(then.succeed("keys", "due").out())
        .contains("issuer")
        .contains("2026-01-31T00:00:00Z")
        .contains("2026-01-24T00:00:00Z");
    assertThat(then.succeed("keys", "show", "issuer").out())
        .containsPattern("next publication +2026-01-24T00:00:00Z")
        .contains("became active 2026-01-01T00:00:00Z");
  }

  @Test
  void dueSaysThatNothingIs() {
    assertThat(cli.succeed("keys", "due").out().lines())
        .containsExactly("No key is due.", "1 key is never due.");
  }

  @Test
  void showFindsAKeyByItsName_andPrintsTheFingerprintOfEachVersion() {
    Object version = JsonText.objects(show("wallet"), "versions").get(0).get("fingerprint");

    assertThat(cli.succeed("keys", "show", "wallet").out())
        .contains("ECDSA_P256_SHA256")
        .containsPattern("(?m)^fingerprint +" + version + "$");
  }

  @Test
  void showFindsAKeyByItsHandle() {
    Map<String, Object> byName = show("wallet");

    assertThat(show(JsonText.text(byName, "handle"))).isEqualTo(byName);
  }

  @Test
  void showGivesTheDocumentedFieldsInJson() {
    assertThat(show("wallet").keySet())
        .containsExactly(
            "name",
            "handle",
            "backend",
            "authority",
            "algorithm",
            "purpose",
            "assurance",
            "environment",
            "environmentUnreadable",
            "activeVersion",
            "createdAt",
            "lastRotatedAt",
            "rotationInterval",
            "nextRotationAt",
            "nextPublicationAt",
            "adopted",
            "exportable",
            "providerUri",
            "versions");
  }

  @Test
  void rotateMakesAVersionAndSaysWhatBecameOfTheOldOne() {
    assertThat(cli.succeed("keys", "rotate", "wallet").out())
        .isEqualToIgnoringNewLines(
            "Rotated wallet: version 2 is active, version 1 only verifies now.");
  }

  @Test
  void rotateAfterACompromiseSwitchesTheOldVersionOff() {
    assertThat(cli.succeed("keys", "rotate", "wallet", "--reason", "compromise").out())
        .contains("version 1 is DISABLED");
  }

  @Test
  void rotateGivesTheSuccessionStatementInJson() {
    Map<String, Object> answer =
        JsonText.object(cli.succeed("keys", "rotate", "wallet", "--json").out());

    assertThat(answer)
        .containsEntry("previousVersion", "1")
        .containsEntry("activeVersion", "2")
        .containsEntry("reason", "ADMINISTRATIVE");
    assertThat(JsonText.object(answer, "succession")).containsKeys("message", "signature");
  }

  @Test
  void rotateLeavesTheKeyAloneWhenAnotherVersionIsActive() {
    cli.succeed("keys", "rotate", "wallet");

    Cli.Run run = cli.run("keys", "rotate", "wallet", "--if-active", "1");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("ROTATION_CONFLICT");
    assertThat(show("wallet")).containsEntry("activeVersion", "2");
  }

  @Test
  void rotationChangesTheInterval_andSaysWhenTheNextOneIsDue() {
    assertThat(cli.succeed("keys", "rotation", "wallet", "never").out())
        .isEqualToIgnoringNewLines(
            "The rotation interval of wallet is never; the next rotation is due never.");
    assertThat(show("wallet"))
        .containsEntry("rotationInterval", "never")
        .containsEntry("nextRotationAt", "null");

    String answer = cli.succeed("keys", "rotation", "wallet", "P90D", "--yes", "--json").out();
    assertThat(JsonText.object(answer))
        .containsEntry("rotationInterval", "PT2160H")
        .doesNotContainEntry("nextRotationAt", "null");
    assertThat(cli.succeed("keys", "show", "wallet").out()).contains("PT2160H");
  }

  @Test
  void rotationRefusesAnIntervalThatIsNone() {
    Cli.Run run = cli.run("keys", "rotation", "wallet", "quarterly");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("quarterly", "P90D");
  }

  @Test
  void disableSwitchesTheActiveVersionOff() {
    assertThat(cli.succeed("keys", "disable", "wallet").out()).contains("Disabled version 1");
    assertThat(stateOf(0)).isEqualTo("DISABLED");
  }

  @Test
  void disableTakesAVersion() {
    cli.succeed("keys", "rotate", "wallet");

    cli.succeed("keys", "disable", "wallet", "--version", "1");

    assertThat(stateOf(0)).isEqualTo("DISABLED");
    assertThat(stateOf(1)).isEqualTo("ACTIVE");
  }

  @Test
  void enableSwitchesTheNewestDisabledVersionOnAgain() {
    cli.succeed("keys", "disable", "wallet");

    assertThat(cli.succeed("keys", "enable", "wallet").out())
        .contains("Enabled version 1 of wallet: it signs.");
  }

  @Test
  void destroyTakesEveryVersion() {
    cli.succeed("keys", "rotate", "wallet");

    cli.succeed("keys", "disable", "wallet");

    assertThat(cli.succeed("keys", "destroy", "wallet", "--yes").out())
        .contains("version 1, 2 of wallet");
    assertThat(List.of(stateOf(0), stateOf(1))).containsOnly("DESTROYED");
  }

  @Test
  void destroyTakesNothing_whenAnActiveVersionIsAmongThem() {
    cli.succeed("keys", "rotate", "wallet");

    Cli.Run all = cli.run("keys", "destroy", "wallet", "--yes");
    Cli.Run active = cli.run("keys", "destroy", "wallet", "--version", "2", "--yes");

    assertThat(List.of(all.code(), active.code())).containsOnly(2);
    assertThat(all.err()).contains("(VERSION_ACTIVE)", "Disable it first");
    assertThat(active.err()).contains("(VERSION_ACTIVE)");
    assertThat(List.of(stateOf(0), stateOf(1))).containsExactly("VERIFY_ONLY", "ACTIVE");
  }

  @Test
  void destroyTakesNothing_untilItIsConfirmedThatTheKeyIsMeant() {
    cli.succeed("keys", "disable", "wallet");

    Cli.Run unconfirmed = cli.run("keys", "destroy", "wallet");
    Cli.Run other =
        cli.run("keys", "destroy", "wallet", "--yes", "--fingerprint", "SHA256:another");
    assertThat(other.err()).contains("which is not the one given");

    assertThat(List.of(unconfirmed.code(), other.code())).containsOnly(2);
    assertThat(stateOf(0)).isEqualTo("DISABLED");
    Matcher own = Pattern.compile("--fingerprint (\\S+)\\.").matcher(unconfirmed.err());
    assertThat(own.find()).as(unconfirmed.err()).isTrue();
    cli.succeed("keys", "destroy", "wallet", "--fingerprint", own.group(1));
    assertThat(stateOf(0)).isEqualTo("DESTROYED");
  }

  @Test
  void createMakesKeysForAddressesThatAreNeverDue_unlessAsked(@TempDir Path empty) {
    MutableClock clock = new MutableClock();
    Cli then = Cli.local(empty).variable("ENCLAVE_ROTATION_INTERVAL", "P30D").with(clock);
    String coin = "ECDSA_SECP256K1_KECCAK256";
    then.succeed("keys", "create", "tokens", "--algorithm", "ECDSA_P256_SHA256");
    then.succeed("keys", "create", "coins", "--algorithm", coin);
    then.succeed("keys", "create", "peer", "--algorithm", "ED25519");
    then.succeed("keys", "create", "as-policy", "--algorithm", coin, "--rotation", "policy");
    then.succeed("keys", "create", "asked", "--algorithm", coin, "--rotation", "P90D");
    clock.advance(Duration.ofDays(100));

    String due = then.succeed("keys", "due", "--within", "P1D", "--json").out();
    assertThat(JsonText.objects(JsonText.object(due), "keys"))
        .extracting(key -> key.get("name"))
        .containsExactlyInAnyOrder("tokens", "as-policy", "asked");
    assertThat(then.succeed("keys", "due").out()).contains("2 keys are never due.");
  }

  @Test
  void destroyTakesOneVersion() {
    cli.succeed("keys", "rotate", "wallet");

    cli.succeed("keys", "destroy", "wallet", "--version", "1", "--yes");

    assertThat(List.of(stateOf(0), stateOf(1))).containsExactly("DESTROYED", "ACTIVE");
  }

  @Test
  void publicWritesPemToStandardOutput() {
    String pem = cli.succeed("keys", "public", "wallet").out();

    assertThat(PublicKeyInfo.fromPem(pem, SigningAlgorithm.ECDSA_P256_SHA256).toPem())
        .isEqualTo(pem);
  }

  @Test
  void publicWritesDerToAFile() {
    cli.succeed("keys", "public", "wallet", "--format", "der", "--out", "wallet.der");

    PublicKeyInfo key =
        PublicKeyInfo.fromSpki(cli.bytes("wallet.der"), SigningAlgorithm.ECDSA_P256_SHA256);
    assertThat(key.toPem()).isEqualTo(cli.succeed("keys", "public", "wallet").out());
  }

  @Test
  void publicWritesAJwk() {
    String jwk = cli.succeed("keys", "public", "wallet", "--format", "JWK").out();

    assertThat(JsonText.object(jwk)).containsEntry("kty", "EC").containsEntry("crv", "P-256");
  }

  @Test
  void publicWritesEveryVerifyingVersionAsAJwks() {
    cli.succeed("keys", "rotate", "wallet");

    String jwks = cli.succeed("keys", "public", "wallet", "--format", "jwks").out();

    assertThat(PublicKeySet.fromJwks(jwks).entries())
        .extracting(PublicKeySet.Entry::keyId)
        .containsExactly("wallet/2", "wallet/1");
  }

  @Test
  void publicWritesOneVersionAsAJwks() {
    cli.succeed("keys", "rotate", "wallet");

    String jwks =
        cli.succeed("keys", "public", "wallet", "--format", "jwks", "--version", "1").out();

    assertThat(PublicKeySet.fromJwks(jwks).entries())
        .extracting(PublicKeySet.Entry::keyId)
        .containsExactly("wallet/1");
  }

  private Map<String, Object> show(String key) {
    return JsonText.object(cli.succeed("keys", "show", key, "--json").out());
  }

  private String stateOf(int index) {
    return JsonText.text(JsonText.objects(show("wallet"), "versions").get(index), "state");
  }
}
