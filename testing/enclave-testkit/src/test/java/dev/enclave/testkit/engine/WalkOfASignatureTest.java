package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The classes between an application's call and the backend, as docs/architecture.md shows them.
 */
class WalkOfASignatureTest {

  @Test
  void goesThroughFourClassesOfTheEngine_andNeverBack() {
    BentProvider backend = new BentProvider("far");
    List<String> walk = new ArrayList<>();
    try (Enclave enclave = Bench.in("development").with(backend).open()) {
      SigningKey key =
          enclave.createKey(KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ED25519));
      backend.before("sign", () -> walk.addAll(classesOfTheEngine()));
      key.sign(Message.ofUtf8("pay 10 to Alice"));
    }
    assertThat(walk)
        .containsExactly("EngineSigningKey", "OperationRun", "SignOperation", "BackendCaller");
  }

  /**
   * Top-level classes on this thread's stack, outermost first; a class that returns comes twice.
   */
  private static List<String> classesOfTheEngine() {
    List<String> frames =
        StackWalker.getInstance()
            .walk(stack -> stack.map(StackWalker.StackFrame::getClassName).toList());
    List<String> outermostFirst = new ArrayList<>(frames);
    Collections.reverse(outermostFirst);
    List<String> classes = new ArrayList<>();
    for (String frame : outermostFirst) {
      String name = frame.substring(frame.lastIndexOf('.') + 1).replaceFirst("\\$.*", "");
      boolean again = !classes.isEmpty() && classes.get(classes.size() - 1).equals(name);
      if (frame.startsWith("dev.enclave.core.") && !again) {
        classes.add(name);
      }
    }
    return classes;
  }
}
