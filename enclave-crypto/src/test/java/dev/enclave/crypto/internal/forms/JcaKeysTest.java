package dev.enclave.crypto.internal.forms;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Provider;
import java.security.Security;
import org.junit.jupiter.api.Test;

class JcaKeysTest {

  private static final class Impostor extends Provider {

    private static final long serialVersionUID = 1L;

    Impostor() {
      super("SunEC", "1", "has the JDK's name");
      put("KeyFactory.Ed25519", "some.Class");
    }
  }

  @Test
  void takesEd25519FromTheJdk() {
    assertThat(JcaKeys.jdkEdDsa(Security.getProvider("SunEC")))
        .isSameAs(Security.getProvider("SunEC"));
  }

  @Test
  void takesBouncyCastle_whenTheJdksIsMissingOrAnotherHasItsName() {
    assertThat(JcaKeys.jdkEdDsa(null).getName()).isEqualTo("BC");
    assertThat(JcaKeys.jdkEdDsa(new Impostor()).getName()).isEqualTo("BC");
  }
}
