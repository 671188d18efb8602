package dev.enclave.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.processes.Checkout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code mvn install}, and {@code ./enclave} after it, when the classes of tests are compiled: in a
 * checkout with this one's script and root POM, and one module with one test.
 */
@Tag("full")
class EnclaveScriptTest {

  private static final Path ROOT = Checkout.root();

  private static final String MODULE =
      """
      <project xmlns="http://maven.apache.org/POM/4.0.0">
        <modelVersion>4.0.0</modelVersion>
        <parent>
          <groupId>dev.enclave</groupId>
          <artifactId>enclave-parent</artifactId>
          <version>0.1.0-SNAPSHOT</version>
        </parent>
        <artifactId>enclave-cli</artifactId>
        <dependencies>
          <dependency>
            <groupId>org.junit.jupiter</groupId>
            <artifactId>junit-jupiter</artifactId>
            <scope>test</scope>
          </dependency>
        </dependencies>
        <build>
          <finalName>enclave</finalName>
          <plugins>
            <plugin>
              <groupId>org.apache.maven.plugins</groupId>
              <artifactId>maven-jar-plugin</artifactId>
              <configuration>
                <archive><manifest><mainClass>used.Main</mainClass></manifest></archive>
              </configuration>
            </plugin>
          </plugins>
        </build>
      </project>
      """;

  private static final String MAIN =
      """
      package used;

      /** The command. */
      public final class Main {
        private Main() {}

        /** Says what it was given. */
        public static void main(String[] arguments) {
          System.out.println("The command ran: " + String.join(" ", arguments));
        }
      }
      """;

  private static final String TEST =
      """
      package used;

      import java.nio.file.Files;
      import java.nio.file.Path;
      import org.junit.jupiter.api.Test;

      class UsedTest {
        @Test
        void runs() throws Exception {
          Files.writeString(Path.of("tested"), "");
        }
      }
      """;

  private final Path checkout;
  private final Path tested;

  EnclaveScriptTest(@TempDir Path checkout) throws Exception {
    this.checkout = checkout;
    tested = checkout.resolve("enclave-cli/tested");
    copy("enclave");
    copy(".mvn/jvm.config");
    copy("enclave-bom/pom.xml");
    String root = Files.readString(ROOT.resolve("pom.xml"));
    write(
        "pom.xml", root.replaceAll("<module>(?!enclave-(bom|cli)</module>)[^<]*</module>\\s*", ""));
    write("enclave-cli/pom.xml", MODULE);
    write("enclave-cli/src/main/java/used/Main.java", MAIN);
    write("enclave-cli/src/test/java/used/UsedTest.java", TEST);
  }

  @Test
  void installsSourcesAndJavadoc_andTheCommandThenRunsNoTest() throws Exception {
    Path repository = Project.repository(Path.of("target/installed").toAbsolutePath());
    Path installed =
        repository.resolve("dev/enclave/enclave-cli/0.1.0-SNAPSHOT/enclave-cli-0.1.0-SNAPSHOT");
    Path sources = installed.resolveSibling(installed.getFileName() + "-sources.jar");
    Path javadoc = installed.resolveSibling(installed.getFileName() + "-javadoc.jar");
    Files.deleteIfExists(sources);
    Files.deleteIfExists(javadoc);
    Maven.succeed(
        checkout,
        "install",
        "-Dmaven.repo.local=" + repository,
        "-Dspotless.check.skip",
        "-Dcyclonedx.skip");
    assertThat(sources).exists();
    assertThat(javadoc).exists();
    assertThat(tested).as("what a build without options does").exists();
    Files.delete(tested);

    Maven.Outcome command = Maven.run(checkout, List.of("./enclave", "--help"));

    assertThat(command.output()).contains("The command ran: --help");
    assertThat(command.status()).isZero();
    assertThat(tested).doesNotExist();
    Maven.succeed(checkout, "test", "-DskipTests", "-Dspotless.check.skip");
    assertThat(tested).as("-DskipTests").doesNotExist();
  }

  private void copy(String file) throws Exception {
    Path to = checkout.resolve(file);
    Files.createDirectories(to.getParent());
    Files.copy(ROOT.resolve(file), to, StandardCopyOption.COPY_ATTRIBUTES);
  }

  private void write(String file, String text) throws Exception {
    Path to = checkout.resolve(file);
    Files.createDirectories(to.getParent());
    Files.writeString(to, text);
  }
}
