package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.CloudServer;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Clouds;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.campaign.process.ChildProcess;
import dev.enclave.campaign.process.EverythingLogged;
import dev.enclave.campaign.process.LoggingProcess;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.testkit.Canary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every logger of a client's process writes at every level. Those that then write data keys,
 * messages or tokens are just the ones that Enclave warns of, and refuses where secrets are real.
 */
@Tag("full")
public abstract class WireLogsCampaign {

  private static final String BY_SLF4J = "-Dslf4j.provider=" + EverythingLogged.class.getName();

  private static final List<String> BY_JAVA =
      List.of(
          "-Djdk.httpclient.HttpClient.log=all",
          "-Djdk.internal.httpclient.debug=true",
          "-Djdk.internal.httpclient.hpack.debug=true",
          "-Djavax.net.debug=all");

  private static final Pattern NAMED = Pattern.compile("Logger ([A-Za-z0-9.]+) is on");

  /** Settings whose values are to stay secret. */
  private static final Pattern SECRET_SETTING =
      Pattern.compile(".*(secret-access-key|session-token|access-token)");

  private final CloudUnderTest cloud;

  /** Against this cloud. */
  protected WireLogsCampaign(CloudUnderTest cloud) {
    this.cloud = cloud;
  }

  /** The loggers that write secrets, by SLF4J; the same as the cloud's document names. */
  protected abstract Set<String> revealing();

  /** The same where no SLF4J provider is. */
  protected abstract Set<String> revealingWithoutSlf4j();

  private record Run(String printed, Map<String, Set<String>> leaks) {

    /** The loggers that Enclave warns of, by its log and its health. */
    Set<String> named() {
      return NAMED
          .matcher(printed)
          .results()
          .map(found -> found.group(1))
          .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * By the logger's name, or by that of the system property that Java's own log is turned on by.
     */
    boolean warnsOf(String logger) {
      return named().contains(logger) || printed.contains("System property " + logger);
    }
  }

  /** What the client is deployed with in an environment of this type. */
  protected Deployment in(String environment, Deployment deployment) {
    return deployment.with("enclave.environment", environment);
  }

  /** Whether what is in a file that the client is deployed with is to stay secret. */
  protected boolean isSecret(String path, String text) {
    return !text.startsWith("-----BEGIN CERTIFICATE");
  }

  @Test
  void warnsOfEachLoggerThatWritesSecrets(@TempDir Path folder) throws Exception {
    Run run = run(folder, "development", List.of(BY_SLF4J), List.of());
    System.out.println("written by: " + run.leaks());
    assertThat(run.leaks().keySet()).allMatch(run::warnsOf);
    assertThat(run.named()).isEqualTo(revealing());
  }

  @Test
  void isSilent_onceTheNamedLoggersAre(@TempDir Path folder) throws Exception {
    Run run = run(folder, "development", List.of(BY_SLF4J), revealing());
    assertThat(run.leaks()).isEmpty();
    assertThat(run.named()).isEmpty();
  }

  @Test
  void warnsOfThem_whereNoSlf4jProviderIs_andOfJavasOwnSwitches(@TempDir Path folder)
      throws Exception {
    Run run = run(folder, "development", BY_JAVA, List.of());
    assertThat(run.leaks().keySet()).allMatch(run::warnsOf);
    assertThat(run.named()).isEqualTo(revealingWithoutSlf4j());
    for (String option : BY_JAVA) {
      assertThat(run.printed())
          .contains("System property " + option.substring(2).replaceFirst("=.*", "") + " is on");
    }
  }

  @Test
  void refusesToOpenInProduction_andNamesThem(@TempDir Path folder) throws Exception {
    List<String> options = new ArrayList<>(BY_JAVA);
    options.add(BY_SLF4J);
    Run run = run(folder, "production", options, List.of());
    assertThat(run.printed()).contains("POLICY_NOT_MET", "PRODUCTION refuses that");
    assertThat(run.named()).isEqualTo(revealing());
    assertThat(run.printed()).contains("System property javax.net.debug is on");
    assertThat(run.leaks()).isEmpty();
  }

  private Run run(Path folder, String environment, List<String> options, Collection<String> quiet)
      throws IOException {
    Path file = folder.resolve("deployment");
    Path log = folder.resolve("log");
    Path dataKeys = folder.resolve("data-keys");
    try (CloudServer server = cloud.start(new FaultInjector(), InstantSource.system())) {
      Deployment deployment = server.deploymentByToken();
      in(environment, deployment).write(file);
      List<String> arguments =
          new ArrayList<>(
              List.of(Clouds.nameOf(cloud), file.toString(), log.toString(), dataKeys.toString()));
      arguments.addAll(quiet);
      try (ChildProcess client =
          ChildProcess.start(
              folder, options, LoggingProcess.class, arguments.toArray(String[]::new))) {
        String printed = client.linesUntil("done");
        client.awaitEnd();
        Canary canary = canary(deployment, Files.readAllLines(dataKeys));
        Map<String, Set<String>> leaks = leaks(canary, Files.readString(log));
        assertThat(leaks.remove(LoggingProcess.CONTROL)).as("the control").isNotNull();
        return new Run(printed, leaks);
      }
    }
  }

  private Canary canary(Deployment deployment, List<String> dataKeys) {
    Canary canary = new Canary();
    dataKeys.forEach(key -> canary.watch("data key", HexFormat.of().parseHex(key)));
    canary.watch("message", Claims.MESSAGE.toByteArray());
    deployment
        .settings()
        .forEach(
            (name, value) -> {
              if (SECRET_SETTING.matcher(name).matches()) {
                canary.watch(name, value.getBytes(StandardCharsets.UTF_8));
              }
            });
    deployment
        .files()
        .forEach(
            (path, text) -> {
              if (isSecret(path, text)) {
                canary.watch(path, text.strip().getBytes(StandardCharsets.UTF_8));
              }
            });
    return canary;
  }

  /** What each logger wrote of it. */
  private static Map<String, Set<String>> leaks(Canary canary, String log) {
    Map<String, Set<String>> leaks = new TreeMap<>();
    for (String logged : log.split(LoggingProcess.RECORD, -1)) {
      List<String> found = canary.found(logged);
      if (!found.isEmpty()) {
        leaks
            .computeIfAbsent(logged.split(LoggingProcess.FIELD, 2)[0], name -> new TreeSet<>())
            .addAll(found);
      }
    }
    return leaks;
  }
}
