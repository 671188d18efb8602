package dev.enclave.testkit.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.StringReference;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.LaunchingConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.event.MethodEntryEvent;
import com.sun.jdi.event.VMDeathEvent;
import com.sun.jdi.event.VMDisconnectEvent;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import com.sun.jdi.request.MethodEntryRequest;
import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.processes.Checkout;
import dev.enclave.processes.JavaCommand;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The classes between an application's call and the backend, as docs/architecture.md shows them.
 */
class WalkOfASignatureTest {

  /** The engine, the audit log that it writes, and what both make foreign text fit with. */
  private static final List<String> ENGINE =
      List.of("dev.enclave.auditlog.", "dev.enclave.core.", "dev.enclave.internal.ForeignText");

  private static final int MOST_CLASSES = 20;

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
        .containsExactly("EngineSigningKey", "OperationRun", "SignOperation", "RetryingCaller");
  }

  /** In a JVM under a debugger, which is told of every method that is entered meanwhile. */
  @Test
  @Tag("full")
  void runsCodeOf20ClassesAtMost_auditIncluded_andTheMapNamesEach(@TempDir Path folder)
      throws Exception {
    Map<String, Set<String>> walks = walks(folder);

    Set<String> sign = walks.getOrDefault("sign", Set.of());
    assertThat(sign).isEqualTo(named("sign")).hasSizeLessThanOrEqualTo(MOST_CLASSES);
    Set<String> rotate = new TreeSet<>(walks.getOrDefault("rotate", Set.of()));
    assertThat(text("sign")).contains("These are " + sign.size() + " classes.");
    assertThat(text("rotate")).contains("code of " + rotate.size() + " classes of the engine");
    rotate.removeAll(sign);
    assertThat(rotate).isEqualTo(named("rotate"));
  }

  /** What the debugger looks at: signatures at a remote service, and rotations. */
  static final class Walked {

    public static void main(String[] log) {
      ConfigSource settings =
          new ConfigSource(
              "test",
              Map.of("enclave.environment", "development", "enclave.audit.directory", log[0]));
      try (Enclave enclave =
          EnclaveFactory.builder()
              .discovery(false)
              .with(FakeEnvironment.empty())
              .with(new CloudShapedProvider(CloudVariant.COMPARE_AND_SET))
              .config(settings)
              .open()) {
        SigningKey key =
            enclave.createKey(
                KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
        key.sign(Message.ofUtf8("pay 10 to Alice"));
        enclave.admin().key(key.handle()).rotate(RotationRequest.now());
        // What runs in all of one kind belongs to it, and not to the log's other work.
        for (int i = 0; i < 3; i++) {
          begins("sign");
          key.sign(Message.ofUtf8("pay 10 to Alice"));
          ends();
          begins("rotate");
          enclave.admin().key(key.handle()).rotate(RotationRequest.now());
          ends();
        }
      }
    }

    static void begins(String walk) {}

    static void ends() {}
  }

  /** The engine's classes whose code ran, nested ones as the class around them. */
  private static Map<String, Set<String>> walks(Path folder) throws Exception {
    LaunchingConnector connector = Bootstrap.virtualMachineManager().defaultConnector();
    Map<String, Connector.Argument> arguments = connector.defaultArguments();
    requireNonNull(arguments.get("main"))
        .setValue(Walked.class.getName() + " \"" + folder.resolve("audit") + "\"");
    String options = String.join(" ", JavaCommand.options());
    requireNonNull(arguments.get("options"))
        .setValue(options + " -cp \"" + JavaCommand.classPath() + "\"");
    VirtualMachine machine = connector.launch(arguments);
    ClassPrepareRequest prepared = machine.eventRequestManager().createClassPrepareRequest();
    prepared.addClassFilter(Walked.class.getName());
    prepared.enable();
    List<MethodEntryRequest> entered = new ArrayList<>();
    for (String part : ENGINE) {
      MethodEntryRequest request = machine.eventRequestManager().createMethodEntryRequest();
      request.addClassFilter(part + "*");
      request.setSuspendPolicy(EventRequest.SUSPEND_NONE);
      entered.add(request);
    }
    Map<String, Set<String>> walks = new TreeMap<>();
    Set<String> ran = new TreeSet<>();
    String walk = "";
    while (true) {
      EventSet events = machine.eventQueue().remove();
      for (Event event : events) {
        if (event instanceof VMDeathEvent || event instanceof VMDisconnectEvent) {
          assertThat(
                  new String(
                      machine.process().getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
              .doesNotContain("Exception");
          return walks;
        } else if (event instanceof ClassPrepareEvent loaded) {
          for (String mark : List.of("begins", "ends")) {
            machine
                .eventRequestManager()
                .createBreakpointRequest(
                    loaded.referenceType().methodsByName(mark).get(0).location())
                .enable();
          }
        } else if (event instanceof MethodEntryEvent step) {
          ran.add(nameOf(step.method().declaringType().name()));
        } else if (event instanceof BreakpointEvent mark) {
          if (mark.location().method().name().equals("begins")) {
            walk = ((StringReference) mark.thread().frame(0).getArgumentValues().get(0)).value();
            ran.clear();
            entered.forEach(EventRequest::enable);
          } else {
            entered.forEach(EventRequest::disable);
            walks.computeIfAbsent(walk, begun -> new TreeSet<>(ran)).retainAll(ran);
          }
        }
      }
      events.resume();
    }
  }

  /** The classes in the first column of the table of the engine. */
  private static Set<String> named(String walk) throws IOException {
    Set<String> named = new TreeSet<>();
    Pattern.compile("(?m)^\\| (`[^|]+) \\|")
        .matcher(text(walk).split("\nBeside the engine", -1)[0])
        .results()
        .flatMap(row -> Pattern.compile("[A-Z]\\w+").matcher(row.group(1)).results())
        .forEach(name -> named.add(name.group()));
    return named;
  }

  private static String text(String walk) throws IOException {
    return Files.readString(Checkout.root().resolve("docs/architecture.md"))
        .split("\n## The path of one " + walk + "\\(\\)\n", -1)[1]
        .split("\n## ", -1)[0];
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
      String name = nameOf(frame);
      boolean again = !classes.isEmpty() && classes.get(classes.size() - 1).equals(name);
      if (ENGINE.stream().anyMatch(frame::startsWith) && !again) {
        classes.add(name);
      }
    }
    return classes;
  }

  private static String nameOf(String type) {
    return type.substring(type.lastIndexOf('.') + 1).replaceFirst("\\$.*", "");
  }
}
