package dev.enclave.emulators.vault;

import static dev.enclave.emulators.vault.TransitSigningTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.ManualClock;
import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.vault.RawBao.Answer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code builtin/logical/kv}: path_data.go, path_metadata.go, path_delete.go, path_destroy.go. */
class KeyValueTest {

  private static final String CAS_LOST =
      "check-and-set parameter did not match the current version";

  private final ManualClock clock = new ManualClock();
  private final VaultServer server = VaultServer.builder().clock(clock).start();
  private final RawBao bao = new RawBao(server);

  @AfterEach
  void stop() {
    server.close();
  }

  private Answer write(String path, String value, int cas) throws Exception {
    return bao.post(
        "secret/data/" + path, "{'data':{'v':'" + value + "'},'options':{'cas':" + cas + "}}");
  }

  @Test
  void writesAreNumbered_andReadWithTheirMetadata() throws Exception {
    Answer written = bao.post("secret/data/a/b", "{'data':{'v':'1','n':{'x':null,'y':[1.5]}}}");
    assertThat(written.status()).isEqualTo(200);
    assertThat(written.at("data.version")).isEqualTo("1");
    assertThat(written.at("data.deletion_time")).isEmpty();
    assertThat(written.at("data.destroyed")).isEqualTo("false");
    assertThat(written.body()).contains("\"custom_metadata\":null");
    Answer read = bao.get("secret/data/a/b");
    assertThat(read.at("data.data.v")).isEqualTo("1");
    assertThat(read.at("data.data.n.y.0")).isEqualTo("1.5");
    assertThat(read.body()).contains("\"x\":null");
    assertThat(read.at("data.metadata.version")).isEqualTo("1");
    assertThat(read.at("data.metadata.created_time")).isEqualTo(written.at("data.created_time"));
  }

  @Test
  void checkAndSet_letsOneWin_andTellsTheOthers() throws Exception {
    assertThat(write("a", "1", 0).status()).isEqualTo(200);
    refused(400, CAS_LOST, write("a", "2", 0));
    assertThat(write("a", "2", 1).at("data.version")).isEqualTo("2");
    refused(400, CAS_LOST, write("b", "1", 3));
    assertThat(bao.get("secret/data/b").status()).isEqualTo(404);
    refused(
        400,
        "error parsing check-and-set parameter",
        bao.post("secret/data/a", "{'data':{},'options':{'cas':'x'}}"));
  }

