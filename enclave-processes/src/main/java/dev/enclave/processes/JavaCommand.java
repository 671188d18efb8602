package dev.enclave.processes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line of a JVM for a test: the same JDK as this one, this one's class path, and
 * options by which it starts as cheaply as it can, since it lives for seconds.
 */
public final class JavaCommand {

  private static final List<String> OPTIONS =
      List.of(
          // A collector without threads of its own: the tests have two cores.
          "-XX:+UseSerialGC",
          // It ends before what the optimising compiler costs comes back.
          "-XX:TieredStopAtLevel=1",
          // A tenth of the time that it takes to load an SDK, whose classes are not the test.
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:-BytecodeVerificationRemote",
          // Without it, JDK 24 and newer warn of the native engines.
          "--enable-native-access=ALL-UNNAMED");

  private JavaCommand() {}

  /** What runs the main class. It can be added to. */
  public static List<String> of(Class<?> main, String... arguments) {
    return of(List.of(), main, arguments);
  }

  /**
   * The same, for a JVM with options of its own.
   *
   * @param options follow {@link #options()}, and so can take them back
   */
  public static List<String> of(List<String> options, Class<?> main, String... arguments) {
    return of(options, classPath(), main, arguments);
  }

  /** The same, for a JVM with a class path of its own too. */
  public static List<String> of(
      List<String> options, String classPath, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    command.addAll(OPTIONS);
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Those by which it starts cheaply, for programs that start a JVM themselves. */
  public static List<String> options() {
    return OPTIONS;
  }

  /** This JVM's, of which Surefire may start it with a jar that only names the entries. */
  private static String classPath() {
    return System.getProperty(
        "surefire.test.class.path", System.getProperty("java.class.path", ""));
  }
}
