package dev.enclave.cryptoki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.processes.SoftHsm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A module whose tokens are in another process, which ends and is started again. */
@Tag("full")
@Tag("needs-p11-kit")
@Tag("needs-softhsm")
class P11KitTest {

  private static Path client() {
    return Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64")
        .map(folder -> Path.of(folder, "pkcs11", "p11-kit-client.so"))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "p11-kit is not installed: apt-get install p11-kit p11-kit-modules"));
  }

  @TempDir private Path folder = Path.of("");

  private SoftHsm softHsm;
  private Process server;

  @BeforeEach
  void start() throws Exception {
    softHsm = SoftHsm.in(folder);
    softHsm.token("remote");
    SoftHsm.setVariable("P11_KIT_SERVER_ADDRESS", "unix:path=" + folder.resolve("socket"));
    startServer();
  }

  private void startServer() throws Exception {
    Files.deleteIfExists(folder.resolve("socket"));
    ProcessBuilder program =
        new ProcessBuilder(
            "p11-kit",
            "server",
            "--foreground",
            "--sh",
            "--name",
            folder.resolve("socket").toString(),
            "--provider",
            SoftHsm.library().toString(),
            "pkcs11:");
    program.environment().putAll(softHsm.variables());
    program.environment().putAll(Map.of("XDG_RUNTIME_DIR", folder.toString()));
    server = program.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    // It says so once it listens.
    assertThat(server.inputReader().readLine()).startsWith("P11_KIT_SERVER_ADDRESS=");
  }

  @AfterEach
  void end() throws InterruptedException {
    server.descendants().forEach(ProcessHandle::destroyForcibly);
    server.destroyForcibly().waitFor();
  }

  private static Session login(CryptokiModule module) throws CryptokiException {
    Session session = module.openSession(SoftHsmTest.slotOf(module, "remote"), true);
    session.login(Ck.CKU_USER, SoftHsmTest.pin(SoftHsm.PIN));
    return session;
  }

  private static List<Long> objects(Session session) throws CryptokiException {
    return session.find(new Attributes().with(Ck.CKA_LABEL, "kept"));
  }

  @Test
  void goesOn_onceTheServerIsBack() throws Exception {
    try (CryptokiModule module = CryptokiModule.open(client())) {
      Session before = login(module);
      before.createObject(
          new Attributes()
              .with(Ck.CKA_CLASS, Ck.CKO_DATA)
              .with(Ck.CKA_TOKEN, true)
              .with(Ck.CKA_LABEL, "kept"));
      end();
      assertThat(catchThrowableOfType(CryptokiException.class, () -> objects(before)).name())
          .isEqualTo("CKR_DEVICE_ERROR");
      assertThat(catchThrowableOfType(CryptokiException.class, () -> module.slots(true)).name())
          .isEqualTo("CKR_DEVICE_ERROR");
      startServer();
      assertThat(catchThrowableOfType(CryptokiException.class, () -> module.slots(true)).name())
          .as("the state is lost still")
          .isEqualTo("CKR_DEVICE_ERROR");
      assertThat(module.reinitialize(before.generation())).isTrue();
      assertThat(objects(login(module))).hasSize(1);
      assertThat(catchThrowableOfType(CryptokiException.class, () -> objects(before)).name())
          .isEqualTo("CKR_SESSION_HANDLE_INVALID");
    }
  }

  /** It is no failure to this module: it then has no slots. */
  @Test
  void hasNoTokens_whereItIsInitialisedAnewWithoutTheServer() throws Exception {
    try (CryptokiModule module = CryptokiModule.open(client())) {
      assertThat(module.slots(true)).isNotEmpty();
      end();
      assertThat(module.reinitialize(module.generation())).isTrue();
      assertThat(module.slots(true)).isEmpty();
      startServer();
      assertThat(module.reinitialize(module.generation())).isTrue();
      assertThat(objects(login(module))).isEmpty();
    }
  }
}
