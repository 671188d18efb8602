package dev.enclave.cryptoki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.processes.RemoteSoftHsm;
import dev.enclave.processes.SoftHsm;
import java.nio.file.Path;
import java.util.List;
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

  @TempDir private Path folder = Path.of("");

  private SoftHsm softHsm;
  private RemoteSoftHsm server;

  @BeforeEach
  void start() throws Exception {
    softHsm = SoftHsm.in(folder);
    softHsm.token("remote");
    server = RemoteSoftHsm.start(folder, softHsm);
  }

  @AfterEach
  void end() {
    server.close();
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
    try (CryptokiModule module = CryptokiModule.open(RemoteSoftHsm.library())) {
      Session before = login(module);
      before.createObject(
          new Attributes()
              .with(Ck.CKA_CLASS, Ck.CKO_DATA)
              .with(Ck.CKA_TOKEN, true)
              .with(Ck.CKA_LABEL, "kept"));
      server.kill();
      assertThat(catchThrowableOfType(CryptokiException.class, () -> objects(before)).name())
          .isEqualTo("CKR_DEVICE_ERROR");
      assertThat(catchThrowableOfType(CryptokiException.class, () -> module.slots(true)).name())
          .isEqualTo("CKR_DEVICE_ERROR");
      server.restart();
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
    try (CryptokiModule module = CryptokiModule.open(RemoteSoftHsm.library())) {
      assertThat(module.slots(true)).isNotEmpty();
      server.kill();
      assertThat(module.reinitialize(module.generation())).isTrue();
      assertThat(module.slots(true)).isEmpty();
      server.restart();
      assertThat(module.reinitialize(module.generation())).isTrue();
      assertThat(objects(login(module))).isEmpty();
    }
  }
}
