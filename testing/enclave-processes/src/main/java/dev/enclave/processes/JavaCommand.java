package dev.enclave.processes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

  private static final Set<String> FILE_NAMES = Set.of("LC_ALL", "LC_CTYPE", "LANG", "LOCPATH");

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

  /**
   * Leaves a process these variables, and of this JVM's own only those by which a JVM reads the
   * names of files: without them it finds no class below a folder whose name is not ASCII.
   */
  public static void setVariables(ProcessBuilder process, Map<String, String> variables) {
    process.environment().keySet().retainAll(FILE_NAMES);
    process.environment().putAll(variables);
  }

  /** Those by which it starts cheaply, for programs that start a JVM themselves. */
  public static List<String> options() {
    return OPTIONS;
  }

  /** This JVM's, of which Surefire may start it with a jar that only names the entries. */
  public static String classPath() {
    return System.getProperty(
        "surefire.test.class.path", System.getProperty("java.class.path", ""));
  }
}
