package dev.enclave.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A module's service files and its {@code provides} agree, so that it works the same on the class
 * path and on the module path. Looks at every Enclave module on the class path.
 */
class ServiceFilesTest {

  private record Module(ModuleDescriptor descriptor, Map<String, List<String>> serviceFiles) {}

  @TestFactory
  Stream<DynamicTest> agreesWithItsServiceFiles() throws Exception {
    return modules().stream()
        .map(
            module ->
                DynamicTest.dynamicTest(
                    module.descriptor().name(),
                    () -> assertThat(module.serviceFiles()).isEqualTo(provided(module))));
  }

  @Test
  void seesTheModules() throws Exception {
    assertThat(modules())
        .extracting(module -> module.descriptor().name())
        .contains(
            "dev.enclave.api", "dev.enclave.auditlog", "dev.enclave.core", "dev.enclave.crypto");
  }

  private static Map<String, List<String>> provided(Module module) {
    Map<String, List<String>> provided = new TreeMap<>();
    module
        .descriptor()
        .provides()
        .forEach(
            provides ->
                provided.put(provides.service(), provides.providers().stream().sorted().toList()));
    return provided;
  }

  private static List<Module> modules() throws IOException, URISyntaxException {
    List<Module> modules = new ArrayList<>();
    ClassLoader loader = ServiceFilesTest.class.getClassLoader();
    for (URL url : java.util.Collections.list(loader.getResources("module-info.class"))) {
      ModuleDescriptor descriptor;
      try (InputStream stream = url.openStream()) {
        descriptor = ModuleDescriptor.read(stream);
      }
      if (descriptor.name().startsWith("dev.enclave.")) {
        modules.add(new Module(descriptor, serviceFilesBeside(url)));
      }
    }
    return modules;
  }

  private static Map<String, List<String>> serviceFilesBeside(URL moduleInfo)
      throws IOException, URISyntaxException {
    if (!moduleInfo.getProtocol().equals("jar")) {
      return serviceFiles(Path.of(moduleInfo.toURI()).resolveSibling("META-INF/services"));
    }
    String jar = moduleInfo.toString();
    URI uri = URI.create(jar.substring(0, jar.indexOf("!/")));
    try (FileSystem files = FileSystems.newFileSystem(uri, Map.of())) {
      return serviceFiles(files.getPath("META-INF/services"));
    }
  }

  private static Map<String, List<String>> serviceFiles(Path directory) throws IOException {
    Map<String, List<String>> services = new TreeMap<>();
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          services.put(
              file.getFileName().toString(),
              Files.readAllLines(file).stream()
                  .map(line -> line.replaceAll("#.*", "").strip())
                  .filter(line -> !line.isEmpty())
                  .sorted()
                  .toList());
        }
      }
    }
    return services;
  }
}
