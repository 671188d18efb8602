package dev.enclave.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What no exception and no log line of any module's main code may do. */
@Tag("full")
class RedactionRulesTest {

  /** Places that may, and why. Each new one is a decision of a review. */
  private static final Map<String, String> MAY_QUOTE =
      Map.ofEntries(
          Map.entry("dev.enclave.internal.ForeignText.said", "it is what makes the text fit"),
          Map.entry(
              "dev.enclave.core.internal.x509.TrustedRoots.words",
              "which certificate, and the name of a reason, one of a list"),
          Map.entry(
              "dev.enclave.core.internal.call.Opening.run",
              "hands on what the opener threw: one of ours, or an error of the machine"),
          Map.entry(
              "dev.enclave.core.internal.backend.Closing.joined",
              "keeps what else was thrown while parts were closed; none of its text is read"),
          Map.entry(
              "dev.enclave.crypto.internal.memory.FailureReason.of",
              "why a native library cannot be loaded, before it has seen a key"),
          Map.entry(
              "dev.enclave.cryptoki.LoadedLibrary.load",
              "why the system does not load a library, before it has seen a key"),
          Map.entry(
              "dev.enclave.auditlog.write.AuditLane.rollback",
              "stays with the lane's thread, which tells the text alone"),
          Map.entry(
              "dev.enclave.software.internal.disk.SecureFiles.discard",
              "goes to DiskFailures, which tells the class alone"),
          Map.entry(
              "dev.enclave.aws.internal.calls.AwsFailures.answered",
              "the request id, told if it is plain"),
          Map.entry(
              "dev.enclave.aws.internal.calls.AwsFailures.errorCode", "the name of the error"),
          Map.entry(
              "dev.enclave.aws.internal.calls.AwsFailures.clocksDiffer",
              "has the SDK compare clocks, with details nobody shows"),
          Map.entry(
              "dev.enclave.aws.internal.calls.AwsFailures.retryAfter",
              "a number of seconds in a header"),
          Map.entry(
              "dev.enclave.aws.internal.calls.KmsCalls.tried",
              "the request id, for CallTrace, and the answer, of which the date alone is read"),
          Map.entry("dev.enclave.gcp.internal.GcpFailures.of", "a status, one of a list"),
          Map.entry(
              "dev.enclave.gcp.internal.GcpFailures.rule",
              "compares the text with one that Google documents"),
          Map.entry(
              "dev.enclave.gcp.internal.GcpFailures.detail",
              "details by type: a reason told if it is plain, a time to wait"),
          Map.entry("dev.enclave.gcp.internal.GcpCalls.answer", "compares a status"),
          Map.entry("dev.enclave.jobs.Database.state", "five letters and digits, or none of it"),
          Map.entry("dev.enclave.jobs.Rows.insert", "compares a state"),
          Map.entry("dev.enclave.jobs.Rows.keepSealedKey", "compares a state"),
          Map.entry("dev.enclave.jobs.Schema.version", "compares a state"),
          Map.entry(
              "dev.enclave.jobs.PostgresDatabase.rollBack",
              "goes to Database.unavailable, which tells codes alone"),
          Map.entry(
              "dev.enclave.jobs.QueueOpening.thrownBy",
              "hands on an error of the machine, to who waits for it"),
          Map.entry("dev.enclave.browser.JdbcWalletStore.isDuplicate", "compares a state"),
          Map.entry(
              "dev.enclave.browser.JdbcWalletStore.state",
              "five letters and digits, or none of it"),
          Map.entry(
              "dev.enclave.internal.Unexpected.unlinked",
              "of an error of linking, the name of a class or method"),
          Map.entry(
              "dev.enclave.cli.emulator.EmulatorServing.unusable",
              "the emulator's own words on a file the user has named"),
          Map.entry("dev.enclave.kit.http.Obstacle.ofOne", "compares the JDK's words for no TLS"),
          Map.entry(
              "dev.enclave.jca.EnclaveSignature.engineSetParameter",
              "passes on what Verification says of a public key"),
          Map.entry(
              "dev.enclave.jca.CertifiedVersions.failed",
              "what the application's own CertificateSource has thrown, to who waits for it"),
          Map.entry(
              "dev.enclave.jca.EnclaveKeyStore.engineGetKey",
              "hands on Enclave's own error, whose words are Enclave's"),
          Map.entry(
              "dev.enclave.cli.text.StackTraces.print",
              "keeps those it has printed; prints no foreign message"),
          Map.entry(
              "dev.enclave.cli.session.FileAccess.reason",
              "the system's words on a file the user has named"),
          Map.entry(
              "dev.enclave.kit.http.BoundedHttp.BoundedBody.onError",
              "to the future alone that BoundedHttp reads by kind"),
          Map.entry(
              "dev.enclave.kit.http.CertificateTrust.chain",
              "looks for a kind among the causes, and takes no words"),
          Map.entry(
              "dev.enclave.os.internal.windows.Dpapi.code",
              "takes the number of Windows' error, no words"),
          Map.entry(
              "dev.enclave.cli.session.ErrorReport.handleParseException",
              "the parser's words on the command line"));

