package dev.enclave.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.enclave.browser.demo.BrowserDemo;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** The page that {@code enclave demo --browser} serves, in Chromium. */
@Tag("needs-node")
@Tag("needs-browsers")
@Tag("full")
class BrowserDemoTest {

  private static final int CHECKS = 12;

  private static BrowserDemo demo;

  @BeforeAll
  static void serve() throws IOException {
    NodeRun.build();
    // A jar that is made after this build has them there.
    Path folder = Files.createDirectories(classes().resolve("META-INF/resources/enclave"));
    for (String name : List.of("index.js", "worker.js")) {
      Files.copy(
          Path.of("target/ts", name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    assertThat(BrowserDemo.hasWallet()).isTrue();
    demo = BrowserDemo.start(InstantSource.system(), new SecureRandom());
  }

  private static Path classes() {
    return Path.of(
        URI.create(
            String.valueOf(
                BrowserDemoTest.class.getProtectionDomain().getCodeSource().getLocation())));
  }

  @AfterAll
  static void stop() {
    demo.close();
  }

  @TestFactory
  Stream<DynamicTest> everyCheckInChromium() throws IOException {
    return checks("page.mjs", CHECKS);
  }

  @TestFactory
  Stream<DynamicTest> anotherSiteEndsNoChallenge_inAnyBrowser() throws IOException {
    return checks("crosssite.mjs", 3);
  }

  private static Stream<DynamicTest> checks(String script, int number) throws IOException {
    Path folder = Files.createDirectories(Path.of("target/page"));
    NodeRun.Output run =
        NodeRun.run("node", "src/test/js/" + script, demo.address().toString(), folder.toString());
    assertThat(run.lines()).as(run::all).hasSize(number);
    assertThat(run.exit()).as(run::all).isZero();
    return run.lines().stream()
        .map(line -> dynamicTest(line, () -> assertThat(line).startsWith("ok ")));
  }
}
