package dev.enclave.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.cli.JsonText;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;

/**
 * Something that keeps the doctor from being green.
 *
 * @param advised what the advice names, each a regular expression
 * @param mended the world after the advice is followed
 * @param vain a setting that would not mend it: neither advised nor followed by a green light
 */
record Cause(
    String name, World wrong, Server server, World mended, Vain vain, List<String> advised) {

  record Vain(String setting, String value) {}

  /** What a command is given. */
  record World(Map<String, String> settings, FakeEnvironment machine, boolean probe) {

    static World of(Map<String, String> settings, FakeEnvironment machine) {
      return new World(settings, machine, false);
    }

    World with(String name, String value) {
      Map<String, String> other = new LinkedHashMap<>(settings);
      other.put(name, value);
      return new World(other, machine, probe);
    }

    World without(String name) {
      Map<String, String> other = new LinkedHashMap<>(settings);
      other.remove(name);
      return new World(other, machine, probe);
    }

    World on(FakeEnvironment other) {
      return new World(settings, other, probe);
    }

    World probing() {
      return new World(settings, machine, true);
    }

    Map<String, Object> doctor(Path folder) {
      List<String> arguments = new ArrayList<>(List.of("doctor", "--json"));
      if (probe) {
        arguments.add("--probe");
      }
      return JsonText.object(run(folder, arguments).out());
    }

    void makeKey(Path folder) {
      Cli.Run made =
          run(folder, List.of("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256"));
      assertThat(made.code()).as(made.err()).isZero();
    }

    private Cli.Run run(Path folder, List<String> command) {
      List<String> arguments = new ArrayList<>(command);
      settings.forEach((name, value) -> arguments.add("-Denclave." + name + "=" + value));
      return Cli.in(folder)
          .on(silent -> machine)
          .with(new MutableClock(Instant.now()))
          .run(arguments.toArray(String[]::new));
    }
  }

  /** Something outside the command that is wrong, and is put right. */
  interface Server {
    Server SOUND = wrong -> {};

    void set(boolean wrong);

    /** Does there what the advice says. */
    default void follow(String advice) {}
  }

  Cause(String name, World wrong, World mended, Vain vain, String... advised) {
    this(name, wrong, Server.SOUND, mended, vain, List.of(advised));
  }

  Cause(String name, World wrong, Server server, World mended, Vain vain, String... advised) {
    this(name, wrong, server, mended, vain, List.of(advised));
  }

  /** That the advice names what mends it, and what does that turns the doctor green. */
  DynamicTest test(Path folder) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          server.set(true);
          String advice;
          try {
            advice = requireAdvice(folder);
          } finally {
            server.set(false);
          }
          server.follow(advice);
          Map<String, Object> well = mended.doctor(folder);
          assertThat(well.get("ready")).as("ready, with " + well.get("findings")).isEqualTo("true");
        });
  }

  private String requireAdvice(Path folder) {
    Map<String, Object> ill = wrong.doctor(folder);
    List<Map<String, Object>> errors =
        JsonText.objects(ill, "findings").stream()
            .filter(finding -> JsonText.text(finding, "severity").equals("ERROR"))
            .toList();
    String told = errors.stream().map(Object::toString).collect(Collectors.joining("\n"));
    String fix =
        errors.stream()
            .map(finding -> JsonText.text(finding, "fix"))
            .collect(Collectors.joining("\n"));
    assertThat(ill.get("ready")).as(told).isEqualTo("false");
    assertThat(advised).allSatisfy(each -> assertThat(fix).as(told).containsPattern(each));
    assertThat(fix).as(told).doesNotContain(vain.setting());
    assertThat(wrong.with(vain.setting(), vain.value()).doctor(folder).get("ready"))
        .as("in vain")
        .isEqualTo("false");
    return fix;
  }
}
