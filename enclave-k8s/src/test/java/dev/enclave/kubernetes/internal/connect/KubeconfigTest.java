package dev.enclave.kubernetes.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A kubeconfig that somebody else wrote: it neither ends the process nor leads it elsewhere. */
class KubeconfigTest {

  private static final String SECRET = "a-secret-of-another-program";

  private final Path home;
  private final Path config;

  KubeconfigTest(@TempDir Path home) throws IOException {
    this.home = home;
    this.config = Files.createDirectory(home.resolve("kube")).resolve("config");
    Files.writeString(home.resolve("other-token"), SECRET);
  }

  /** The machine's own files. */
  private record Disk() implements EnvironmentSnapshot {
    @Override
    public Map<String, String> variables() {
      return Map.of();
    }

    @Override
    public Map<String, String> properties() {
      return Map.of();
    }

    @Override
    public boolean exists(String path) {
      return Files.exists(Path.of(path));
    }

    @Override
    public Optional<String> read(String path) {
      try {
        return exists(path) ? Optional.of(Files.readString(Path.of(path))) : Optional.empty();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Optional<String> realPath(String path) {
      try {
        return exists(path) ? Optional.of(Path.of(path).toRealPath().toString()) : Optional.empty();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private BackendContext context() {
    return BackendContext.of(
        new BackendSettings(BackendId.KUBERNETES, Map.of("kubeconfig", config.toString())),
        EnvironmentType.DEVELOPMENT,
        new Disk(),
        Pod.REAL_TIME,
        new SecureRandom());
  }

  private BackendFailure refused(String kubeconfig) throws IOException {
    Files.writeString(config, kubeconfig);
    BackendContext context = context();
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () -> ApiServer.of(KubernetesSettings.of(context.settings()), context));
    assertThat(failure).isNotNull();
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    return failure;
  }

  private static String user(String lines) {
    return """
    current-context: c
    contexts: [{name: c, context: {cluster: k, user: u}}]
    clusters: [{name: k, cluster: {server: "https://k.example"}}]
    users: [{name: u, user: {%s}}]
    """
        .formatted(lines);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a: ", "- "})
  void refusesDeepNesting_whichWouldEndTheStack(String level) throws IOException {
    int fits = 60_000 / level.length();
    assertThat(refused(level.repeat(Math.min(30_000, fits))))
        .hasMessageContaining("deeper than 32 levels");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../other-token", "sub/../../other-token", "ABSOLUTE", "link", "way/x"})
  void refusesATokenOutsideItsOwnFolder(String named) throws IOException {
    Files.createDirectory(home.resolve("kube/sub"));
    Files.createSymbolicLink(home.resolve("kube/link"), Path.of("../other-token"));
    Files.createSymbolicLink(home.resolve("kube/way"), home);
    Files.writeString(home.resolve("x"), SECRET);
    String file = named.replace("ABSOLUTE", home.resolve("other-token").toString());
    assertThat(refused(user("tokenFile: \"" + file + "\"")))
        .hasMessageContaining("its tokenFile lies outside the folder of the kubeconfig")
        .message()
        .doesNotContain(SECRET);
  }

  @Test
  void refusesATokenThatWasReplacedByALinkLater() throws Exception {
    Path token = Files.writeString(home.resolve("kube/token"), "own");
    TokenFile file =
        new TokenFile(token.toString(), Optional.of(home.resolve("kube").toString()), context());
    assertThat(file.token().map(Token::text)).contains("own");
    Files.delete(token);
    Files.createSymbolicLink(token, home.resolve("other-token"));
    assertThat(catchThrowableOfType(BackendFailure.class, file::token))
        .hasMessageContaining("There is no service-account token to be read in " + token);
    assertThat(file.findings()).isEmpty();
  }

  @Test
  void refusesANameThatIsNoPath() throws IOException {
    assertThat(refused(user("tokenFile: \"a\\0b\"")))
        .hasMessageContaining("its tokenFile is no path");
  }
}
