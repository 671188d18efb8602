package dev.enclave.processes;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * SoftHSM 2 with tokens of its own in a folder, for tests with the tags {@code full} and {@code
 * needs-softhsm}.
 *
 * <p>SoftHSM reads the variable SOFTHSM2_CONF of its process at each C_Initialize, so this sets it
 * in this JVM's, by C's setenv; {@link System#getenv} does not show it. One folder at a time is in
 * use. Make tokens before C_Initialize: SoftHSM does not see those that come later.
 */
public final class SoftHsm {

  public static final String PIN = "5678-user";
  public static final String SO_PIN = "1234-officer";

  private static final Path CONFIGURATION = Path.of("softhsm2.conf");

  private final Map<String, String> variables;

  private SoftHsm(Map<String, String> variables) {
    this.variables = variables;
  }

  /** Has SoftHSM keep its tokens in this folder, from its next C_Initialize on. */
  public static SoftHsm in(Path folder) {
    try {
      Path tokens = Files.createDirectories(folder.resolve("tokens"));
      Path configuration = folder.resolve(CONFIGURATION);
      Files.writeString(
          configuration,
          "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n");
      Map<String, String> variables = Map.of("SOFTHSM2_CONF", configuration.toString());
      variables.forEach(SoftHsm::setVariable);
      return new SoftHsm(variables);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a token of this label, with the PINs of this class. */
  public void token(String label) throws IOException, InterruptedException {
    change("--init-token", "--free", "--label", label, "--so-pin", SO_PIN, "--pin", PIN);
  }

  /** Deletes the token of this label. */
  public void remove(String label) throws IOException, InterruptedException {
    change("--delete-token", "--token", label);
  }

  private void change(String... arguments) throws IOException, InterruptedException {
    ProcessBuilder program =
        new ProcessBuilder(
            Stream.concat(Stream.of("softhsm2-util"), Stream.of(arguments)).toList());
    program.environment().putAll(variables);
    Ended.run(program).succeeded();
  }

  /** What a process needs to see the same tokens. */
  public Map<String, String> variables() {
    return variables;
  }

  /** The library. Fails where SoftHSM is not installed. */
  public static Path library() {
    return Stream.of(
            "/usr/lib/softhsm/libsofthsm2.so",
            "/usr/lib64/pkcs11/libsofthsm2.so",
            "/usr/local/lib/softhsm/libsofthsm2.so",
            "/opt/homebrew/lib/softhsm/libsofthsm2.so")
        .map(Path::of)
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () -> new AssertionError("SoftHSM is not installed: apt-get install softhsm2"));
  }

  /** OpenSC's library that writes down each call. Fails where it is not installed. */
  public static Path spy() {
    return Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64")
        .map(folder -> Path.of(folder, "pkcs11-spy.so"))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () -> new AssertionError("pkcs11-spy is not installed: apt-get install opensc-pkcs11"));
  }

  /** Sets a variable of this process, as a library sees it that runs in it. */
  public static void setVariable(String name, String value) {
    Function setenv = NativeLibrary.getProcess().getFunction("setenv");
    if (setenv.invokeInt(new Object[] {name, value, 1}) != 0) {
      throw new AssertionError("setenv of " + name + " failed");
    }
  }
}
