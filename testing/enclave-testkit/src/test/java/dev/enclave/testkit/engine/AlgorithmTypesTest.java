package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the compiler makes of keys that sign and keys that wrap. */
class AlgorithmTypesTest {

  private final Path folder;

  AlgorithmTypesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void compileWhereTheKeyIsForIt() throws Exception {
    assertThat(
            compiled("enclave.createKey(spec.algorithm(SigningAlgorithm.ED25519)).sign(message)"))
        .isEmpty();
    assertThat(
            compiled("enclave.createKey(spec.algorithm(WrappingAlgorithm.AES_256_GCM)).seal(x, x)"))
        .isEmpty();
    assertThat(compiled("enclave.signingKeys().key(\"wallet-42\").sign(message)")).isEmpty();
  }

  @Test
  void doNotCompileWhereTheKeyIsForSomethingElse() throws Exception {
    assertThat(
            compiled(
                "enclave.createKey(spec.algorithm(WrappingAlgorithm.AES_256_GCM)).sign(message)"))
        .contains("method sign(Message)", "interface WrappingKey", "1 error");
    assertThat(compiled("enclave.ensureKey(spec.algorithm(SigningAlgorithm.ED25519)).seal(x, x)"))
        .contains("method seal(byte[],byte[])", "interface SigningKey", "1 error");
    assertThat(compiled("enclave.wrappingKeys().key(\"kek\").sign(message)"))
        .contains("method sign(Message)", "interface WrappingKey", "1 error");
  }

  @Test
  void letAViewOfSigningKeysChangeNothing() throws Exception {
    assertThat(
            compiled("enclave.signingKeys().ensureKey(spec.algorithm(SigningAlgorithm.ED25519))"))
        .contains("method ensureKey", "1 error");
    assertThat(compiled("enclave.signingKeys().key(\"wallet-42\").rotate(null)"))
        .contains("method rotate", "interface SigningKey", "1 error");
  }

  @Test
  void deferOnlyWhatCanBeDeferred() throws Exception {
    String key = "enclave.signingKeys().key(\"wallet-42\")";
    String once = "SignOptions.by(\"user:7\").once(\"order-1\")";
    assertThat(compiled(key + ".signOrDefer(message, " + once + ").deferred()")).isEmpty();
    assertThat(compiled(key + ".signer(Duration.ofSeconds(10)).sign(message)")).isEmpty();

    assertThat(compiled(key + ".sign(message, " + once + ")"))
        .contains("DeferOptions cannot be converted to SignOptions", "1 error");
    assertThat(compiled(key + ".signer().sign(message, " + once + ")"))
        .contains("DeferOptions cannot be converted to SignOptions", "1 error");
    assertThat(compiled(key + ".signer().signOrDefer(message, " + once + ")"))
        .contains("method signOrDefer", "interface VersionSigner", "1 error");
    assertThat(compiled(key + ".sign(message, SignOptions.defaults(), Duration.ofSeconds(10))"))
        .contains("no suitable method", "1 error");
    assertThat(compiled("enclave.ensureKeyOrDefer(spec.algorithm(SigningAlgorithm.ED25519))"))
        .contains("method ensureKeyOrDefer", "1 error");
  }

  /** What the compiler says of an expression; nothing if it compiles. */
  private String compiled(String expression) throws IOException, URISyntaxException {
    Path source = folder.resolve("Program.java");
    Files.writeString(
        source,
        """
        import dev.enclave.*;
        import java.time.Duration;
        class Program {
          void run(Enclave enclave, KeySpec.Named spec, Message message, byte[] x) {
            %s;
          }
        }
        """
            .formatted(expression));
    Path api = Path.of(Enclave.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    StringWriter said = new StringWriter();
    ToolProvider.findFirst("javac")
        .orElseThrow()
        .run(
            new PrintWriter(said),
            new PrintWriter(said),
            "-proc:none",
            "-Xlint:none",
            "-cp",
            api.toString(),
            "-d",
            folder.toString(),
            source.toString());
    return said.toString();
  }
}
