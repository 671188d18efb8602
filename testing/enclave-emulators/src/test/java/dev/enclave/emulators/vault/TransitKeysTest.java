package dev.enclave.emulators.vault;

import static dev.enclave.emulators.vault.TransitSigningTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.ManualClock;
import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.vault.RawBao.Answer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * {@code builtin/logical/transit}: path_keys.go, path_keys_config.go, path_rotate.go, path_trim.go.
 */
class TransitKeysTest {

  private final ManualClock clock = new ManualClock();
  private final VaultServer server = VaultServer.builder().clock(clock).start();
  private final RawBao bao = new RawBao(server);

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void newKeys_areAnswered_asTheyAreRead() throws Exception {
    Answer made = bao.post("transit/keys/a", "{'type':'ecdsa-p256'}");
    assertThat(made.status()).isEqualTo(200);
    Answer read = bao.get("transit/keys/a");
    assertThat(read.at("data.name")).isEqualTo("a");
    assertThat(read.at("data.type")).isEqualTo("ecdsa-p256");
    assertThat(read.at("data.latest_version")).isEqualTo("1");
    assertThat(read.at("data.min_available_version")).isEqualTo("0");
    assertThat(read.at("data.min_decryption_version")).isEqualTo("1");
    assertThat(read.at("data.min_encryption_version")).isEqualTo("0");
    assertThat(read.at("data.supports_signing")).isEqualTo("true");
    assertThat(read.at("data.supports_encryption")).isEqualTo("false");
    assertThat(read.at("data.soft_deleted")).isEqualTo("false");
    assertThat(read.at("data.keys.1.name")).isEqualTo("P-256");
    assertThat(read.at("data.keys.1.public_key")).isEqualTo(made.at("data.keys.1.public_key"));
    assertThat(read.at("request_id")).isNotEmpty();
    assertThat(read.body()).contains("\"wrap_info\":null", "\"warnings\":null", "\"auth\":null");
  }

