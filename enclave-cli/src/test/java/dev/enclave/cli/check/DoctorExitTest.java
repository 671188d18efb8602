package dev.enclave.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code enclave doctor} ends with the exit code with which a start-up ends. */
class DoctorExitTest {

  static Stream<Arguments> configurations() {
    return Stream.of(
        of("local, which starts", 0, "environment=local", "backend=software"),
        of("production without a backend", 3, "environment=production"),
        of(
            "production without a backend, with an audit log",
            3,
            "environment=production",
            "audit.directory=$folder$/audit"),
        of("a backend that is not there", 2, "environment=development", "backend=os"),
        of(
            "a backend without its region",
            2,
            "environment=production",
            "audit.directory=$folder$/audit",
            "backend=aws-kms"),
        of(
            "a weaker minimum than production may have",
            3,
            "environment=production",
            "minimum-assurance=software",
            "backend=software"),
        of("a wrong value", 2, "environment=local", "backend=software", "rotation.interval=x"),
        of("an unknown setting", 2, "environment=local", "bakend=software"),
        of("nothing said", 3));
  }

  private static Arguments of(String what, int code, String... settings) {
    return Arguments.of(what, code, List.of(settings));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("configurations")
  void endsAsAStartUpDoes(String what, int code, List<String> settings, @TempDir Path folder) {
    String[] options =
        settings.stream()
            .map(setting -> "-Denclave." + setting.replace("$folder$", folder.toString()))
            .toArray(String[]::new);

    Cli.Run start = Cli.in(folder).run(with(options, "keys", "list"));
    Cli.Run doctor = Cli.in(folder).run(with(options, "doctor"));

    assertThat(start.code()).as(start.err()).isEqualTo(code);
    assertThat(doctor.code()).as(doctor.out()).isEqualTo(code);
  }

  private static String[] with(String[] options, String... command) {
    return Stream.concat(Arrays.stream(command), Arrays.stream(options)).toArray(String[]::new);
  }
}