  /** Places whose words are read elsewhere, and why. */
  private static final Map<String, String> OTHER_WORDS =
      Map.ofEntries(
          Map.entry("dev.enclave.SigningKey.PublishedKeys.cacheControl", "a header of HTTP"),
          Map.entry("dev.enclave.error.ErrorCode", "the table of the codes: what each means"),
          Map.entry(
              "dev.enclave.spi.backend.Attester",
              "names of what an attestation says, constants of the API"),
          Map.entry("dev.enclave.auditlog.checkpoint.Countersigner", "a line of a checkpoint"),
          Map.entry("dev.enclave.auditlog.checkpoint.LogHead.text", "lines of a checkpoint"),
          Map.entry("dev.enclave.auditlog.checkpoint.StatedRetention.line", "such a line"),
          Map.entry(
              "dev.enclave.aws.internal.access.AwsAccessPolicy", "the policies that doctor prints"),
          Map.entry("dev.enclave.aws.internal.detect.AwsDetectors", "such a table"),
          Map.entry("dev.enclave.azure.internal.AzureAccessPolicy", "the roles that doctor prints"),
          Map.entry("dev.enclave.azure.internal.detect.AzureDetectors", "such a table"),
          Map.entry("dev.enclave.azure.internal.http.KeyVaultHttp.sent", "a header of HTTP"),
          Map.entry("dev.enclave.browser.JdbcWalletStore", "the tables, and parts of statements"),
          Map.entry("dev.enclave.browser.demo.BrowserDemo", "what a browser may do"),
          Map.entry(
              "dev.enclave.cli.check.DiagnosisOutput.withoutName", "looks for words of the engine"),
          Map.entry("dev.enclave.cli.demo.Demo", "what is signed"),
          Map.entry("dev.enclave.cli.demo.OutageDemo", "what is signed"),
          Map.entry("dev.enclave.cli.emulator.EmulatorAwsCommand.options", "options to copy"),
          Map.entry("dev.enclave.cli.emulator.EmulatorAzureCommand.lines", "options to copy"),
          Map.entry("dev.enclave.cli.emulator.EmulatorGcpCommand.options", "options to copy"),
          Map.entry(
              "dev.enclave.cli.keys.AttestationOutput.text",
              "labels of a table, beside what they label"),
          Map.entry(
              "dev.enclave.cli.keys.KeyOutput.text", "labels of a table, beside what they label"),
          Map.entry(
              "dev.enclave.cli.migrate.MigrateVerifyCommand.verify",
              "labels of a table, beside what they label"),
          Map.entry(
              "dev.enclave.cli.migrate.PlanText.of", "labels of a table, beside what they label"),
          Map.entry(
              "dev.enclave.cli.queue.TicketOutput.show",
              "labels of a table, beside what they label"),
          Map.entry("dev.enclave.cli.text.StackTraces.print", "a stack trace as Java prints it"),
          Map.entry(
              "dev.enclave.core.internal.config.Settings",
              "the table of the settings: what each expects, and why a later source lowers nothing"),
          Map.entry(
              "dev.enclave.core.internal.detect.OwnDetectors",
              "a table of places: what is looked for, and what was seen of it"),
          Map.entry(
              "dev.enclave.core.internal.lifecycle.RotationId.digest", "a part of what is hashed"),
          Map.entry(
              "dev.enclave.core.internal.policy.PolicyMatrix.Standing",
              "words of a table in the documentation"),
          Map.entry("dev.enclave.crypto.internal.choice.SelfCheck", "what is signed"),
          Map.entry("dev.enclave.crypto.internal.encoding.ObjectId", "the table of names"),
          Map.entry("dev.enclave.gcp.internal.CredentialsFile.exchanged", "a header of HTTP"),
          Map.entry(
              "dev.enclave.gcp.internal.GcpAccess",
              "the roles that doctor prints, and names of permissions"),
          Map.entry("dev.enclave.gcp.internal.GcpCalls.answer", "a header of HTTP"),
          Map.entry("dev.enclave.gcp.internal.GcpDetectors", "such a table"),
          Map.entry("dev.enclave.kit.setup.CheckedSettings.specs", "a mark in a table of settings"),
          Map.entry("dev.enclave.kit.setup.PlaceDetectors", "what such tables share"),
          Map.entry("dev.enclave.kubernetes.internal.store.ForeignOwners", "names of products"),
          Map.entry(
              "dev.enclave.gcp.internal.GcpKeys.whyFailed", "what Google says, to be recognised"),
          Map.entry("dev.enclave.jobs.RowReader", "parts of statements"),
          Map.entry("dev.enclave.jobs.Rows", "parts of statements"),
          Map.entry("dev.enclave.kit.http.Obstacle", "what the JDK says, to be recognised"),
          Map.entry("dev.enclave.kit.key.LedgerKey", "a mark that is stored"),
          Map.entry("dev.enclave.kit.workload.AwsSts.signed", "a header of AWS's signatures"),
          Map.entry(
              "dev.enclave.kubernetes.internal.access.KubernetesPermissions",
              "the table of rights that are too much"),
          Map.entry("dev.enclave.kubernetes.internal.calls.ApiRequest.at", "a header of HTTP"),
          Map.entry(
              "dev.enclave.kubernetes.internal.connect.KubernetesSettings",
              "the table of the settings"),
          Map.entry(
              "dev.enclave.vault.internal.access.VaultAccess", "the policies that doctor prints"),
          Map.entry(
              "dev.enclave.vault.internal.calls.VaultErrors", "what Vault says, to be recognised"),
          Map.entry("dev.enclave.os.OsStores.of", "compares"),
          Map.entry("dev.enclave.os.internal.OsSettings", "the table of the settings"),
          Map.entry(
              "dev.enclave.os.internal.linux.SecretServicePlace.keep",
              "the item's label in the store"),
          Map.entry("dev.enclave.os.internal.linux.TransportCipher.decrypt", "told to nobody"),
          Map.entry("dev.enclave.os.internal.linux.TransportCipher.process", "told to nobody"),
          Map.entry("dev.enclave.os.internal.macos.KeychainStore.kind", "a path of macOS"),
          Map.entry(
              "dev.enclave.os.internal.macos.SecurityFramework", "the item's label in the store"),
          Map.entry(
              "dev.enclave.os.internal.windows.DpapiKeys",
              "an input of the sealing, and its label"),
          Map.entry(
              "dev.enclave.software.internal.backend.SoftwareSettings",
              "the table of the settings"));

