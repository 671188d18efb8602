package dev.enclave.cli.rules;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import dev.enclave.processes.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Sources that the compiler has read and given types to. */
record Sources(JavacTask task, List<CompilationUnitTree> units) {

  /** The main code of every module that an application gets; the others are for who tests. */
  static Sources ofAllModules() {
    StandardJavaFileManager files = compiler().getStandardFileManager(null, null, null);
    List<Path> sources =
        Checkout.modules().stream()
            .filter(module -> Checkout.root().equals(module.getParent()))
            .flatMap(Sources::of)
            .toList();
    return analysed(files, files.getJavaFileObjectsFromPaths(sources));
  }

  /** These files, without types. */
  static Sources parsed(List<Path> files) {
    StandardJavaFileManager manager = compiler().getStandardFileManager(null, null, null);
    JavacTask task =
        (JavacTask)
            compiler()
                .getTask(
                    null,
                    manager,
                    null,
                    List.of("-proc:none"),
                    null,
                    manager.getJavaFileObjectsFromPaths(files));
    try {
      List<CompilationUnitTree> units = new ArrayList<>();
      task.parse().forEach(units::add);
      return new Sources(task, units);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One class, for tests of the rules. */
  static Sources of(String className, String text) {
    JavaFileObject source =
        new SimpleJavaFileObject(
            URI.create("string:///" + className.replace('.', '/') + ".java"),
            JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
          }
        };
    return analysed(compiler().getStandardFileManager(null, null, null), List.of(source));
  }

  private static Stream<Path> of(Path module) {
    Path folder = module.resolve("src/main/java");
    if (!Files.isDirectory(folder)) {
      return Stream.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.endsWith("module-info.java"))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JavaCompiler compiler() {
    return Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "the tests need a JDK");
  }

  private static Sources analysed(
      StandardJavaFileManager files, Iterable<? extends JavaFileObject> sources) {
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    JavacTask task =
        (JavacTask)
            compiler()
                .getTask(null, files, found, List.of("-proc:none", "-Xlint:none"), null, sources);
    try {
      List<CompilationUnitTree> units = new ArrayList<>();
      task.parse().forEach(units::add);
      task.analyze();
      List<String> errors =
          found.getDiagnostics().stream()
              .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
              .map(Object::toString)
              .toList();
      if (!errors.isEmpty() || units.isEmpty()) {
        throw new AssertionError("the sources do not compile: " + errors);
      }
      return new Sources(task, units);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
