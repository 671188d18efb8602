package dev.enclave.os.internal.linux;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Runs where GNOME Keyring is installed, and always in CI, where it must be. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsKeyring.Installed.class)
public @interface NeedsKeyring {

  /** Looks for the programs the tests start. */
  final class Installed implements ExecutionCondition {

    private static final List<String> PROGRAMS =
        List.of("gnome-keyring-daemon", "secret-tool", "dbus-daemon", "dbus-monitor");

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      List<String> missing = PROGRAMS.stream().filter(name -> !installed(name)).toList();
      if (missing.isEmpty() || "true".equals(System.getenv("CI"))) {
        return ConditionEvaluationResult.enabled("installed, or CI");
      }
      String line =
          "NOT RUN: "
              + context.getDisplayName()
              + " needs "
              + String.join(", ", missing)
              + ". Install: apt-get install gnome-keyring libsecret-tools dbus dbus-daemon";
      if (context.getTestMethod().isEmpty()) {
        System.out.println(line);
      }
      return ConditionEvaluationResult.disabled(line);
    }

    private static boolean installed(String program) {
      return Files.isExecutable(Path.of("/usr/bin", program));
    }
  }
}