  private static final Sources MAIN = Sources.ofAllModules();

  @Test
  void noForeignExceptionIsQuotedOrPassedOn_butInTheListedPlaces() {
    List<Rule.Violation> found = new ForeignExceptions(MAIN).violations();
    assertThat(found).filteredOn(v -> !MAY_QUOTE.containsKey(v.place())).isEmpty();
    assertThat(found.stream().map(Rule.Violation::place).collect(Collectors.toSet()))
        .as("the list holds nothing that is no longer needed")
        .containsAll(MAY_QUOTE.keySet());
  }

  @Test
  void everyLogLineHasAConstantText() {
    assertThat(new ConstantLogTexts(MAIN).violations()).isEmpty();
  }

  @Test
  void everyWayToQuoteAForeignException_isFound() {
    Sources planted =
        Sources.of(
            "dev.enclave.core.Planted",
            """
            package dev.enclave.core;
            import dev.enclave.spi.BackendFailure;
            import io.grpc.Status;
            import java.io.IOException;
            import java.util.function.Function;
            import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
            import software.amazon.awssdk.core.exception.SdkServiceException;
            class Planted {
              String message(IOException e) { return e.getMessage(); }
              String shown(IOException e) { return e.toString(); }
              String joined(Throwable e) { return "it failed: " + e; }
              String appended(String s, Exception e) { s += e; return s; }
              String valued(RuntimeException e) { return String.valueOf(e); }
              RuntimeException caused(Exception e) { return new IllegalStateException("x", e); }
              Throwable linked(RuntimeException t, Exception e) { return t.initCause(e); }
              void printed(Exception e) { e.printStackTrace(); }
              Function<Throwable, String> referred() { return Throwable::getMessage; }
              String quoted(BackendFailure f) { return f.getMessage(); }
              String answered(AwsErrorDetails d) { return d.errorMessage(); }
              String described(Status s) { return s.getDescription(); }
              void several() {
                try { System.in.read(); } catch (IOException | IllegalStateException e) {
                  throw new IllegalStateException(e);
                }
              }
              String allowed(IOException e) { return e.getClass().getName(); }
              void thrown(IOException e) throws IOException { throw e; }
              int numbered(SdkServiceException e) { return e.statusCode(); }
              boolean cast(Throwable e) { return IOException.class.cast(e) != null; }
            }
            """);
    assertThat(new ForeignExceptions(planted).violations())
        .extracting(v -> v.place().substring(v.place().lastIndexOf('.') + 1))
        .contains(
            "message",
            "shown",
            "joined",
            "appended",
            "valued",
            "caused",
            "linked",
            "printed",
            "referred",
            "quoted",
            "answered",
            "described",
            "several")
        .doesNotContain("allowed", "thrown", "numbered", "cast");
  }

