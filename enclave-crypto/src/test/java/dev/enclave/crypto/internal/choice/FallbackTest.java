package dev.enclave.crypto.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.crypto.internal.LoggedMessages;
import dev.enclave.crypto.internal.bouncycastle.BouncyCastleEngine;
import dev.enclave.crypto.internal.corretto.CorrettoLoader;
import dev.enclave.crypto.internal.engine.AlgorithmEngine;
import dev.enclave.crypto.internal.engine.ImportedMaterial;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.crypto.internal.engine.KeyMemory;
import dev.enclave.crypto.internal.engine.Loading;
import dev.enclave.crypto.internal.engine.Signatory;
import dev.enclave.crypto.internal.memory.FailureReason;
import dev.enclave.crypto.internal.memory.OffHeapSecret;
import dev.enclave.crypto.internal.secp256k1.Secp256k1Loader;
import dev.enclave.internal.PublicKeyEngine;
import fr.acinq.secp256k1.Secp256k1;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever is wrong with an accelerator, Bouncy Castle works and the inventory says why. */
class FallbackTest {

  private static final String MARK = "com/amazon/corretto/crypto/provider/version.properties";
  private static final String OS = System.getProperty("os.name");
  private static final String ARCH = System.getProperty("os.arch");
  private static final Message MESSAGE = Message.ofUtf8("pay 7 to Alice");

  private final Path folder;

  FallbackTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static Engines engines(CorrettoLoader corretto) {
    return new Engines(
        new Accelerator("Corretto", corretto::load),
        new Accelerator(
            "libsecp256k1",
            () -> {
              throw new UnsatisfiedLinkError("no library for this platform");
            }));
  }

  private static String describe(Engines engines, KeyAlgorithm algorithm) {
    return engines.inventory().stream()
        .filter(info -> info.algorithm() == algorithm)
        .findAny()
        .orElseThrow()
        .engine();
  }

  private static CorrettoLoader loader(Path... jars) throws IOException {
    return new CorrettoLoader(classPath(jars), OS, ARCH);
  }