  @Test
  void checkAndSet_isAtomic_amongManyWriters() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Integer>> writers =
          java.util.Collections.nCopies(24, () -> write("raced", "x", 0).status());
      long winners = 0;
      for (Future<Integer> each : threads.invokeAll(writers)) {
        winners += each.get() == 200 ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void checkAndSet_canBeRequired() throws Exception {
    bao.post("secret/metadata/a", "{'cas_required':true}");
    refused(
        400,
        "check-and-set parameter required for this call",
        bao.post("secret/data/a", "{'data':{}}"));
    assertThat(write("a", "1", 0).status()).isEqualTo(200);
    bao.post("secret/config", "{'cas_required':true}");
    refused(
        400,
        "check-and-set parameter required for this call",
        bao.post("secret/data/b", "{'data':{}}"));
    assertThat(bao.get("secret/config").at("data.cas_required")).isEqualTo("true");
  }

  @Test
  void missingSecretsAndVersions_are404() throws Exception {
    assertThat(bao.get("secret/data/a").body()).isEqualToIgnoringWhitespace("{\"errors\":[]}");
    write("a", "1", 0);
    assertThat(bao.get("secret/data/a?version=2").status()).isEqualTo(404);
    refused(400, "no data provided", bao.post("secret/data/a", "{}"));
  }

  /** A deleted version is answered with 404 and its metadata, and its data come back. */
  @Test
  void deletedVersions_are404_withMetadata_untilUndeleted() throws Exception {
    write("a", "1", 0);
    assertThat(bao.call("DELETE", "secret/data/a", "").status()).isEqualTo(204);
    Answer gone = bao.get("secret/data/a");
    assertThat(gone.status()).isEqualTo(404);
    assertThat(gone.body()).contains("\"data\":null");
    assertThat(gone.at("data.metadata.deletion_time")).isNotEmpty();
    assertThat(gone.at("data.metadata.version")).isEqualTo("1");
    assertThat(gone.has("errors.0")).isFalse();
    refused(400, CAS_LOST, write("a", "2", 0));
    bao.post("secret/undelete/a", "{'versions':[1]}");
    assertThat(bao.get("secret/data/a").at("data.data.v")).isEqualTo("1");
  }

  @Test
  void destroyedVersions_doNotComeBack() throws Exception {
    write("a", "1", 0);
    write("a", "2", 1);
    bao.post("secret/destroy/a", "{'versions':'1'}");
    bao.post("secret/undelete/a", "{'versions':[1]}");
    Answer gone = bao.get("secret/data/a?version=1");
    assertThat(gone.status()).isEqualTo(404);
    assertThat(gone.at("data.metadata.destroyed")).isEqualTo("true");
    bao.post("secret/delete/a", "{'versions':[2]}");
    assertThat(bao.get("secret/data/a").status()).isEqualTo(404);
    refused(400, "No version number provided", bao.post("secret/delete/a", "{}"));
  }

  @Test
  void oldVersions_areForgotten_whenThereAreTooMany() throws Exception {
    bao.post("secret/metadata/a", "{'max_versions':2}");
    for (int version = 0; version < 4; version++) {
      write("a", "v" + version, version);
    }
    assertThat(bao.get("secret/data/a?version=2").status()).isEqualTo(404);
    assertThat(bao.get("secret/data/a?version=3").at("data.data.v")).isEqualTo("v2");
    Answer metadata = bao.get("secret/metadata/a");
    assertThat(metadata.at("data.current_version")).isEqualTo("4");
    assertThat(metadata.at("data.oldest_version")).isEqualTo("3");
    assertThat(metadata.has("data.versions.2.destroyed")).isFalse();
  }

  @Test
  void versionsDeleteThemselves_whenTheirTimeIsOver() throws Exception {
    bao.post("secret/metadata/a", "{'delete_version_after':'1h'}");
    write("a", "1", 0);
    assertThat(bao.get("secret/metadata/a").at("data.delete_version_after")).isEqualTo("1h0m0s");
    clock.advance(Duration.ofMinutes(61));
    assertThat(bao.get("secret/data/a").status()).isEqualTo(404);
  }

  @Test
  void customMetadata_isKept_andPatched() throws Exception {
    bao.post("secret/metadata/a", "{'custom_metadata':{'owner':'x','other':'y'}}");
    write("a", "1", 0);
    assertThat(bao.get("secret/data/a").at("data.metadata.custom_metadata.owner")).isEqualTo("x");
    bao.send(
        "PATCH",
        "secret/metadata/a",
        "{'custom_metadata':{'other':null,'more':'z'}}",
        "X-Vault-Token",
        server.rootToken(),
        "Content-Type",
        "application/merge-patch+json");
    Answer metadata = bao.get("secret/metadata/a");
    assertThat(metadata.at("data.custom_metadata.more")).isEqualTo("z");
    assertThat(metadata.has("data.custom_metadata.other")).isFalse();
    refused(
        400,
        "1 error occurred:\n\t* custom_metadata validation failed: length of value for key \"k\" is"
            + " 0 but must be 0 < len(value) <= 512\n\n",
        bao.post("secret/metadata/a", "{'custom_metadata':{'k':''}}"));
  }

  @Test
  void patches_mergeIntoTheNewestVersion() throws Exception {
    bao.post("secret/data/a", "{'data':{'x':'1','y':{'z':'2'}}}");
    Answer patched =
        bao.send(
            "PATCH",
            "secret/data/a",
            "{'data':{'x':null,'y':{'w':'3'}},'options':{'cas':1}}",
            "X-Vault-Token",
            server.rootToken(),
            "Content-Type",
            "application/merge-patch+json");
    assertThat(patched.at("data.version")).isEqualTo("2");
    Answer read = bao.get("secret/data/a");
    assertThat(read.has("data.data.x")).isFalse();
    assertThat(read.at("data.data.y.z")).isEqualTo("2");
    assertThat(read.at("data.data.y.w")).isEqualTo("3");
  }

  @Test
  void lists_haveNamesAndFolders() throws Exception {
    for (String path : new String[] {"f/a", "f/b/c", "f/b/d", "g"}) {
      write(path, "1", 0);
    }
    assertThat(bao.call("LIST", "secret/metadata/f", "").body())
        .contains("\"keys\":[\"a\",\"b/\"]");
    assertThat(bao.get("secret/metadata/?list=true").body()).contains("[\"f/\",\"g\"]");
    assertThat(bao.get("secret/metadata/f?list=true&limit=1").body()).contains("[\"a\"]");
    assertThat(bao.call("SCAN", "secret/metadata/f", "").body())
        .contains("[\"a\",\"b/c\",\"b/d\"]");
    assertThat(bao.call("LIST", "secret/metadata/nothing", "").status()).isEqualTo(404);
    bao.call("DELETE", "secret/metadata/g", "");
    assertThat(bao.get("secret/metadata/?list=true").body()).contains("[\"f/\"]");
    assertThat(write("g", "1", 0).at("data.version")).isEqualTo("1");
  }

  @Test
  void journal_namesKindsOfCalls() throws Exception {
    write("a", "1", 0);
    bao.get("secret/data/a");
    bao.get("secret/metadata/a");
    assertThat(server.journal().entries())
        .extracting(entry -> entry.operation())
        .containsExactly("kv/data:write", "kv/data:read", "kv/metadata:read");
  }
}