  @Test
  void everyTextMadeForALog_isFound() {
    Sources planted =
        Sources.of(
            "dev.enclave.core.Planted",
            """
            package dev.enclave.core;
            class Planted {
              static final System.Logger LOG = System.getLogger("x");
              static final String TEXT = "constant {0}";
              void joined(String s) { LOG.log(System.Logger.Level.INFO, "key " + s); }
              void supplied(String s) { LOG.log(System.Logger.Level.INFO, () -> s); }
              void given(String s) { LOG.log(System.Logger.Level.INFO, s, 1); }
              void bytes(byte[] s) { LOG.log(System.Logger.Level.INFO, "{0}", s); }
              void thrown(Exception e) { LOG.log(System.Logger.Level.INFO, "it failed", e); }
              void made(String s) { LOG.log(System.Logger.Level.INFO, s.trim()); }
              void allowed(String s) { LOG.log(System.Logger.Level.INFO, "a " + TEXT, s); }
              void filled(dev.enclave.internal.Text t) { LOG.log(System.Logger.Level.INFO, t.with(1)); }
            }
            """);
    assertThat(new ConstantLogTexts(planted).violations())
        .extracting(v -> v.place().substring(v.place().lastIndexOf('.') + 1))
        .containsExactlyInAnyOrder("joined", "supplied", "given", "bytes", "thrown", "made");
  }

