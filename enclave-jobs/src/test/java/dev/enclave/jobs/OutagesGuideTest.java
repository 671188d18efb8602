package dev.enclave.jobs;

import static dev.enclave.jobs.Wallet.ended;
import static dev.enclave.jobs.Wallet.key;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.Message;
import dev.enclave.SigningKey;
import dev.enclave.deferred.DeferredOperations;
import dev.enclave.deferred.Ticket;
import dev.enclave.deferred.Ticket.Status;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/outages.md says one does is done here, with its settings. */
class OutagesGuideTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final Path folder;

  OutagesGuideTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void startOnH2_asItSays() throws Exception {
    try (Enclave enclave = builder(Map.of()).open()) {
      OutagesGuide.makeKek(enclave);
    }
    Map<String, String> settings = settings();
    assertThat(settings).containsOnlyKeys("enclave.jobs.kek", "enclave.jobs.directory");
    settings.put("enclave.jobs.directory", folder.resolve("jobs").toString());
    try (Enclave enclave = builder(settings).open()) {
      assertItsUse(enclave);
    }
    assertThat(folder.resolve("jobs")).isDirectoryContaining("glob:**.db");
  }

  @Tag("full")
  @Test
  void startOnPostgres_asItSays() throws Exception {
    try (Enclave enclave = builder(Map.of()).open()) {
      OutagesGuide.makeKek(enclave);
    }
    Map<String, String> settings = settings();
    settings.remove("enclave.jobs.directory");
    try (Postgres postgres = Postgres.start();
        Enclave enclave = OutagesGuide.open(builder(settings), postgres.source())) {
      assertItsUse(enclave);
    }
  }

  private static void assertItsUse(Enclave enclave) throws Exception {
    // An opening waits for some seconds only until operations can be deferred.
    Wallet.deferred(enclave).find("t-none");
    assertThat(enclave.health().findings())
        .extracting(Finding::code)
        .doesNotContain(ErrorCode.DEFERRED, ErrorCode.DEFERRAL_UNAVAILABLE);
    OutagesGuide guide = new OutagesGuide();
    SigningKey key = key(enclave, "wallet-42");
    guide.submit(enclave, key, MESSAGE);
    String id = guide.ids.get(0);
    DeferredOperations deferred = enclave.deferred().orElseThrow();
    ended(enclave, id);
    assertThat(guide.later(deferred, id).toCompletableFuture().get(2, MINUTES))
        .hasValueSatisfying(signature -> assertThat(key.verify(MESSAGE, signature)).isTrue());
    guide.signOrDefer(key, MESSAGE);
    assertThat(guide.sent).singleElement().matches(signature -> key.verify(MESSAGE, signature));
    assertThat(guide.ids).isEmpty();
    for (Ticket change : guide.change(deferred, key)) {
      assertThat(ended(enclave, change.id()).status()).isEqualTo(Status.DONE);
    }
  }

  private EnclaveFactory.Builder builder(Map<String, String> settings) {
    Map<String, String> all = new LinkedHashMap<>(settings);
    all.put("enclave.environment", "local");
    all.put("enclave.software.directory", folder.resolve("keys").toString());
    return EnclaveFactory.builder()
        .with(new RecordingAuditSink())
        .with(FakeEnvironment.empty())
        .config(new ConfigSource("docs/outages.md", all));
  }

  /** The document's own. */
  private static Map<String, String> settings() throws Exception {
    Path root = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    while (root != null && !Files.exists(root.resolve("docs/outages.md"))) {
      root = root.getParent();
    }
    Path document = Objects.requireNonNull(root).resolve("docs/outages.md");
    Matcher block =
        Pattern.compile("```properties\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(document));
    assertThat(block.find()).isTrue();
    Properties properties = new Properties();
    properties.load(new StringReader(block.group(1)));
    Map<String, String> settings = new LinkedHashMap<>();
    properties.stringPropertyNames().forEach(n -> settings.put(n, properties.getProperty(n)));
    return settings;
  }
}
