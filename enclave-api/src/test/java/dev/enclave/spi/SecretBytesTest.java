package dev.enclave.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
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
  void overwritesTheCopyThatWasUsed_alsoWhereThatFails() throws Exception {
    SecretBytes held = SecretBytes.takeOver(new byte[] {1, 2, 3});
    List<byte[]> used = new ArrayList<>();
    assertThat(held.<Integer, IOException>use(secret -> seen(used, secret))).isEqualTo(6);
    assertThatIOException()
        .isThrownBy(
            () ->
                held.use(
                    secret -> {
                      throw new IOException("after " + seen(used, secret));
                    }))
        .withMessage("after 6");
    assertThat(used).hasSize(2).allSatisfy(copy -> assertThat(copy).containsExactly(0, 0, 0));
    assertThat(held.exposeSecret()).containsExactly(1, 2, 3);
    held.close();
    assertThatIllegalStateException().isThrownBy(() -> held.use(secret -> seen(used, secret)));
    assertThat(used).hasSize(2);
  }

  private static int seen(List<byte[]> used, byte[] secret) {
    used.add(secret);
    return secret[0] + secret[1] + secret[2];
  }

  @Test
  void showsNothing_comparesByIdentity_andIsNotSerializable() {
    SecretBytes held = SecretBytes.takeOver(new byte[] {65, 66});
    assertThat(held).hasToString("SecretBytes[***]").isNotInstanceOf(Serializable.class);
    assertThat(held).isNotEqualTo(SecretBytes.takeOver(new byte[] {65, 66}));
  }
}
