package dev.enclave.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.core.internal.resolve.ClassPath;
import dev.enclave.error.ConfigurationException;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditOutput;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Outputs are other people's classes. */
final class AuditOutputsTest {

  @Test
  void anOutputThatThrowsForItsIdIsNamed_andItsMessageIsNot() {
    AuditOutput broken =
        called(
            () -> {
              throw new IllegalStateException("secret");
            });

    assertThatThrownBy(() -> inUse(List.of(broken)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(Called.class.getName())
        .hasMessageContaining("threw java.lang.IllegalStateException when asked for id()")
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }

  @Test
  void anOutputWithoutAUsableIdIsRefused() {
    for (String id : new @Nullable String[] {null, "", "File", "file", "stdout", "a b", "a\n"}) {
      assertThatThrownBy(() -> inUse(List.of(called(() -> id))))
          .as("id %s", id)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("has no usable id");
    }
  }

  @Test
  void twoOutputsOfOneIdAreRefused() {
    assertThatThrownBy(() -> inUse(List.of(called(() -> "one"), called(() -> "one"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("have the id \"one\"");
  }

  @Test
  void anOutputIsAskedOnce() {
    AtomicInteger asked = new AtomicInteger();
    AuditOutput changing = called(() -> "id" + asked.incrementAndGet());

    assertThat(inUse(List.of(changing), "id1")).containsExactly(changing);
    assertThat(asked).hasValue(1);
  }

  private static List<AuditOutput> inUse(List<AuditOutput> given, String... named) {
    ClassLoader loader = AuditOutputsTest.class.getClassLoader();
    return new AuditOutputs(given, new ClassPath(false, loader)).inUse(List.of(named));
  }

  private static AuditOutput called(Supplier<@Nullable String> id) {
    return new Called(id);
  }

  private record Called(Supplier<@Nullable String> answer) implements AuditOutput {

    @Override
    @SuppressWarnings("NullAway") // what a class without annotations may do
    public String id() {
      return answer.get();
    }

    @Override
    public void write(AuditEvent event, String line) {}
  }
}
