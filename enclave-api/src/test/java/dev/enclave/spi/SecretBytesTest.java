package dev.enclave.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.Serializable;
import org.junit.jupiter.api.Test;

class SecretBytesTest {

  @Test
  void overwritesTheArrayItTookOver_whenClosed() {
    byte[] secret = {1, 2, 3};
    SecretBytes held = SecretBytes.takeOver(secret);
    assertThat(held.exposeSecret()).containsExactly(1, 2, 3);
    held.close();
    held.close();
    assertThat(secret).containsExactly(0, 0, 0);
    assertThatIllegalStateException().isThrownBy(held::exposeSecret);
  }

  @Test
  void showsNothing_comparesByIdentity_andIsNotSerializable() {
    SecretBytes held = SecretBytes.takeOver(new byte[] {65, 66});
    assertThat(held).hasToString("SecretBytes[***]").isNotInstanceOf(Serializable.class);
    assertThat(held).isNotEqualTo(SecretBytes.takeOver(new byte[] {65, 66}));
  }
}
