package dev.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.error.EnclaveException;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The names of the public types of {@code dev.enclave}, beside the JDK's. */
class NamesTest {

  /** What a file that signs imports with a star, and java.lang, which every file imports. */
  private static final List<String> IMPORTED_BESIDE =
      List.of(
          "java.lang", "java.util", "java.time", "java.nio.file", "java.security", "javax.crypto");

  @Test
  void clashWithNoneOfTheJdks_underAStarImport() throws Exception {
    List<String> names = publicTypes();
    assertThat(names).contains("Enclave", "SignatureValue", "UsageException");
    TreeSet<String> clashes = new TreeSet<>();
    for (String imported : IMPORTED_BESIDE) {
      names.stream()
          .map(name -> imported + "." + name)
          .filter(NamesTest::isPublicType)
          .forEach(clashes::add);
    }
    assertThat(clashes).isEmpty();
  }

  @Test
  void areFoundToClash_whenTheyDo() {
    assertThat(isPublicType("java.security.ProviderException")).isTrue();
    assertThat(isPublicType("java.security.SignatureValue")).isFalse();
  }

  /** The simple names of this package's types and of what it throws. */
  private static List<String> publicTypes() throws IOException, URISyntaxException {
    List<String> names = new ArrayList<>();
    for (Class<?> one : List.of(Enclave.class, EnclaveException.class)) {
      String own = one.getSimpleName() + ".class";
      Path folder = Path.of(Objects.requireNonNull(one.getResource(own)).toURI()).getParent();
      try (Stream<Path> files = Files.list(Objects.requireNonNull(folder))) {
        files
            .map(file -> file.getFileName().toString())
            .filter(file -> file.endsWith(".class") && !file.contains("$"))
            .map(file -> file.substring(0, file.length() - ".class".length()))
            .filter(name -> isPublicType(one.getPackageName() + "." + name))
            .forEach(names::add);
      }
    }
    return names;
  }

  private static boolean isPublicType(String name) {
    try {
      return Modifier.isPublic(
          Class.forName(name, false, NamesTest.class.getClassLoader()).getModifiers());
    } catch (ClassNotFoundException none) {
      return false;
    }
  }
}
