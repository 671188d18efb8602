package dev.enclave.kubernetes.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.kubernetes.ApiClient;
import dev.enclave.campaign.kubernetes.ApiClient.Answer;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What our own server has to imitate, and a mock accepts. */
@ExtendWith(SharedApiServer.class)
class SecretsTest {

  private static final String NAMESPACE = "secrets-test";
  private static final String SECRETS = "/api/v1/namespaces/" + NAMESPACE + "/secrets";

  /** Of all values of one Secret together, in bytes. */
  private static final int MOST_DATA = 1 << 20;

  private final ApiClient admin;

  SecretsTest(ApiServer server) {
    admin = server.admin();
  }

  @BeforeAll
  static void createNamespace(ApiServer server) {
    server.createNamespace(NAMESPACE);
  }

  @Test
  void refusesASecondSecretOfTheSameName() {
    assertThat(create("twice", "first").status()).isEqualTo(201);

    Answer second = create("twice", "second");

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.at("reason")).hasValue("AlreadyExists");
    assertThat(valueOf("twice")).isEqualTo("first");
  }

  @Test
  void refusesAReplacement_thatWasMadeOfAnOlderState() {
    String old = create("stale", "first").required("metadata", "resourceVersion");
    assertThat(replace("stale", "second", old).status()).isEqualTo(200);

    Answer late = replace("stale", "third", old);

    assertThat(late.status()).isEqualTo(409);
    assertThat(late.at("reason")).hasValue("Conflict");
    assertThat(valueOf("stale")).isEqualTo("second");
  }

  @Test
  void replacesWhateverIsThere_withoutAResourceVersion() {
    create("blind", "first");

    assertThat(replace("blind", "second", "").status()).isEqualTo(200);
    assertThat(valueOf("blind")).isEqualTo("second");
  }

  @Test
  void refusesAReplacement_ofAnotherSecretOfThatName_orOfAnotherType() {
    String made = create("other", "first").body();
    String uid = new Answer(0, made).required("metadata", "uid");

    assertThat(admin.put(SECRETS + "/other", made.replace(uid, "0-0")).status()).isEqualTo(409);
    Answer retyped = admin.put(SECRETS + "/other", made.replace("Opaque", "example.com/key"));
    assertThat(retyped.status()).isEqualTo(422);
  }

  @Test
  void givesTheSameContentNoOtherVersion() {
    String made = create("same", "first").required("metadata", "resourceVersion");

    assertThat(replace("same", "first", made).required("metadata", "resourceVersion"))
        .isEqualTo(made);
  }

  @Test
  void listsInPages_asItWasWhenTheListBegan() {
    for (String name : new String[] {"page-1", "page-2", "page-3"}) {
      create(name, "first");
    }
    Answer first = admin.get(SECRETS + "?limit=1");
    create("page-0", "later");
    String rest = "?limit=500&continue=" + first.required("metadata", "continue");

    Answer others = admin.get(SECRETS + rest);

    assertThat(first.required("kind")).isEqualTo("SecretList");
    assertThat(first.at("items", "1")).isEmpty();
    assertThat(others.body()).contains("page-3").doesNotContain("page-0");
    assertThat(others.at("metadata", "continue").orElse("")).isEmpty();
  }

  @Test
  void selectsByLabel_andByType() {
    create("selected", "first");
    String labelled =
        secret("labelled", "first", "")
            .replace("\"resourceV", "\"labels\": {\"a\": \"b\"}, \"resourceV")
            .replace("{\"apiV", "{\"type\": \"example.com/key\", \"apiV");
    assertThat(admin.post(SECRETS, labelled).status()).isEqualTo(201);

    for (String selector : new String[] {"label", "field"}) {
      String wanted = selector.equals("label") ? "a=b" : "type%3Dexample.com/key";
      Answer found = admin.get(SECRETS + "?" + selector + "Selector=" + wanted);
      assertThat(found.at("items", "0", "metadata", "name")).hasValue("labelled");
      assertThat(found.at("items", "1")).isEmpty();
    }
    assertThat(admin.get(SECRETS + "?fieldSelector=data%3Db").status()).isEqualTo(400);
  }

  @Test
  void refusesWhatIsNoSecret() {
    String sound = secret("sound", "first", "");
    assertThat(admin.post(SECRETS, sound.replace("Zmly", "!mly")).status()).isEqualTo(400);
    assertThat(admin.post(SECRETS, sound.replace("sound", "Un_sound")).status()).isEqualTo(422);
    assertThat(admin.post(SECRETS, sound.replace("\"Secret\"", "\"Role\"")).status())
        .isEqualTo(400);
    assertThat(admin.put(SECRETS + "/absent", sound.replace("sound", "absent")).status())
        .isEqualTo(404);
    assertThat(admin.put(SECRETS + "/other-name", sound).status()).isEqualTo(400);
  }

  @Test
  void refusesToDelete_whatHasChangedSince() {
    String old = create("deleted", "first").required("metadata", "resourceVersion");
    replace("deleted", "second", old);
    String options = "{\"preconditions\": {\"resourceVersion\": \"" + old + "\"}}";

    assertThat(admin.delete(SECRETS + "/deleted", options).status()).isEqualTo(409);
    assertThat(admin.delete(SECRETS + "/deleted").status()).isEqualTo(200);
    assertThat(admin.get(SECRETS + "/deleted").status()).isEqualTo(404);
  }

  @Test
  void refusesToChangeAnImmutableSecret() {
    String immutable =
        secret("fixed", "first", "").replace("{\"apiV", "{\"immutable\": true, \"apiV");
    assertThat(admin.post(SECRETS, immutable).at("immutable")).hasValue("true");

    Answer changed =
        admin.put(SECRETS + "/fixed", immutable.replace(base64("first"), base64("second")));

    assertThat(changed.status()).isEqualTo(422);
    assertThat(valueOf("fixed")).isEqualTo("first");
  }

  @Test
  void refusesAByteMoreThanOneMebibyte() {
    assertThat(create("large", "a".repeat(MOST_DATA)).status()).isEqualTo(201);

    Answer larger = create("larger", "a".repeat(MOST_DATA + 1));

    assertThat(larger.status()).isEqualTo(422);
    assertThat(larger.at("reason")).hasValue("Invalid");
  }

  private Answer create(String name, String value) {
    return admin.post(SECRETS, secret(name, value, ""));
  }

  private Answer replace(String name, String value, String resourceVersion) {
    return admin.put(SECRETS + "/" + name, secret(name, value, resourceVersion));
  }

  private String valueOf(String name) {
    String value = admin.get(SECRETS + "/" + name).required("data", "value");
    return new String(Base64.getDecoder().decode(value), UTF_8);
  }

  private static String secret(String name, String value, String resourceVersion) {
    return """
    {"apiVersion": "v1", "kind": "Secret",
     "metadata": {"name": "%s", "resourceVersion": "%s"},
     "data": {"value": "%s"}}
    """
        .formatted(name, resourceVersion, base64(value));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }
}
