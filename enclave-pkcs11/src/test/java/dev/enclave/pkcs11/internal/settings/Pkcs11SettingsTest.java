package dev.enclave.pkcs11.internal.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Pkcs11SettingsTest {

  private static final String URI = "pkcs11:token=wallet?module-path=/usr/lib/p.so";

  @TempDir private Path folder = Path.of("");

  private static BackendContext context(BackendSettings settings) {
    return BackendContext.of(
        settings,
        EnvironmentType.PRODUCTION,
        FakeEnvironment.empty(),
        new MutableClock(),
        new SecureRandom());
  }

  private static BackendSettings given(String... values) {
    Map<String, String> all = new TreeMap<>(Map.of("uri", URI, "lock-directory", "/var/lib/locks"));
    for (int i = 0; i < values.length; i += 2) {
      all.put(values[i], values[i + 1]);
    }
    return new BackendSettings(BackendId.PKCS11, all);
  }

  private static Pkcs11Settings settings(String... values) throws BackendFailure {
    return Pkcs11Settings.of(context(given(values)));
  }

  private static BackendFailure refused(String... values) {
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> settings(values).pin().read());
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    return failure;
  }

  private String file(String rights, String content) throws Exception {
    Path file = folder.resolve("pin");
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
    return file.toString();
  }

  private static String text(Optional<SecretBytes> pin) {
    try (SecretBytes secret = pin.orElseThrow()) {
      return new String(secret.exposeSecret(), UTF_8);
    }
  }

  @Test
  void readsThem() throws Exception {
    Pkcs11Settings settings = settings("token-kind", "hsm", "longest-label", "40", "sessions", "4");
    assertThat(settings.module()).isEqualTo(Path.of("/usr/lib/p.so"));
    assertThat(settings.uri().text("token")).contains("wallet");
    assertThat(settings.kind()).contains("hsm");
    assertThat(settings.locks()).isEqualTo(Path.of("/var/lib/locks"));
    assertThat(settings.longestLabel()).isEqualTo(40);
    assertThat(settings.sessions()).isEqualTo(4);
    assertThat(settings.pin().read()).isEmpty();
  }

  @Test
  void takesATokenForShared_whereASettleTimeIsSet() throws Exception {
    assertThat(settings().settle()).isEmpty();
    assertThat(settings("settle-seconds", "2").settle()).contains(Duration.ofSeconds(2));
    assertThat(refused("settle-seconds", "0")).hasMessageContaining("from 1 to 8");
    assertThat(refused("settle-seconds", "9")).hasMessageContaining("from 1 to 8");
  }

  @Test
  void refusesAPinInTheUri_andDoesNotRepeatIt() {
    assertThat(refused("uri", URI + "&pin-value=943857"))
        .hasMessageContaining("pin-value=***")
        .hasMessageContaining("enclave.pkcs11.pin-file")
        .hasMessageNotContaining("943857");
    assertThat(refused("uri", "pkcs11:tokne=a?pin-value=943857&module-path=/p.so"))
        .hasMessageNotContaining("943857");
  }

  @Test
  void refusesAUriOfAKey_orWithoutALibrary_orAPinSourceThatIsNoFile() {
    assertThat(refused("uri", "pkcs11:object=a?module-path=/p.so"))
        .hasMessageContaining("RFC 7512");
    assertThat(refused("uri", "pkcs11:token=a")).hasMessageContaining("module-path");
    assertThat(refused("uri", "pkcs11:token=a?module-path=p.so")).hasMessageContaining("absolute");
    assertThat(refused("uri", URI + "&pin-source=http://a")).hasMessageContaining("file:");
  }

  @Test
  void takesTheFirstLineOfAFileOfThisUserAlone() throws Exception {
    String file = file("rw-------", "9438\nmore\n");
    assertThat(text(settings("pin-file", file).pin().read())).isEqualTo("9438");
    assertThat(text(settings("uri", URI + "&pin-source=file:" + file).pin().read()))
        .isEqualTo("9438");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of(file));
    assertThat(text(settings("pin-file", link.toString()).pin().read())).isEqualTo("9438");
  }

  @Test
  void refusesAFileThatOthersMayRead_orWithoutAPin_orThatIsNotThere() throws Exception {
    assertThat(refused("pin-file", file("rw-r-----", "9438"))).hasMessageContaining("chmod 600");
    assertThat(refused("pin-file", file("rw-------", "\n9438"))).hasMessageContaining("empty");
    assertThat(refused("pin-file", folder + "/none")).hasMessageContaining("cannot be read");
  }

  @Test
  void asksTheSourceOfSecrets_andRefusesTwoSources() throws Exception {
    BackendSettings answered =
        given().with(name -> Optional.of(SecretBytes.takeOver(name.getBytes(UTF_8))));
    assertThat(text(Pkcs11Settings.of(context(answered)).pin().read()))
        .isEqualTo("enclave.pkcs11.pin");
    assertThat(refused("pin-file", "/a", "pin", "9438")).hasMessageNotContaining("9438");
  }
}
