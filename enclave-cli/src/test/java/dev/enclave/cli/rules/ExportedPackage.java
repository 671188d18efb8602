package dev.enclave.cli.rules;

import dev.enclave.processes.Checkout;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javassist.bytecode.AccessFlag;
import javassist.bytecode.ClassFile;
import javassist.bytecode.InnerClassesAttribute;

/**
 * A package that users of Enclave may compile against: a published module exports it to everyone.
 * Published is what {@code enclave-bom} names, the modules for users' own tests among it.
 */
record ExportedPackage(Path module, String name) {

  private static final Pattern ARTIFACT =
      Pattern.compile("<groupId>dev\\.enclave</groupId>\\s*<artifactId>([^<]+)</artifactId>");
  private static final Pattern EXPORTS = Pattern.compile("\\bexports\\s+([\\w.]+)\\s*;");

  static List<ExportedPackage> all() {
    Set<String> published =
        ARTIFACT
            .matcher(read(Checkout.root().resolve("enclave-bom/pom.xml")))
            .results()
            .map(artifact -> artifact.group(1))
            .collect(Collectors.toSet());
    return Checkout.modules().stream()
        .filter(module -> published.contains(String.valueOf(module.getFileName())))
        .filter(module -> Files.isDirectory(sources(module)))
        .flatMap(module -> exports(module).map(name -> new ExportedPackage(module, name)))
        .toList();
  }

  private static Stream<String> exports(Path module) {
    Path descriptor = sources(module).resolve("module-info.java");
    return Files.exists(descriptor)
        ? EXPORTS.matcher(read(descriptor)).results().map((MatchResult found) -> found.group(1))
        : packages(sources(module));
  }

  /** Of a module without a descriptor: all but those that say that they are internal. */
  private static Stream<String> packages(Path sources) {
    return files(sources, Integer.MAX_VALUE, ".java").stream()
        .map(file -> sources.relativize(file.getParent()).toString().replace('/', '.'))
        .filter(name -> !List.of(name.split("\\.")).contains("internal"))
        .distinct();
  }

  List<Path> sources() {
    return files(sources(module).resolve(name.replace('.', '/')), 1, ".java");
  }

  /** The types that others see, by name: public or protected, as what they are nested in. */
  Map<String, ClassFile> types() {
    Map<String, ClassFile> all = new TreeMap<>();
    Path folder = module.resolve("target/classes").resolve(name.replace('.', '/'));
    for (Path file : files(folder, 1, ".class")) {
      try {
        ClassFile type =
            new ClassFile(new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(file))));
        all.put(type.getName(), type);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    Map<String, ClassFile> seen = new TreeMap<>(all);
    seen.keySet().removeIf(type -> !isSeen(type, all));
    return seen;
  }

  private static boolean isSeen(String name, Map<String, ClassFile> all) {
    ClassFile type = all.get(name);
    if (type == null) {
      return false;
    }
    if (type.getAttribute(InnerClassesAttribute.tag) instanceof InnerClassesAttribute nested) {
      int entry = nested.find(name);
      if (entry >= 0) {
        String outer = nested.outerClass(entry);
        return outer != null && isSeen(nested.accessFlags(entry)) && isSeen(outer, all);
      }
    }
    return isSeen(type.getAccessFlags());
  }

  static boolean isSeen(int flags) {
    return AccessFlag.isPublic(flags) || AccessFlag.isProtected(flags);
  }

  private static Path sources(Path module) {
    return module.resolve("src/main/java");
  }

  private static List<Path> files(Path folder, int depth, String end) {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(folder, depth)) {
      all.filter(file -> file.toString().endsWith(end)).sorted().forEach(files::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
