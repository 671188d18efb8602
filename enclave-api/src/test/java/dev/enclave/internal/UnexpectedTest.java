package dev.enclave.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnexpectedTest {

  private static String said(LinkageError error) {
    return Unexpected.broken(BackendId.of("aws"), error, "").getMessage();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          com/google/api/gax/grpc/InstantiatingGrpcChannelProvider | com.google.api.gax.grpc.InstantiatingGrpcChannelProvider
          Could not initialize class com.azure.core.util.Context | com.azure.core.util.Context
          void io.netty.buffer.Unpooled$Empty.release(int) | io.netty.buffer.Unpooled$Empty.release
          com.x.Y.<init>(Ljava/lang/String;)V | com.x.Y
          Found interface io.grpc.Channel, but class was expected | io.grpc.Channel
          """)
  void namesWhatTheJvmCouldNotLink(String message, String named) {
    assertThat(said(new NoClassDefFoundError(message))).contains(": " + named + " is missing");
    assertThat(said(new NoSuchMethodError(message))).contains(": " + named + " is missing");
  }

  /** With a slash and without one, behind whatever a backend writes before it. */
  @Test
  void quotesNoPartOfAKey_thatABackendWroteIntoSuchAnError() {
    Random random = new Random(7);
    byte[] key = new byte[32];
    for (int i = 0; i < 2_000; i++) {
      random.nextBytes(key);
      String text = Base64.getEncoder().encodeToString(key);
      for (String before : new String[] {"", "key=", "the key ", "com/example/"}) {
        assertThat(said(new NoClassDefFoundError(before + text))).contains(": a class is missing");
      }
    }
  }
}