  /** An existing key stays as it is; its type is not compared. */
  @Test
  void existingKeys_areAnsweredWithAWarning() throws Exception {
    bao.post("transit/keys/a", "{'type':'ecdsa-p256'}");
    Answer again = bao.post("transit/keys/a", "{'type':'rsa-2048'}");
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.at("warnings.0")).isEqualTo("key a already existed");
    assertThat(again.at("data.type")).isEqualTo("ecdsa-p256");
    assertThat(again.at("data.latest_version")).isEqualTo("1");
  }

  @Test
  void symmetricKeys_haveTimesForVersions() throws Exception {
    Answer made = bao.post("transit/keys/a", "{}");
    assertThat(made.at("data.type")).isEqualTo("aes256-gcm96");
    assertThat(Long.parseLong(made.at("data.keys.1"))).isPositive();
  }

  @Test
  void missingKeys_are404_withoutATextOrAList() throws Exception {
    assertThat(bao.get("transit/keys/a").status()).isEqualTo(404);
    assertThat(bao.get("transit/keys/a").body()).isEqualToIgnoringWhitespace("{\"errors\":[]}");
    assertThat(bao.call("LIST", "transit/keys", "").status()).isEqualTo(404);
  }

  @Test
  void lists_haveNames_andInOpenBaoPages() throws Exception {
    for (String name : new String[] {"c", "a", "b"}) {
      bao.post("transit/keys/" + name, "{}");
    }
    assertThat(bao.call("LIST", "transit/keys", "").body())
        .contains("\"keys\":[\"a\",\"b\",\"c\"]");
    assertThat(bao.get("transit/keys?list=true&after=a&limit=1").body())
        .contains("\"keys\":[\"b\"]");
  }

  @Test
  void rotating_makesAVersion_whichOpenBaoAnswers() throws Exception {
    bao.post("transit/keys/a", "{'type':'ed25519'}");
    Answer rotated = bao.post("transit/keys/a/rotate", "");
    assertThat(rotated.at("data.latest_version")).isEqualTo("2");
    assertThat(rotated.at("data.keys.2.public_key"))
        .isNotEqualTo(rotated.at("data.keys.1.public_key"));
    refused(400, "key not found", bao.post("transit/keys/b/rotate", ""));
  }

  /** Versions below the smallest that verifies are not told, and come back when it is lowered. */
  @Test
  void archivedVersions_areNotShown() throws Exception {
    bao.post("transit/keys/a", "{'type':'ed25519'}");
    bao.post("transit/keys/a/rotate", "");
    bao.post("transit/keys/a/config", "{'min_decryption_version':2}");
    assertThat(bao.get("transit/keys/a").has("data.keys.1.name")).isFalse();
    bao.post("transit/keys/a/config", "{'min_decryption_version':1}");
    assertThat(bao.get("transit/keys/a").has("data.keys.1.name")).isTrue();
  }

  @Test
  void limits_areChecked() throws Exception {
    bao.post("transit/keys/a", "{'type':'ed25519'}");
    bao.post("transit/keys/a/rotate", "");
    String config = "transit/keys/a/config";
    refused(
        400,
        "cannot set min decryption version of 3, latest key version is 2",
        bao.post(config, "{'min_decryption_version':3}"));
    refused(
        400,
        "cannot set min encryption version of 3, latest key version is 2",
        bao.post(config, "{'min_encryption_version':3}"));
    refused(
        400,
        "cannot set min encryption/decryption values; min encryption version of 1 must be greater"
            + " than or equal to min decryption version of 2",
        bao.post(config, "{'min_encryption_version':1,'min_decryption_version':2}"));
    refused(
        400,
        "auto rotate period must be 0 to disable or at least an hour",
        bao.post(config, "{'auto_rotate_period':'30m'}"));
    refused(
        400,
        "no existing key named b could be found",
        bao.post("transit/keys/b/config", "{'deletion_allowed':true}"));
    assertThat(bao.get("transit/keys/a").at("data.min_decryption_version")).isEqualTo("1");
  }

  @Test
  void exportable_isNotTakenBack() throws Exception {
    bao.post("transit/keys/a", "{}");
    bao.post("transit/keys/a/config", "{'exportable':true}");
    assertThat(bao.post("transit/keys/a/config", "{'exportable':false}").at("data.exportable"))
        .isEqualTo("true");
  }

  @Test
  void trimming_needsBothLimits_andGoesOnlyUp() throws Exception {
    bao.post("transit/keys/a", "{'type':'ed25519'}");
    bao.post("transit/keys/a/rotate", "");
    bao.post("transit/keys/a/rotate", "");
    String trim = "transit/keys/a/trim";
    refused(
        400,
        "minimum available version cannot be set when minimum encryption version is not set",
        bao.post(trim, "{'min_available_version':2}"));
    bao.post("transit/keys/a/config", "{'min_encryption_version':2}");
    refused(
        400,
        "minimum available version cannot be greater than minimum decryption version",
        bao.post(trim, "{'min_available_version':2}"));
    bao.post("transit/keys/a/config", "{'min_decryption_version':2}");
    refused(
        400,
        "minimum available version cannot be greater than minmum encryption version",
        bao.post(trim, "{'min_available_version':3}"));
    assertThat(bao.post(trim, "{'min_available_version':2}").at("data.min_available_version"))
        .isEqualTo("2");
    refused(
        400,
        "minimum available version cannot be decremented",
        bao.post(trim, "{'min_available_version':1}"));
    refused(
        400,
        "min decryption version should not be less then min available version",
        bao.post("transit/keys/a/config", "{'min_decryption_version':1}"));
  }

  @Test
  void deleting_mustBeAllowed() throws Exception {
    bao.post("transit/keys/a", "{}");
    refused(
        400,
        "error deleting policy a: deletion is not allowed for this key",
        bao.call("DELETE", "transit/keys/a", ""));
    bao.post("transit/keys/a/config", "{'deletion_allowed':true}");
    assertThat(bao.call("DELETE", "transit/keys/a", "").status()).isEqualTo(204);
    assertThat(bao.get("transit/keys/a").status()).isEqualTo(404);
    refused(
        400,
        "error deleting policy a: could not delete key; not found",
        bao.call("DELETE", "transit/keys/a", ""));
  }

  @Test
  void softDeletedKeys_refuse_untilTheyAreRestored() throws Exception {
    bao.post("transit/keys/a", "{'type':'ed25519'}");
    assertThat(bao.call("DELETE", "transit/keys/a/soft-delete", "").at("data.soft_deleted"))
        .isEqualTo("true");
    refused(
        500,
        "1 error occurred:\n\t* refusing to use soft-deleted key\n\n",
        bao.post("transit/sign/a", "{'input':''}"));
    refused(
        500,
        "1 error occurred:\n\t* refusing to use soft-deleted key\n\n",
        bao.post("transit/keys/a/rotate", ""));
    bao.post("transit/keys/a/soft-delete-restore", "");
    assertThat(bao.post("transit/sign/a", "{'input':''}").status()).isEqualTo(200);
  }

  @Test
  void keysRotateThemselves_whenTheirPeriodIsOver() throws Exception {
    bao.post("transit/keys/a", "{'type':'ed25519','auto_rotate_period':'24h'}");
    clock.advance(Duration.ofHours(23));
    assertThat(bao.get("transit/keys/a").at("data.latest_version")).isEqualTo("1");
    clock.advance(Duration.ofHours(2));
    assertThat(bao.get("transit/keys/a").at("data.latest_version")).isEqualTo("2");
  }

  @Test
  void journal_namesKindsOfCalls_andKeys() throws Exception {
    bao.post("transit/keys/a", "{'type':'ed25519'}");
    String id = bao.post("transit/sign/a", "{'input':''}").at("request_id");
    bao.call("LIST", "transit/keys", "");
    assertThat(server.journal().entries())
        .extracting(entry -> entry.operation())
        .containsExactly("transit/keys:create", "transit/sign", "transit/keys:list");
    assertThat(server.journal().byRequestId(id).orElseThrow().keyId()).contains("a");
    assertThat(server.journal().byRequestId(id).orElseThrow().principal()).contains("root");
  }

  /** {@code http/logical.go}. */
  @Test
  void putIsPost_andUnknownPathsAndMethods_areRefused() throws Exception {
    assertThat(bao.call("PUT", "transit/keys/a", "{}").status()).isEqualTo(200);
    assertThat(bao.get("transit/nothing/here").status()).isEqualTo(404);
    assertThat(bao.call("PATCH", "transit/keys/a", "{}").status()).isEqualTo(415);
    assertThat(bao.post("transit/keys/a", "[").status()).isEqualTo(400);
    assertThat(
            bao.send("GET", "transit/keys/a", "", "Authorization", "Bearer " + server.rootToken())
                .status())
        .isEqualTo(200);
    assertThat(bao.send("GET", "transit/keys/a", "").status()).isEqualTo(403);
  }
}