  private static ClassLoader classPath(Path... jars) throws IOException {
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars) {
      urls.add(jar.toUri().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  private static List<Path> correttoJars() throws IOException {
    return Collections.list(FallbackTest.class.getClassLoader().getResources(MARK)).stream()
        .map(url -> Path.of(URI.create(url.getPath().replaceFirst("!.*", ""))))
        .toList();
  }

  private static Path jarOf(String platform) throws IOException {
    return correttoJars().stream()
        .filter(jar -> jar.toString().endsWith("-" + platform + ".jar"))
        .findAny()
        .orElseThrow();
  }

  private static String here() {
    String arch = ARCH.equals("aarch64") ? "aarch_64" : "x86_64";
    return (OS.toLowerCase(Locale.ROOT).startsWith("mac") ? "osx-" : "linux-") + arch;
  }

  private static void assertWorks(Engines engines, KeyAlgorithm algorithm) {
    KeyMaterial key = engines.of(algorithm).generate(algorithm, new SecureRandom());
    PublicKeyEngine.Verifier verifier =
        engines.of(algorithm).verifier(key.publicKey().orElseThrow());
    assertThat(verifier.verify(MESSAGE, key.sign(MESSAGE), algorithm.defaultEncoding())).isTrue();
  }

  @Test
  void saysThatNothingIsOnTheClassPath() throws IOException {
    Engines engines = engines(loader());
    assertThat(describe(engines, SigningAlgorithm.ED25519))
        .startsWith("Bouncy Castle ")
        .contains("(Corretto not used: it is not on the class path)");
    assertThat(describe(engines, SigningAlgorithm.ECDSA_SECP256K1_SHA256))
        .contains("libsecp256k1 not used: UnsatisfiedLinkError: no library for this platform");
    assertThat(describe(engines, WrappingAlgorithm.AES_256_GCM)).doesNotContain("not used");
    assertWorks(engines, SigningAlgorithm.ED25519);
    assertWorks(engines, SigningAlgorithm.ECDSA_SECP256K1_SHA256);
  }

  @Test
  void takesTheJarOfThisPlatform_whateverLiesBeforeIt() throws IOException {
    List<Path> jars = new ArrayList<>(correttoJars());
    assertThat(jars).hasSize(4);
    for (int i = 0; i < 4; i++) {
      Collections.rotate(jars, 1);
      Loading loading = loader(jars.toArray(Path[]::new)).load();
      assertThat(loading).isInstanceOf(Loading.Ready.class);
    }
  }

  @Test
  void takesTheOnlyJar() throws IOException {
    assertThat(loader(jarOf(here())).load()).isInstanceOf(Loading.Ready.class);
  }

  @Test
  void saysThatNoJarIsForThisPlatform() throws IOException {
    ClassLoader all = classPath(correttoJars().toArray(Path[]::new));
    Engines engines = engines(new CorrettoLoader(all, "Windows 11", "amd64"));
    assertThat(describe(engines, SigningAlgorithm.ECDSA_P256_SHA256))
        .contains("no jar for windows-x86_64 is on the class path");
    assertWorks(engines, SigningAlgorithm.ECDSA_P256_SHA256);
  }

  @Test
  void fallsBack_whenTheOnlyJarIsOfAnotherPlatform() throws IOException {
    Engines engines =
        engines(loader(jarOf(here().startsWith("osx") ? "linux-x86_64" : "osx-x86_64")));
    assertThat(describe(engines, SigningAlgorithm.RSA_PKCS1_2048_SHA256))
        .contains("its native library does not load here");
    assertWorks(engines, SigningAlgorithm.RSA_PKCS1_2048_SHA256);
  }

  @Test
  void fallsBack_whenTheNativeLibraryIsMissing() throws IOException {
    Path jar = copy("missing", null);
    assertThat(loader(jar).load()).isInstanceOf(Loading.Refused.class);
    assertWorks(engines(loader(jar)), SigningAlgorithm.ED25519);
  }

  @Test
  void fallsBack_whenTheNativeLibraryIsGarbage() throws IOException {
    Path jar = copy("garbage", "this is no library".getBytes(StandardCharsets.UTF_8));
    assertThat(loader(jar).load()).isInstanceOf(Loading.Refused.class);
    assertWorks(engines(loader(jar)), SigningAlgorithm.ED25519);
  }

  @Test
  void fallsBack_whenTheJarHasNoProvider() throws IOException {
    Path jar = folder.resolve("empty.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(MARK));
    }
    assertThat(loader(jar).load()).isEqualTo(new Loading.Refused("its jar offers no provider"));
  }

  @Test
  void fallsBack_whenTheServiceFileNamesNoClass() throws IOException {
    Path jar = folder.resolve("broken.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(MARK));
      out.putNextEntry(new JarEntry("META-INF/services/java.security.Provider"));
      out.write(
          "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider"
              .getBytes(StandardCharsets.UTF_8));
    }
    Engines engines = engines(loader(jar));
    assertThat(describe(engines, SigningAlgorithm.ED25519))
        .contains("Corretto not used: its jar offers no provider");
    assertWorks(engines, SigningAlgorithm.ED25519);
  }

  @Test
  void takesTheProviderThatStandsBehindABrokenOne() throws IOException {
    Path broken = folder.resolve("a-broken.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(broken))) {
      out.putNextEntry(new JarEntry("META-INF/services/java.security.Provider"));
      out.write("org.example.NotThere".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(loader(broken, jarOf(here())).load()).isInstanceOf(Loading.Ready.class);
  }

  @Test
  void saysAloudThatAnEngineWhichIsThereIsNotUsed_andNothingOfOneThatIsNotThere() {
    try (LoggedMessages logged = new LoggedMessages()) {
      Accelerator absent = new Accelerator("corretto", Loading.Absent::new);
      Engines engines = new Engines(absent, noting("libsecp256k1", new ArrayList<>()));
      engines.of(SigningAlgorithm.ED25519);
      assertThat(logged.messages()).isEmpty();
      engines.of(SigningAlgorithm.ECDSA_SECP256K1_SHA256);
      engines.of(SigningAlgorithm.ECDSA_SECP256K1_SHA256);
      assertThat(logged.messages())
          .singleElement()
          .asString()
          .contains("libsecp256k1 not used: test");
    }
  }

  @Test
  void libsecp256k1IsNotThere_whenNothingThatLoadsANativeLibraryIsOnTheClassPath()
      throws Exception {
    Path without =
        Path.of(Secp256k1.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    assertThat(new Secp256k1Loader(classPath()).load()).isEqualTo(new Loading.Absent());
    assertThat(new Secp256k1Loader(classPath(without)).load()).isEqualTo(new Loading.Absent());
    assertThat(new Secp256k1Loader(FallbackTest.class.getClassLoader()).load())
        .isInstanceOf(Loading.Ready.class);
  }

  /** The jar of this platform with another native library, or none. */
  private Path copy(String name, byte @org.jspecify.annotations.Nullable [] library)
      throws IOException {
    Path copy = folder.resolve(name + "-" + here() + ".jar");
    try (JarFile jar = new JarFile(jarOf(here()).toFile());
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(copy))) {
      for (JarEntry entry : Collections.list(jar.entries())) {
        boolean isLibrary = entry.getName().matches(".*\\.(so|dylib)");
        // Nor the signature of the jar, which would betray the change before we get to it.
        if (entry.getName().matches("META-INF/(MANIFEST.MF|PROVIDER.*)")
            || (isLibrary && library == null)) {
          continue;
        }
        out.putNextEntry(new JarEntry(entry.getName()));
        if (isLibrary && library != null) {
          out.write(library);
        } else {
          transfer(jar, entry, out);
        }
      }
    }
    return copy;
  }

  private static void transfer(JarFile jar, JarEntry entry, OutputStream out) throws IOException {
    try (InputStream in = jar.getInputStream(entry)) {
      in.transferTo(out);
    }
  }

  @Test
  void putsBackTheSystemPropertiesThatTheProviderReads() throws IOException {
    String one = "com.amazon.corretto.crypto.provider.registerEdKeyFactory";
    String two = "com.amazon.corretto.crypto.provider.registerEcParams";
    System.setProperty(one, "false");
    try {
      loader(jarOf(here())).load();
      assertThat(System.getProperty(one)).isEqualTo("false");
      assertThat(System.getProperty(two)).isNull();
    } finally {
      System.clearProperty(one);
    }
  }

  @Test
  void loadsNothingBeforeItsAlgorithmIsUsed() {
    List<String> loaded = Collections.synchronizedList(new ArrayList<>());
    Engines engines = new Engines(noting("corretto", loaded), noting("secp256k1", loaded));
    engines.of(WrappingAlgorithm.AES_256_GCM);
    assertThat(loaded).isEmpty();
    engines.of(SigningAlgorithm.ECDSA_SECP256K1_KECCAK256);
    assertThat(loaded).containsExactly("secp256k1");
    engines.of(SigningAlgorithm.ED25519);
    engines.of(SigningAlgorithm.ECDSA_P256_SHA256);
    assertThat(loaded).containsExactly("secp256k1", "corretto");
  }

  private static Accelerator noting(String name, List<String> loaded) {
    return new Accelerator(
        name,
        () -> {
          loaded.add(name);
          return new Loading.Refused("test");
        });
  }

  private enum Fault {
    ANOTHER_KEY,
    WRONG_SIGNATURE,
    HOLDS_EVERYTHING_FOR_VALID,
    HOLDS_NOTHING_FOR_VALID,
    THROWS
  }

  /** Bouncy Castle with a fault. */
  private record Faulty(Fault fault) implements AlgorithmEngine {

    private static final AlgorithmEngine RIGHT = new BouncyCastleEngine();

    @Override
    public String name() {
      return "Faulty";
    }

    @Override
    public KeyMaterial generate(KeyAlgorithm algorithm, SecureRandom random) {
      return RIGHT.generate(algorithm, random);
    }

    @Override
    public KeyMaterial decode(KeyAlgorithm algorithm, byte[] encoded, SecureRandom random) {
      if (fault == Fault.ANOTHER_KEY) {
        return RIGHT.generate(algorithm, new SecureRandom());
      }
      KeyMaterial right = RIGHT.decode(algorithm, encoded, random);
      if (fault != Fault.WRONG_SIGNATURE) {
        return right;
      }
      return new ImportedMaterial(
          algorithm,
          right.publicKey().orElseThrow(),
          OffHeapSecret.of(encoded.clone()),
          new Signatory() {
            @Override
            public Bytes sign(dev.enclave.SigningInput input) {
              byte[] signature = right.sign(input).toByteArray();
              signature[10] ^= 1;
              return Bytes.of(signature);
            }

            @Override
            public void destroy() {}
          });
    }

    @Override
    public KeyMemory memory(KeyAlgorithm algorithm) {
      return RIGHT.memory(algorithm);
    }

    @Override
    public PublicKeyEngine.Verifier verifier(PublicKeyInfo key) {
      return switch (fault) {
        case HOLDS_EVERYTHING_FOR_VALID -> (input, signature, encoding) -> true;
        case HOLDS_NOTHING_FOR_VALID -> (input, signature, encoding) -> false;
        case THROWS -> throw new UnsatisfiedLinkError("a symbol is missing");
        default -> RIGHT.verifier(key);
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void fallsBack_whenTheSelfCheckFails(Fault fault) {
    Accelerator faulty = new Accelerator("Faulty", () -> new Loading.Ready(new Faulty(fault)));
    Engines engines = new Engines(faulty, faulty);
    Stream.of(
            SigningAlgorithm.ED25519,
            SigningAlgorithm.ECDSA_P384_SHA384,
            SigningAlgorithm.ECDSA_SECP256K1_SHA256,
            SigningAlgorithm.RSA_PKCS1_2048_SHA256)
        .forEach(
            algorithm ->
                assertThat(describe(engines, algorithm))
                    .startsWith("Bouncy Castle ")
                    .contains("Faulty not used: its self-check "));
    assertWorks(engines, SigningAlgorithm.ED25519);
  }

  @Test
  void reasonsAreOneLine() {
    assertThat(FailureReason.of(new IOException("a\nb"))).isEqualTo("IOException: a");
    assertThat(FailureReason.of(new IOException())).isEqualTo("IOException");
  }
}