  @Test
  void everyTextIsFilledAsItsHolesSay() {
    List<Rule.Violation> found = new MessageTexts(MAIN).violations();
    assertThat(found).filteredOn(v -> elsewhere(v).isEmpty()).isEmpty();
    assertThat(found.stream().flatMap(v -> elsewhere(v).stream()).collect(Collectors.toSet()))
        .as("the list holds nothing that is no longer needed")
        .containsAll(OTHER_WORDS.keySet());
  }

  private static Optional<String> elsewhere(Rule.Violation violation) {
    return OTHER_WORDS.keySet().stream()
        .filter(
            place ->
                violation.what().equals(MessageTexts.OUTSIDE)
                    && (violation.place() + ".").startsWith(place + "."))
        .findAny();
  }

  @Test
  void everyMessageBesideTheTexts_andEveryWrongValue_isFound() {
    Sources planted =
        Sources.of(
            "dev.enclave.core.Planted",
            """
            package dev.enclave.core;
            import dev.enclave.error.EnclaveException;
            import dev.enclave.error.ErrorCode;
            import dev.enclave.internal.Text;
            import java.util.Optional;
            enum Planted implements Text {
              OLD("Key {key} is old.", "Rotate " + "{key} before {time}."), GONE("Key {key} is gone.");
              final String lines;
              Planted(String... parts) { this.lines = String.join("\\n", parts); }
              public String lines() { return lines; }
            }
            class User {
              String few() { return Planted.OLD.with("wallet"); }
              Exception many() { return Planted.GONE.as(ErrorCode.KEY_NOT_FOUND, "wallet", 1); }
              String either(boolean b) { return (b ? Planted.OLD : Planted.GONE).with("wallet"); }
              String typed() { return Planted.GONE.with(7); }
              String whole(Exception e) { return Planted.GONE.with(e); }
              String bytes(byte[] b) { return Planted.GONE.with(b, 1); }
              String empty(Optional<String> o) { return Planted.GONE.with(o); }
              String handed(Text t) { return t.with(1); }
              String joined(String key) { return "Key " + key; }
              String allowed(String key) { return Planted.OLD.with(key, 1L) + ", " + key; }
              Object pattern() { return java.util.regex.Pattern.compile("(a key|" + "a name)"); }
              void debugged(String k) { throw new IllegalStateException("no key " + k); }
              String checked(String k) { return java.util.Objects.requireNonNull(k, "no key"); }
              String appended(String k) { return new StringBuilder("no key ").append(k).toString(); }
              Exception ours() { return EnclaveException.of(ErrorCode.KEY_NOT_FOUND, "no key"); }
              String ask(String toDo, String what) { return toDo + what; }
              String asked(String k) { return ask("read key " + k, "key"); }
              String told(String k) { return ask("read", "the key " + k); }
              Object planned(String k) { return new Plan("read key " + k); }
              String kept(String k) { String toDo = "read key " + k; toDo = "a key"; return toDo; }
              String named(String k) { String text = "read key " + k; return text; }
              String label(String k) { return "-----BEGIN " + k; }
              String lower(String k) { return "-----BEGIN the key " + k; }
              void judged(String k) {
                throw new IllegalStateException(k + (k.isEmpty() ? " is no key" : " is a key"));
              }
            }
            record Plan(String toDo) {}
            """);
    assertThat(new MessageTexts(planted).violations())
        .extracting(v -> v.place().substring(v.place().lastIndexOf('.') + 1))
        .containsExactlyInAnyOrder(
            "few",
            "many",
            "either",
            "typed",
            "whole",
            "bytes",
            "empty",
            "handed",
            "joined",
            "appended",
            "ours",
            "told",
            "named",
            "lower");
  }
}
