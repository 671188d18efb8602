package dev.enclave.cryptoki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.processes.OpenCryptoki;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A module with a daemon and several slots, which belong to the whole machine: nothing is written
 * to them, and no PIN is tried.
 */
@Tag("full")
@Tag("needs-opencryptoki")
class OpenCryptokiTest {

  private static OpenCryptoki openCryptoki;

  @BeforeAll
  static void startDaemon() throws Exception {
    openCryptoki = OpenCryptoki.start();
  }

  @AfterAll
  static void endDaemon() throws Exception {
    openCryptoki.close();
  }

  @Test
  void tellsOfItsSlots_andOpensASession() throws Exception {
    try (CryptokiModule module = CryptokiModule.open(OpenCryptoki.library())) {
      assertThat(module.manufacturer()).isEqualTo("IBM");
      List<Long> slots = module.slots(true);
      assertThat(slots).as("pkcsslotd runs, with a software token").isNotEmpty();
      assertThat(module.slots(false)).containsAll(slots).hasSizeGreaterThan(slots.size());
      long slot = slots.get(0);
      assertThat(module.slotInfo(slot).description()).isNotBlank();
      assertThat(module.tokenInfo(slot).manufacturer()).isEqualTo("IBM");
      assertThat(module.mechanisms(slot)).contains(Ck.CKM_ECDSA, Ck.CKM_RSA_PKCS_PSS);
      assertThat(module.mechanismInfo(slot, Ck.CKM_ECDSA).flags() & Ck.CKF_SIGN).isNotZero();
      try (Session session = module.openSession(slot, false)) {
        assertThat(session.random(32)).isNotEqualTo(new byte[32]);
        assertThat(session.find(new Attributes().with(Ck.CKA_LABEL, "no such thing"))).isEmpty();
        CryptokiException refusal =
            catchThrowableOfType(CryptokiException.class, () -> session.attributes(99, 0));
        assertThat(refusal.name()).isEqualTo("CKR_OBJECT_HANDLE_INVALID");
      }
    }
  }
}
